"""On what grounds a market has refused a batch, and what is judged of it for the others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused_as", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("grounds", JSON, nullable=True))
        batch_op.add_column(sa.Column("grounds_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("refused_because", sa.String(), nullable=True))
    op.create_table(
        "market_judgements",
        sa.Column("hold_id", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("assessment", sa.String(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("persons", JSON, nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "slot", name=op.f("pk_market_judgements")),
    )
    with op.batch_alter_table("market_judgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_market_judgements_batch_id"), ["batch_id"], unique=False)
