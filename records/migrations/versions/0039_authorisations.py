"""What is authorised for each product in each market, version by version, and what authorities have stopped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_TEXT = sa.String
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_LISTS = ("standing", "steps", "release_sites", "packs", "specifications", "processes")


def upgrade() -> None:
    op.create_table(
        "authorisations",
        sa.Column("authorisation_id", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", _TEXT(), nullable=False),
        sa.Column("market", _TEXT(), nullable=False),
        sa.Column("product", _TEXT(), nullable=False),
        sa.Column("product_key", _TEXT(), nullable=False),
        sa.Column("strength", _TEXT(), nullable=True),
        sa.Column("dosage_form", _TEXT(), nullable=True),
        sa.Column("number", _TEXT(), nullable=False),
        sa.Column("holder", _TEXT(), nullable=False),
        sa.Column("trial", _TEXT(), nullable=True),
        *(sa.Column(name, _JSON, nullable=False) for name in _LISTS),
        sa.Column("shelf_life", _JSON, nullable=True),
        sa.Column("official_batch_release", sa.Boolean(), nullable=False),
        sa.Column("evidence", _JSON, nullable=False),
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("status", _TEXT(), nullable=False),
        sa.Column("proposed_by", _TEXT(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", _TEXT(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decision", _TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("authorisation_id", "version"),
    )
    op.create_index("ix_authorisations_product", "authorisations", ["market", "product_key"])
    op.create_table(
        "authorisation_stops",
        sa.Column("authorisation_id", _TEXT(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", _TEXT(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", _TEXT(), nullable=False),
        sa.Column("documents", _JSON, nullable=False),
        sa.Column("stated_by", _TEXT(), nullable=False),
        sa.Column("stated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("authorisation_id", "number"),
    )
