"""What a batch is in the supply chain, and the country in which a site stands."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("supply_stage", sa.String(), nullable=True))
    op.add_column("sites", sa.Column("country", sa.String(), nullable=True))
