"""Where a product comes from that was bought for a trial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("comparator", _JSON, nullable=True))
