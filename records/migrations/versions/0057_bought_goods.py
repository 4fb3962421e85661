"""Consignments of lots that were bought, and from which country these came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("came_from", sa.String(), nullable=True))
    with op.batch_alter_table("import_consignments", schema=None) as batch_op:
        batch_op.alter_column("batch_id", existing_type=sa.String(), nullable=True)
        batch_op.add_column(sa.Column("lot", _JSON, nullable=True))
        batch_op.add_column(sa.Column("lot_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lot_issuer", sa.String(), nullable=True))
        batch_op.create_index("ix_import_consignments_lot_key", ["lot_key"])
