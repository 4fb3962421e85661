"""Goods that were supplied under an exception are reviewed like goods that were released."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_SUPPLIES = sa.table(
    "supply_exceptions",
    sa.column("batch_id", sa.String),
    sa.column("market", sa.String),
    sa.column("number", sa.String),
    sa.column("stands", sa.Boolean),
)
_MARKETS = sa.table(
    "batch_markets",
    sa.column("batch_id", sa.String),
    sa.column("market", sa.String),
    sa.column("supply_stands", sa.Boolean),
)
_BATCHES = sa.table("batches", sa.column("batch_id", sa.String), sa.column("supplied", sa.Boolean))


def upgrade() -> None:
    with op.batch_alter_table("supply_exceptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("taken_back_as", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("taken_back_at", UTCDateTime(), nullable=True))
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supply_stands", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplied", sa.Boolean(), nullable=False, server_default=sa.false()))
    connection = op.get_bind()
    connection.execute(_SUPPLIES.update().where(_SUPPLIES.c.number.is_not(None)).values(stands=True))
    query = sa.select(_SUPPLIES.c.batch_id, _SUPPLIES.c.market).where(_SUPPLIES.c.stands).distinct()
    for batch_id, market in connection.execute(query).all():
        of_market = (_MARKETS.c.batch_id == batch_id) & (_MARKETS.c.market == market)
        connection.execute(_MARKETS.update().where(of_market).values(supply_stands=True))
        connection.execute(_BATCHES.update().where(_BATCHES.c.batch_id == batch_id).values(supplied=True))
