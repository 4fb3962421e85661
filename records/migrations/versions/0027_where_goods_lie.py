"""The time zone in which delivered goods lie, and opened containers among goods that came back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

<<<<<<<< HEAD:records/migrations/versions/0027_where_goods_lie.py
revision = "0027"
down_revision = "0026"
========
revision = "0024"
down_revision = "0023"
>>>>>>>> 1d7735f (Deliveries of the stories end where they go; revisions follow one another):records/migrations/versions/0024_where_goods_lie.py
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("zone", sa.String(), nullable=True))
    with op.batch_alter_table("goods_returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part_containers", _JSON, nullable=False, server_default=sa.text("'[]'")))
