"""Facts that stand, what they are about, and the fact behind each hold."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("about", _JSON, nullable=False),
        sa.Column("cause", _JSON, nullable=False),
        sa.Column("consequences", _JSON, nullable=False),
        sa.Column("established_at", UTCDateTime(), nullable=False),
        sa.Column("established_by", sa.String(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_cause", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_facts")),
    )
    stands = sa.text("revoked_at IS NULL")
    op.create_index(
        "uq_facts_standing", "facts", ["kind", "identity"], unique=True, sqlite_where=stands, postgresql_where=stands
    )
    op.create_index("ix_facts_established", "facts", ["established_at", "fact_id"], unique=False)
    op.create_table(
        "fact_subjects",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "fact_id", name=op.f("pk_fact_subjects")),
    )
    op.create_index(op.f("ix_fact_subjects_fact_id"), "fact_subjects", ["fact_id"], unique=False)
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fact_kind", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("fact_identity", sa.String(), nullable=True))
