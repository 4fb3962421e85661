"""Whether what was signed was signed by somebody entitled, as is known now."""

from datetime import date, timedelta
from typing import Any

import pytest

from records.appointment.lapsed import signed_by_nobody
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from tests.records.appointing import LICENCE
from tests.records.certifying import a_certificate
from tests.records.databases import on_one_database
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
TODAY = START.date()


def stopped(since: date, until: date | None = None, status: str = "WITHDRAWN") -> dict[str, Any]:
    return {"status": status, "stopped_on": since, "stopped_until": until}


@pytest.mark.parametrize(
    ("ended_from", "papers", "is_void"),
    [
        (None, [], False),
        (TODAY, [], True),
        (TODAY + timedelta(days=1), [], False),
        (None, [{}], False),
        (None, [stopped(TODAY)], True),
        (None, [stopped(TODAY + timedelta(days=1))], False),
        (None, [stopped(TODAY - timedelta(days=9), TODAY, "VERIFIED")], False),
        (None, [stopped(TODAY - timedelta(days=9), TODAY + timedelta(days=1), "VERIFIED")], True),
        (None, [stopped(TODAY), {}], False),
        (None, [stopped(TODAY), {"valid_to": TODAY - timedelta(days=1)}], True),
        (None, [stopped(TODAY), {"number": "another"}], True),
    ],
)
async def test_who_signs_under_what_had_ended_or_was_stopped_by_then_is_nobody(
    seeded: Seeded,
    ended_from: date | None,
    papers: list[dict[str, Any]],
    is_void: bool,  # noqa: FBT001
) -> None:
    for paper in papers:
        await a_certificate(seeded, **{"type": "MIA", "number": LICENCE["number"], **paper})
    async with seeded.database.writing() as session:
        (await session.get_one(AppointmentRow, "APT-1")).ended_from = ended_from
        use: dict[str, Any] = {"stream": "QPD-1", "event_number": 1, "place": 0, "number": "APT-1", "signed_at": START}
        session.add(AppointmentUseRow(**use))
        await session.flush()
        assert await signed_by_nobody(session, ["QPD-1", "QPD-2"]) == ({("QPD-1", 1): "APT-1"} if is_void else {})
        assert await signed_by_nobody(session, []) == {}
