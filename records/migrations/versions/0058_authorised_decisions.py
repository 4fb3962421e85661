"""Entries of the registers of products name the authorisation that they stand on."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authorised_decisions",
        sa.Column("register_name", sa.String(), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("register_name", "register_number"),
    )
    op.create_index("ix_authorised_decisions_batch_id", "authorised_decisions", ["batch_id"])
    op.create_index("ix_authorised_decisions_authorisation_id", "authorised_decisions", ["authorisation_id"])
