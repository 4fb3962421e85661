"""Consignments say which others were cleared with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("import_consignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared_with", _JSON, nullable=False, server_default=sa.text("'[]'")))
