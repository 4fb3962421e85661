"""Clinical supply: its trial, the green light for each site, use dates that are extended, and comparators."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("batch_markets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trial", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("trial_phase", AutoString(), nullable=True))
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("trial", AutoString(), nullable=True))
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("use_date_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("use_date_markets", _JSON, nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("use_date_trial", AutoString(), nullable=True))
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("comparator", _JSON, nullable=True))
    op.create_table(
        "green_lights",
        sa.Column("batch_id", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("market", AutoString(), nullable=False),
        sa.Column("trial", AutoString(), nullable=False),
        sa.Column("destination", AutoString(), nullable=False),
        sa.Column("address", AutoString(), nullable=False),
        sa.Column("authorisation", AutoString(), nullable=False),
        sa.Column("ethics", AutoString(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("conditions", AutoString(), nullable=False),
        sa.Column("given_by", AutoString(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", AutoString(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_because", AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "version", name=op.f("pk_green_lights")),
    )
    with op.batch_alter_table("green_lights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_green_lights_trial"), ["trial"], unique=False)
