"""When information was received, from which the clocks of authorities count, and the reports that are considered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("review_demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("received_at", UTCDateTime(), nullable=True))
    with op.batch_alter_table("release_reviews", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reports", _JSON, nullable=False, server_default=sa.text("'{}'")))
