"""Further parts of a batch that are certified after the first one."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TEXT = sa.String


def upgrade() -> None:
    op.create_table(
        "tranches",
        sa.Column("batch_id", _TEXT(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("market", _TEXT(), nullable=False),
        sa.Column("rule", _TEXT(), nullable=False),
        sa.Column("quantity", _TEXT(), nullable=False),
        sa.Column("certificate_number", _TEXT(), nullable=False),
        sa.Column("register_name", _TEXT(), nullable=False),
        sa.Column("register_number", sa.Integer(), nullable=False),
        sa.Column("decided_by", _TEXT(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "event_number"),
    )
    op.create_index("ix_tranches_register", "tranches", ["register_name", "register_number"], unique=True)
