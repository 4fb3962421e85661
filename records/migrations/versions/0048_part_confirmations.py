"""Confirmations of parts of the manufacture of batches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_TERMS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_AGREEMENTS = sa.table(
    "agreements", sa.column("qta_id", sa.String()), sa.column("version", sa.Integer()), sa.column("terms", _TERMS)
)


def upgrade() -> None:
    op.create_table(
        "part_confirmations",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(), nullable=True),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("under", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_part_confirmations_batch_id", "part_confirmations", ["batch_id"])
    _say_nothing_of_confirmations()


def _say_nothing_of_confirmations() -> None:
    """As their events give their terms: those of before say nothing of who confirms."""
    connection = op.get_bind()
    for qta_id, version, terms in connection.execute(sa.select(_AGREEMENTS)).all():
        own = (_AGREEMENTS.c.qta_id == qta_id, _AGREEMENTS.c.version == version)
        connection.execute(_AGREEMENTS.update().where(*own).values(terms={"confirmations": [], **terms}))
