"""The yields of batches that are made of others, and their limits."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batch_parents", sa.Column("theoretical_yield", sa.String(), nullable=True))
    for name in ("yield_low", "yield_high", "yield_deviation"):
        op.add_column("batches", sa.Column(name, sa.String(), nullable=True))
