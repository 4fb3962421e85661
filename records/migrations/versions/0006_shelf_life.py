"""The end of the shelf life of batches, and the day of their retest."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expired_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("retest_due_at", UTCDateTime(), nullable=True))
        batch_op.create_index("ix_batches_expiry", ["expired_at", "expiry_on"], unique=False)
        batch_op.create_index("ix_batches_retest", ["retest_due_at", "retest_on"], unique=False)
