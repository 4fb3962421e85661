"""The roles that decide on a batch for a market, as the row of the market names them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deciders", _JSON, nullable=True))
