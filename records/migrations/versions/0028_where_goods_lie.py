"""The time zone in which delivered goods lie, and opened containers among goods that came back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("zone", sa.String(), nullable=True))
    with op.batch_alter_table("goods_returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part_containers", _JSON, nullable=False, server_default=sa.text("'[]'")))
