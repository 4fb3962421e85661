"""People are named on licences by records, and signatures stand on these."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("person_id", _TEXT(), nullable=False),
        sa.Column("role", _TEXT(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("licence", _TEXT(), nullable=False),
        sa.Column("holder", _TEXT(), nullable=False),
        sa.Column("licence_site", _TEXT(), nullable=True),
        sa.Column("certificate_id", _TEXT(), nullable=True),
        sa.Column("sites", _JSON, nullable=False),
        sa.Column("products", _JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("documents", _JSON, nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_by", _TEXT(), nullable=False),
        sa.Column("proposers", _JSON, nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", _TEXT(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_because", _TEXT(), nullable=True),
        sa.Column("ended_from", sa.Date(), nullable=True),
        sa.Column("ended_times", sa.Integer(), nullable=False),
        sa.Column("ended_by", _TEXT(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_because", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_appointments_person_id", "appointments", ["person_id"])
    op.create_index("ix_appointments_licence_site", "appointments", ["licence_site"])
    op.create_table(
        "appointment_uses",
        sa.Column("stream", _TEXT(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=True),
        sa.Column("market", _TEXT(), nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "event_number", "place"),
    )
    op.create_index("ix_appointment_uses_number", "appointment_uses", ["number", "signed_at"])
