"""Which markets have answered what was learned of a release, each by its own decider."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("review_demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", _JSON, nullable=False, server_default=sa.text("'{}'")))
