"""The approval of a destruction falls when something comes to need the goods."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("destructions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fell_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("fell_because", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("done_although", sa.String(), nullable=True))
