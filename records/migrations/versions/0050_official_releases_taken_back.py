"""Official batch releases are taken back, and found by their number."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from domain.core.names import name_key

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_RELEASES = sa.table(
    "official_releases",
    sa.column("release_id", sa.String),
    sa.column("number", sa.String),
    sa.column("number_key", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("official_releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number_key", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_because", sa.String(), nullable=True))
        batch_op.create_index("ix_official_releases_number_key", ["number_key"])
    connection = op.get_bind()
    for release_id, number in connection.execute(sa.select(_RELEASES.c.release_id, _RELEASES.c.number)).all():
        its = _RELEASES.update().where(_RELEASES.c.release_id == release_id)
        connection.execute(its.values(number_key=name_key(number)))
