"""The fact that a review of a release is demanded for."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("review_demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fact_kind", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("fact_identity", AutoString(), nullable=True))
