"""Lots of materials say what they are, and which registered site has made them."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("maker_site_id", sa.String(), nullable=True))
