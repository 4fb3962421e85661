"""Qualification of suppliers: its projections and the approved supplier list."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("qta_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", UTCDateTime(), nullable=False),
        sa.Column("agreed_at", UTCDateTime(), nullable=True),
        sa.Column("sponsor_signed_by", sa.String(), nullable=True),
        sa.Column("sponsor_signed_at", UTCDateTime(), nullable=True),
        sa.Column("site_signed_by", sa.String(), nullable=True),
        sa.Column("site_signed_at", UTCDateTime(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("qta_id", "version", name=op.f("pk_agreements")),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_agreements_number", ["number", "version"], unique=False)
        batch_op.create_index("ix_agreements_scope", ["scope_id", "number", "version"], unique=False)
        batch_op.create_index("ix_agreements_site", ["site_id", "number", "version"], unique=False)

    op.create_table(
        "answers",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("q_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("documents", JSON, nullable=False),
        sa.Column("na_reason", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("by_person", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "q_id", name=op.f("pk_answers")),
    )
    op.create_table(
        "asl",
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("suspension_scope", sa.String(), nullable=True),
        sa.Column("effective_from", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_in", sa.String(), nullable=False),
        sa.Column("decided_by", JSON, nullable=False),
        sa.Column("markets", JSON, nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("next_requal_due", sa.Date(), nullable=True),
        sa.Column("next_audit_due", sa.Date(), nullable=True),
        sa.Column("oversight_model", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("scope_id", "number", name=op.f("pk_asl")),
    )
    with op.batch_alter_table("asl", schema=None) as batch_op:
        batch_op.create_index("ix_asl_site", ["site_id", "scope_id", "number"], unique=False)

    op.create_table(
        "case_documents",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("document", JSON, nullable=True),
        sa.Column("not_available", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("certificate_id", sa.String(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_case_documents")),
    )
    op.create_table(
        "certificates",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("sort_valid_to", sa.Date(), nullable=False),
        sa.Column("scope_text", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("register_checked_on", sa.Date(), nullable=True),
        sa.Column("register_checked_by", sa.String(), nullable=True),
        sa.Column("scope_confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_activity", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificates")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_certificates_ends", ["sort_valid_to", "serial"], unique=False)
        batch_op.create_index("ix_certificates_scope_ends", ["scope_id", "sort_valid_to", "serial"], unique=False)
        batch_op.create_index("ix_certificates_site_ends", ["site_id", "sort_valid_to", "serial"], unique=False)

    op.create_table(
        "conditions",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("release_relevant", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("met_at", UTCDateTime(), nullable=True),
        sa.Column("met_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_conditions")),
    )
    with op.batch_alter_table("conditions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conditions_scope_id"), ["scope_id"], unique=False)

    op.create_table(
        "qualifications",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("need_by", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_qualifications")),
    )
    with op.batch_alter_table("qualifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualifications_scope_id"), ["scope_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_qualifications_site_id"), ["site_id"], unique=False)

    op.create_table(
        "questionnaire_templates",
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("template_id", "version", name=op.f("pk_questionnaire_templates")),
    )
    op.create_table(
        "questionnaires",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("handed_in_at", UTCDateTime(), nullable=True),
        sa.Column("handed_in_by", sa.String(), nullable=True),
        sa.Column("answers_sha256", sa.String(), nullable=True),
        sa.Column("declared_at", UTCDateTime(), nullable=True),
        sa.Column("declared_sha256", sa.String(), nullable=True),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("critical_gaps", JSON, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_questionnaires")),
    )
    op.create_table(
        "register_extracts",
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("register_name", "number", name=op.f("pk_register_extracts")),
    )
    op.create_table(
        "risk_assessments",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("computed_tier", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("lowers", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("formality", sa.String(), nullable=False),
        sa.Column("factors", JSON, nullable=False),
        sa.Column("biologic", sa.Boolean(), nullable=False),
        sa.Column("raised_because", sa.String(), nullable=True),
        sa.Column("uncertainty", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("assessed_at", UTCDateTime(), nullable=False),
        sa.Column("approver", sa.String(), nullable=True),
        sa.Column("second_approver", sa.String(), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("next_review", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "version", name=op.f("pk_risk_assessments")),
    )
    with op.batch_alter_table("risk_assessments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_risk_assessments_scope", ["scope_id", "assessed_at", "case_id", "version"], unique=False
        )

    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_from", sa.String(), nullable=True))

    with op.batch_alter_table("suppliers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("succeeds", sa.String(), nullable=True))
