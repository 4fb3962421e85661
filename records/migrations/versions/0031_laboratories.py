"""Where own testing was done."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_NAMES = ("batch_id", "number", "source", "report", "reported_at", "laboratory")


def upgrade() -> None:
    with op.batch_alter_table("analysis_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("laboratory", sa.String(), nullable=True))
    _write_where()


def _write_where() -> None:
    """From the journal. What a corrected rejection has taken over is that of the record it comes from."""
    connection = op.get_bind()
    reports = sa.table("analysis_reports", *map(sa.column, _NAMES))
    events = sa.table("events", sa.column("stream"), sa.column("number"), sa.column("body"))
    own = sa.select(reports).where(reports.c.source == "OWN_TESTING")
    known: dict[tuple[str, str], str] = {}
    for row in connection.execute(own.order_by(reports.c.number.desc())).mappings().all():
        same = (row["report"], str(row["reported_at"]))
        if row["number"] > 0:
            at = (events.c.stream == row["batch_id"], events.c.number == row["number"])
            event = json.loads(connection.execute(sa.select(events.c.body).where(*at)).scalar_one())
            known[same] = event["payload"]["form"]["laboratory"]
        if same in known:
            of = (reports.c.batch_id == row["batch_id"], reports.c.number == row["number"])
            connection.execute(reports.update().where(*of).values(laboratory=known[same]))
