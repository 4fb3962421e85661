"""Use dates of clinical supply that are extended under the plan of a trial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("use_date_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("use_date_markets", _JSON, nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("use_date_trial", AutoString(), nullable=True))
