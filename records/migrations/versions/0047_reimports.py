"""From where goods came back, and the consignment with which they are imported anew."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("goods_returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_country", sa.String(), nullable=True))
    with op.batch_alter_table("import_consignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("return_id", sa.String(), nullable=True))
        batch_op.create_index("ix_import_consignments_return_id", ["return_id"])
