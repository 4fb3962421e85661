"""Results outside specification that the program opens, and who has seen what for the sponsor."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NAMES = ("opened_from", "report", "market", "cause", "raw_data", "seen_by")


def upgrade() -> None:
    with op.batch_alter_table("oos_results", schema=None) as batch_op:
        for name in ("own_laboratory", "resampling"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in _NAMES:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
