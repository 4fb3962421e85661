"""Certifications of batches under one market for another, where somebody else checks them."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certifications_abroad",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("under", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("trial", sa.String(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("certified_by", sa.String(), nullable=False),
        sa.Column("certified_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_certifications_abroad_batch_id", "certifications_abroad", ["batch_id"])
    op.create_index(
        "ix_certifications_abroad_register", "certifications_abroad", ["register_name", "register_number"], unique=True
    )
