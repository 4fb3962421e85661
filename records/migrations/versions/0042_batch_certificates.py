"""Manufacturer's certificates of batches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "batch_certificates",
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("site_id", _TEXT(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("entered_by", _TEXT(), nullable=False),
        sa.Column("by_name", _TEXT(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("finding", _TEXT(), nullable=True),
        sa.Column("reviewed_by", _TEXT(), nullable=True),
        sa.Column("reviewer_name", _TEXT(), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_batch_certificates_batch_id", "batch_certificates", ["batch_id"])
