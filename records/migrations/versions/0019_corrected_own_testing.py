"""Own testing that is corrected: who has entered a certificate or a report, which one it corrects, and why."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_KEY = ("batch_id", "number")
_SAME = ("source", "scope_id", "report", "document_id", "reported_at")


def upgrade() -> None:
    with op.batch_alter_table("analysis_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("persons", _JSON, nullable=False, server_default=sa.text("'[]'")))
        for name in ("correction_of", "correction_reason", "cause", "raw_data"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
    _write_who_and_why()


def _write_who_and_why() -> None:
    """From the journal. What a corrected rejection has taken over is that of the record it comes from."""
    connection = op.get_bind()
    names = (*_KEY, *_SAME, "entered_by", "correction_of", "correction_reason")
    reports = sa.table("analysis_reports", *(sa.column(name) for name in names), sa.column("persons", _JSON))
    events = sa.table("events", sa.column("stream"), sa.column("number"), sa.column("body"))
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in connection.execute(sa.select(reports).order_by(reports.c.number.desc())).mappings().all():
        same = tuple(row[name] for name in _SAME)
        if row["number"] > 0:
            at = (events.c.stream == row["batch_id"], events.c.number == row["number"])
            known[same] = _said(json.loads(connection.execute(sa.select(events.c.body).where(*at)).scalar_one()))
        if same in known:
            of = [reports.c[name] == row[name] for name in _KEY]
            connection.execute(reports.update().where(*of).values(known[same]))


def _said(event: dict[str, Any]) -> dict[str, Any]:
    actor, form = event["actor"], event["payload"]["form"]
    return {
        "entered_by": actor["name"],
        "persons": sorted({actor["person"], actor.get("on_behalf_of") or actor["person"]}),
        "correction_of": form.get("correction_of"),
        "correction_reason": form.get("correction_reason"),
    }
