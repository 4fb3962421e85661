"""Returns and destructions, what a recall comes to by the records, and what is kept of a batch."""

from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TEXT = sa.String
_STATED = ("sample_quantity", "retained_samples", "stability", "environment")


def upgrade() -> None:
    op.create_table(
        "goods_returns",
        sa.Column("case_id", _TEXT(), nullable=False),
        sa.Column("shipment_id", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("market", _TEXT(), nullable=False),
        sa.Column("quantity", _TEXT(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("place", _TEXT(), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=True),
        sa.Column("assessed_at", UTCDateTime(), nullable=True),
        sa.Column("destroyed_quantity", _TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_goods_returns_batch_id", "goods_returns", ["batch_id"], unique=False)
    op.create_index("ix_goods_returns_shipment_id", "goods_returns", ["shipment_id"], unique=False)
    op.create_table(
        "destructions",
        sa.Column("case_id", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("stock", _TEXT(), nullable=False),
        sa.Column("held_in", _TEXT(), nullable=True),
        sa.Column("quantity", _TEXT(), nullable=False),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.Column("refused_at", UTCDateTime(), nullable=True),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.Column("destroyed_quantity", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_destructions_batch_id", "destructions", ["batch_id"], unique=False)
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("destroyed_quantity", _TEXT(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("removed_quantity", _TEXT(), nullable=False, server_default="0"))
    with op.batch_alter_table("batches", schema=None) as batch_op:
        for name in _STATED:
            batch_op.add_column(sa.Column(name, _TEXT(), nullable=True))
    with op.batch_alter_table("release_reviews", schema=None) as batch_op:
        for name in ("recall_received", "recall_destroyed", "unaccounted", "differs_because"):
            batch_op.add_column(sa.Column(name, _TEXT(), nullable=True))
    _fill_from_records()


def _fill_from_records() -> None:
    """What people have stated before stands in the records of their cases."""
    session = op.get_bind()
    records = sa.table("records", sa.column("case_id", _TEXT), sa.column("action", _TEXT), sa.column("form", sa.JSON))
    batches = sa.table("batches", sa.column("batch_id", _TEXT), *(sa.column(name, _TEXT) for name in _STATED))
    shipments = sa.table("shipments", sa.column("case_id", _TEXT), sa.column("destroyed_quantity", _TEXT))
    for row in session.execute(sa.select(records).where(records.c.action == "finish")).all():
        stated = {name: row.form.get(name) for name in _STATED}
        session.execute(batches.update().where(batches.c.batch_id == row.case_id).values(stated))
    destroyed: dict[str, Decimal] = defaultdict(Decimal)
    for row in session.execute(sa.select(records).where(records.c.action == "dispose-goods")).all():
        if row.form["kind"] == "DESTROYED":
            destroyed[row.case_id] += Decimal(row.form["quantity"])
    for case_id, quantity in destroyed.items():
        values = {"destroyed_quantity": str(quantity)}
        session.execute(shipments.update().where(shipments.c.case_id == case_id).values(values))
