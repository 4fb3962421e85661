"""Declarations of before are found under the appointments that they were made on, as a rebuild finds them."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_EVENTS = sa.table("events", sa.column("stream"), sa.column("number"), sa.column("type"), sa.column("body"))
_USES = sa.table(
    "appointment_uses",
    *(sa.column(name) for name in ("stream", "event_number", "place", "number")),
    sa.column("signed_at", UTCDateTime()),
)


def upgrade() -> None:
    connection = op.get_bind()
    known = {tuple(row) for row in connection.execute(sa.select(_USES.c.stream, _USES.c.event_number)).all()}
    declared = sa.select(_EVENTS.c.stream, _EVENTS.c.number, _EVENTS.c.body).where(
        _EVENTS.c.type == "qp_declaration.declare"
    )
    for stream, number, body in connection.execute(declared).all():
        event = json.loads(body)
        under = (event["payload"].get("effect") or {}).get("appointment")
        if under is not None and (stream, number) not in known:
            at = datetime.fromisoformat(event["occurred_at"])
            said = {"stream": stream, "event_number": number, "place": 0, "number": under, "signed_at": at}
            connection.execute(_USES.insert().values(said))
