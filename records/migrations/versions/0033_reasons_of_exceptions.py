"""What the gate had found as an exception of it was asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("gate_exceptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reasons", _JSON, nullable=True))
