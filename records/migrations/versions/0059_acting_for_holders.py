"""Appointments say whom the holder of their licence acts for, and by which agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acts_for", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("acts_by", sa.String(), nullable=True))
