"""Corrections, retests, and extensions of a shelf life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TEXT = sa.String
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retested_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("extended_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("extended_markets", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("blocked_from", _TEXT(), nullable=True))
        batch_op.create_index("ix_batches_extended", ["extended_to"], unique=False)
    op.create_table(
        "batch_corrections",
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", _TEXT(), nullable=False),
        sa.Column("old", _TEXT(), nullable=True),
        sa.Column("new", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("corrected_by", _TEXT(), nullable=False),
        sa.Column("corrected_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "version", "field"),
    )
    op.create_table(
        "retests",
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("certificate", _TEXT(), nullable=False),
        sa.Column("recorded_by", _TEXT(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "version"),
    )
