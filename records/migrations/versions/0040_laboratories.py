"""Where own testing was done, if that is a registered site."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("analysis_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("laboratory_site_id", sa.String(), nullable=True))
