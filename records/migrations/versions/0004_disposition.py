"""Technical exchange, disposition of batches, and their delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "analysis_reports",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("specification", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("reported_at", UTCDateTime(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_analysis_reports")),
    )
    with op.batch_alter_table("analysis_reports", schema=None) as batch_op:
        batch_op.create_index("ix_analysis_reports_scope", ["scope_id", "source", "dated"], unique=False)

    op.create_table(
        "analysis_results",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("reported_verdict", sa.String(), nullable=True),
        sa.Column("replicate", sa.Integer(), nullable=True),
        sa.Column("is_mean", sa.Boolean(), nullable=False),
        sa.Column("analyst", sa.String(), nullable=True),
        sa.Column("equipment", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_by", JSON, nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "number", "line", name=op.f("pk_analysis_results")),
    )
    with op.batch_alter_table("analysis_results", schema=None) as batch_op:
        batch_op.create_index("ix_analysis_results_batch", ["batch_id", "source", "superseded"], unique=False)

    op.create_table(
        "batch_changes",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "change_id", name=op.f("pk_batch_changes")),
    )
    op.create_table(
        "batch_deviations",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("deviation_id", sa.String(), nullable=False),
        sa.Column("deviation_class", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("parameter", sa.String(), nullable=True),
        sa.Column("detected_at", UTCDateTime(), nullable=False),
        sa.Column("reported_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("impact", sa.String(), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "deviation_id", name=op.f("pk_batch_deviations")),
    )
    op.create_table(
        "batch_markets",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("quantity", sa.String(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("register_name", sa.String(), nullable=True),
        sa.Column("register_number", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("event_number", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "market", name=op.f("pk_batch_markets")),
    )
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.create_index("ix_batch_markets_register", ["register_name", "register_number"], unique=True)

    op.create_table(
        "batch_parents",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "parent_id", name=op.f("pk_batch_parents")),
    )
    with op.batch_alter_table("batch_parents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_parents_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "batch_uses",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "kind", "reference", name=op.f("pk_batch_uses")),
    )
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.create_index("ix_batch_uses_reference", ["kind", "reference", "batch_id"], unique=False)

    op.create_table(
        "exchange_concerns",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("concern", sa.String(), nullable=False),
        sa.Column("raised_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_exchange_concerns")),
    )
    op.create_table(
        "exchange_items",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("parameter", sa.String(), nullable=True),
        sa.Column("current", sa.String(), nullable=True),
        sa.Column("proposed", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("rationale", sa.String(), nullable=True),
        sa.Column("documents", JSON, nullable=False),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("response", sa.String(), nullable=True),
        sa.Column("response_documents", JSON, nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "round", "number", name=op.f("pk_exchange_items")),
    )
    op.create_table(
        "exchange_rounds",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "round", name=op.f("pk_exchange_rounds")),
    )
    op.create_table(
        "exchanges",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("stage_of_product", sa.String(), nullable=False),
        sa.Column("confidentiality", sa.String(), nullable=False),
        sa.Column("base_parameter_set", sa.String(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rounds_max", sa.Integer(), nullable=False),
        sa.Column("parameter_set", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_exchanges")),
    )
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchanges_confidentiality"), ["confidentiality"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchanges_scope_id"), ["scope_id"], unique=False)

    op.create_table(
        "gate_exceptions",
        sa.Column("exception_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("authority_letter", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("granted_by", sa.String(), nullable=True),
        sa.Column("granted_at", UTCDateTime(), nullable=True),
        sa.Column("declined_by", sa.String(), nullable=True),
        sa.Column("declined_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("exception_id", name=op.f("pk_gate_exceptions")),
    )
    with op.batch_alter_table("gate_exceptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_exceptions_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "oos_results",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("oos_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("limit", sa.String(), nullable=False),
        sa.Column("retests_planned", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detected_at", UTCDateTime(), nullable=False),
        sa.Column("reported_at", UTCDateTime(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "oos_id", name=op.f("pk_oos_results")),
    )
    with op.batch_alter_table("oos_results", schema=None) as batch_op:
        batch_op.create_index("ix_oos_results_state", ["state", "batch_id"], unique=False)

    op.create_table(
        "parameter_results",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("parameter", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("in_nor", sa.Boolean(), nullable=False),
        sa.Column("in_par", sa.Boolean(), nullable=False),
        sa.Column("parameter_class", sa.String(), nullable=False),
        sa.Column("measured_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "number", "line", name=op.f("pk_parameter_results")),
    )
    op.create_table(
        "parameter_sets",
        sa.Column("set_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("agreed_at", UTCDateTime(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=True),
        sa.Column("superseded_at", UTCDateTime(), nullable=True),
        sa.Column("superseded_by", sa.String(), nullable=True),
        sa.Column("filings", JSON, nullable=False),
        sa.Column("filing_change", sa.String(), nullable=True),
        sa.Column("deferred", JSON, nullable=False),
        sa.PrimaryKeyConstraint("set_id", name=op.f("pk_parameter_sets")),
    )
    with op.batch_alter_table("parameter_sets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parameter_sets_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_parameter_sets_scope", ["scope_id", "major", "minor"], unique=True)

    op.create_table(
        "quarantine_arrangements",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "version", name=op.f("pk_quarantine_arrangements")),
    )
    op.create_table(
        "release_reviews",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_at", UTCDateTime(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("confirmed", JSON, nullable=False),
        sa.Column("withdrawn", JSON, nullable=False),
        sa.Column("recalled", JSON, nullable=False),
        sa.Column("field_alert", sa.Boolean(), nullable=False),
        sa.Column("alert_assessed_at", UTCDateTime(), nullable=True),
        sa.Column("recall_class", sa.String(), nullable=True),
        sa.Column("recall_depth", sa.String(), nullable=True),
        sa.Column("authority_notified_on", sa.Date(), nullable=True),
        sa.Column("recall_planned_at", UTCDateTime(), nullable=True),
        sa.Column("distributed", sa.String(), nullable=True),
        sa.Column("recovered", sa.String(), nullable=True),
        sa.Column("recall_closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_release_reviews")),
    )
    op.create_table(
        "review_demands",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("demanded_at", UTCDateTime(), nullable=False),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("reviewed_in", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_review_demands")),
    )
    op.create_table(
        "shipments",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("quarantine", sa.Boolean(), nullable=False),
        sa.Column("arrangement", sa.Integer(), nullable=True),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("deliver_by", sa.Date(), nullable=False),
        sa.Column("ordered_at", UTCDateTime(), nullable=False),
        sa.Column("dispatched_at", UTCDateTime(), nullable=True),
        sa.Column("dispatched_quantity", sa.String(), nullable=True),
        sa.Column("loggers", JSON, nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_quantity", sa.String(), nullable=True),
        sa.Column("rejected_quantity", sa.String(), nullable=True),
        sa.Column("condition", sa.String(), nullable=True),
        sa.Column("within_limits", sa.Boolean(), nullable=True),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("excursion_accepted", sa.Boolean(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("unblocked_at", UTCDateTime(), nullable=True),
        sa.Column("disposed_quantity", sa.String(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_shipments")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index("ix_shipments_batch", ["batch_id", "case_id"], unique=False)

    op.create_table(
        "specifications",
        sa.Column("spec_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("markets", JSON, nullable=False),
        sa.Column("registration", sa.String(), nullable=False),
        sa.Column("tests", JSON, nullable=False),
        sa.Column("effective_from", UTCDateTime(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("spec_id", "version", name=op.f("pk_specifications")),
    )
    with op.batch_alter_table("specifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_specifications_scope_id"), ["scope_id"], unique=False)

    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sponsor_number", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("product", sa.String(), nullable=False))
        batch_op.add_column(sa.Column("strength", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("size", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("unit", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("markets", JSON, nullable=False))
        batch_op.add_column(sa.Column("order_number", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("mbr_version", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("planned_start", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("planned_end", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("started_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("started_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("parameter_set_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("quantity", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("yield_percent", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("expiry_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("retest_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("site_decision", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("site_decided_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("package_due_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("package_received_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("package_returns", sa.Integer(), nullable=False))
        batch_op.add_column(sa.Column("physical_status", sa.String(), nullable=False))
        batch_op.add_column(sa.Column("released", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("review_open", sa.Boolean(), nullable=False))
        batch_op.create_index("ix_batches_number", ["site_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_batches_released"), ["released"], unique=False)

    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("market", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("inherited_from", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("long_reviewed_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("lift_proposed_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lift_proposed_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("lift_version", sa.Integer(), nullable=True))
