"""Supplies under exception, and the deliveries that go under them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "supply_exceptions",
        sa.Column("exception_id", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("market", _TEXT(), nullable=False),
        sa.Column("gates", _JSON, nullable=False),
        sa.Column("why", _JSON, nullable=False),
        sa.Column("basis", _TEXT(), nullable=False),
        sa.Column("authority", _TEXT(), nullable=False),
        sa.Column("permission", _TEXT(), nullable=False),
        sa.Column("permitted_on", sa.Date(), nullable=False),
        sa.Column("document", _TEXT(), nullable=False),
        sa.Column("conditions", _JSON, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("quantity", _TEXT(), nullable=False),
        sa.Column("consignees", _JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("proposed_by", _TEXT(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("signers", _JSON, nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=True),
        sa.Column("number", _TEXT(), nullable=True),
        sa.Column("declined_by", _TEXT(), nullable=True),
        sa.Column("declined_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", _TEXT(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("exception_id"),
    )
    op.create_index("ix_supply_exceptions_batch_id", "supply_exceptions", ["batch_id"])
    op.create_index("ix_supply_exceptions_number", "supply_exceptions", ["number"], unique=True)
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supply_exception", _TEXT(), nullable=True))
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplied_under", _JSON, nullable=True))
