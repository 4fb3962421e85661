"""What a refusal must leave behind: a problem for the person, one line in the journal, and nothing else."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import httpx2
from sqlmodel import col, select

from api.core.problems import MEDIA_TYPE
from domain.core.events import Event
from records.core.rebuild import projections
from records.core.tables.journal import EventRow
from tests.company import Company

Rows = dict[str, list[str]]


@dataclass(frozen=True)
class Told:
    """How an attempt was refused, as the person and the journal know it."""

    status: int
    code: str
    rule: str | None
    problem: dict[str, Any]
    event: Event | None


async def refused(company: Company, attempt: Awaitable[httpx2.Response], *, instance: str | None = None) -> Told:
    """Await an attempt that must be refused, and see that it changed no projection and wrote one event at most."""
    rows, last = await _quiet(company)
    answer = await attempt
    rows_after, _ = await _quiet(company)
    assert answer.status_code >= 400, f"was let through: {answer.text}"
    problem = problem_of(answer, instance)
    assert {name for name in rows if rows[name] != rows_after[name]} == set()
    async with company.database.reading() as session:
        query = select(EventRow.body).where(col(EventRow.position) > last).order_by(col(EventRow.position))
        events = [Event.model_validate_json(body) for body in (await session.exec(query)).all()]
    assert [event.type for event in events] in ([], ["attempt.refused"])
    event = events[0] if events else None
    if event is not None:
        assert (event.payload["code"], event.payload["rule"]) == (problem["code"], problem.get("rule"))
        assert event.audience == "SPONSOR"
    return Told(answer.status_code, problem["code"], problem.get("rule"), problem, event)


def problem_of(answer: httpx2.Response, instance: str | None = None) -> dict[str, Any]:
    """The problem of an answer, with all that RFC 9457 and the API promise of it."""
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == (instance or answer.request.url.path)
    assert problem["type"] in (f"urn:vetted:refusal:{problem['code']}", "about:blank")
    return problem


def names(told: Told, company: Company, user: str, stream: str, action: str | None) -> None:
    """The journal says who tried what; never what the form said."""
    assert told.event is not None, "the attempt is not on record"
    assert (told.event.stream, told.event.actor.person) == (stream, company.seeded.person(user))
    assert told.event.payload["action"] == action
    assert set(told.event.payload) == {"action", "route", "code", "rule", "fields"}


async def snapshot(company: Company) -> tuple[Rows, int]:
    """All projections, and the position of the newest event."""
    rows: Rows = {}
    async with company.database.reading() as session:
        for table in projections():
            found = await (await session.connection()).execute(table.select())
            rows[table.name] = sorted(str(tuple(row)) for row in found)
        newest = select(EventRow.position).order_by(col(EventRow.position).desc()).limit(1)
        last = (await session.exec(newest)).one() or 0
    return rows, last


async def _quiet(company: Company) -> tuple[Rows, int]:
    """A snapshot when procedures and relay have come to rest."""
    before = await snapshot(company)
    while True:
        await company.delivered()
        await asyncio.sleep(0.05)
        after = await snapshot(company)
        if after == before:
            return after
        before = after
