"""The fact that a review of a release is demanded for, and what is said of each report that may be due."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("review_demands", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fact_kind", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("fact_identity", AutoString(), nullable=True))
    op.create_table(
        "authority_answers",
        sa.Column("batch_id", AutoString(), nullable=False),
        sa.Column("demand", sa.Integer(), nullable=False),
        sa.Column("report", AutoString(), nullable=False),
        sa.Column("filed", sa.Boolean(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("reference", AutoString(), nullable=True),
        sa.Column("answered_by", AutoString(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "demand", "report", name=op.f("pk_authority_answers")),
    )
