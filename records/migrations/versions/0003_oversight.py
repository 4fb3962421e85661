"""Oversight of sites: what is watched, and the cases that follow from it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_programmes",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("shortages", JSON, nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("year", "version", name=op.f("pk_audit_programmes")),
    )
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index("ix_batches_scope_state", ["scope_id", "state", "batch_id"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_table(
        "changes",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_ids", JSON, nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("cdmo_tier", sa.String(), nullable=False),
        sa.Column("least_tier", sa.String(), nullable=False),
        sa.Column("sponsor_tier", sa.String(), nullable=True),
        sa.Column("earliest_date", sa.Date(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("notice_ends", sa.Date(), nullable=False),
        sa.Column("notified_late", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("first_batch", sa.String(), nullable=True),
        sa.Column("implemented_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_site", ["site_id", "submitted_at"], unique=False)

    op.create_table(
        "holds",
        sa.Column("hold_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_in", sa.String(), nullable=False),
        sa.Column("placed_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_holds_placed", ["placed_at", "hold_id"], unique=False)

    op.create_table(
        "inspections",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_ids", JSON, nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("products", JSON, nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("notify_due_at", UTCDateTime(), nullable=True),
        sa.Column("notified_late", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("observations", JSON, nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("outcome_at", UTCDateTime(), nullable=True),
        sa.Column("outcome_late", sa.Boolean(), nullable=False),
        sa.Column("redacted", sa.Boolean(), nullable=True),
        sa.Column("answer_due", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.Column("warned_at", UTCDateTime(), nullable=True),
        sa.Column("letter_answer_due", sa.Date(), nullable=True),
        sa.Column("letter_answered_on", sa.Date(), nullable=True),
        sa.Column("commitments", JSON, nullable=False),
        sa.Column("for_cause", sa.Boolean(), nullable=True),
        sa.Column("site_closed", sa.Boolean(), nullable=True),
        sa.Column("opened", JSON, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_inspections")),
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index("ix_inspections_site", ["site_id", "told_at"], unique=False)

    op.create_table(
        "oversight",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("orders_stopped_by", JSON, nullable=False),
        sa.Column("next_audit_due", sa.Date(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("looks_again_at", UTCDateTime(), nullable=True),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_oversight")),
    )
    with op.batch_alter_table("oversight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oversight_scope_id"), ["scope_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_oversight_site_id"), ["site_id"], unique=False)

    op.create_table(
        "scorecards",
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("score", sa.String(), nullable=True),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("computed_rating", sa.String(), nullable=False),
        sa.Column("trend", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope_id", "kind", "first_day", name=op.f("pk_scorecards")),
    )
    with op.batch_alter_table("scorecards", schema=None) as batch_op:
        batch_op.create_index("ix_scorecards_newest", ["first_day", "scope_id", "kind"], unique=False)
        batch_op.create_index("ix_scorecards_scope", ["scope_id", "first_day", "kind"], unique=False)
        batch_op.create_index("ix_scorecards_site", ["site_id", "first_day", "scope_id", "kind"], unique=False)

    op.create_table(
        "site_events",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_ids", JSON, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("authority_outcome", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("lots", JSON, nullable=False),
        sa.Column("detected_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("notify_key", sa.String(), nullable=True),
        sa.Column("notify_due_at", UTCDateTime(), nullable=True),
        sa.Column("notified_late", sa.Boolean(), nullable=False),
        sa.Column("triaged_at", UTCDateTime(), nullable=True),
        sa.Column("outcomes", JSON, nullable=True),
        sa.Column("opened", JSON, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_site_events")),
        sa.UniqueConstraint("identity", name=op.f("uq_site_events_identity")),
    )
    with op.batch_alter_table("site_events", schema=None) as batch_op:
        batch_op.create_index("ix_site_events_site", ["site_id", "type", "received_at"], unique=False)

    op.create_table(
        "suspensions",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        sa.Column("affected_batches", JSON, nullable=False),
        sa.Column("notify", JSON, nullable=False),
        sa.Column("exit_criteria", JSON, nullable=False),
        sa.Column("review_every_days", sa.Integer(), nullable=False),
        sa.Column("next_review", sa.Date(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_in", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_suspensions")),
    )
    with op.batch_alter_table("suspensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspensions_scope_id"), ["scope_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suspensions_site_id"), ["site_id"], unique=False)

    with op.batch_alter_table("asl", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("audit_interval_months", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("last_audit_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("waived_until", sa.Date(), nullable=True))
