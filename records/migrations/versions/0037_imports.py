"""Consignments of imports, and what a manufacturing authorisation says of imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_consignments",
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("from_country", _TEXT(), nullable=False),
        sa.Column("from_site_id", _TEXT(), nullable=True),
        sa.Column("to_site_id", _TEXT(), nullable=False),
        sa.Column("authorisation_id", _TEXT(), nullable=True),
        sa.Column("arrived_at", UTCDateTime(), nullable=False),
        sa.Column("quantity", _TEXT(), nullable=False),
        sa.Column("documents", _JSON, nullable=False),
        sa.Column("entered_by", _TEXT(), nullable=False),
        sa.Column("by_name", _TEXT(), nullable=False),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.Column("corrected_because", _TEXT(), nullable=True),
        sa.Column("customs_reference", _TEXT(), nullable=True),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("cleared_by", _TEXT(), nullable=True),
        sa.Column("customs_documents", _JSON, nullable=False),
        sa.Column("customs_corrected_because", _TEXT(), nullable=True),
        sa.Column("withdrawn_by", _TEXT(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_import_consignments_batch_id", "import_consignments", ["batch_id"])
    op.create_index("ix_import_consignments_to_site_id", "import_consignments", ["to_site_id"])
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("import_checked_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("import_confirmed_by", _TEXT(), nullable=True))
        batch_op.add_column(sa.Column("import_wording", _TEXT(), nullable=True))
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imports", sa.Boolean(), nullable=True))
