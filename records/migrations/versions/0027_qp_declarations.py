"""A qualified person declares on the GMP of the makers of an active substance, as a record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "qp_declarations",
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("substance", _TEXT(), nullable=False),
        sa.Column("holder", _TEXT(), nullable=False),
        sa.Column("authorisation", _TEXT(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("statement", _TEXT(), nullable=False),
        sa.Column("documents", _JSON, nullable=False),
        sa.Column("declared_by", _TEXT(), nullable=False),
        sa.Column("by_name", _TEXT(), nullable=False),
        sa.Column("declared_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", _TEXT(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "qp_declaration_sites",
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("scope_id", _TEXT(), nullable=False),
        sa.Column("site_id", _TEXT(), nullable=False),
        sa.Column("audit_id", _TEXT(), nullable=False),
        sa.Column("audited_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("number", "scope_id"),
    )
    op.create_index("ix_qp_declaration_sites_scope_id", "qp_declaration_sites", ["scope_id"])
    op.create_index("ix_qp_declaration_sites_site_id", "qp_declaration_sites", ["site_id"])
