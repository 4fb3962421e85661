"""The approved supplier list as it is, as it was, and as it was known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.asl.asl import AslStatus, Statement, in_force
from domain.core.refusals import Refused
from records.asl.statements import statement_in_force
from records.asl.tables.listing import AslRow
from records.status.queries.asl import approved_suppliers, asl_history
from tests.records.qualifying import stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

DAY = timedelta(days=1)
NOW = datetime.now(UTC) + DAY


async def states(
    seeded: Seeded, number: int, status: str, effective: datetime, recorded: datetime, scope: str = "SC-1"
) -> None:
    """A row as a decision leaves it; the time of recording is set here, not by the database."""
    row = AslRow(
        scope_id=scope,
        number=number,
        site_id="VM-02" if scope == "SC-1" else "OB-01",
        supplier_id="SUP-1",
        status=status,
        effective_from=effective,
        recorded_at=recorded,
        reason_code="QUALIFICATION",
        reason="For the sponsor alone",
        decided_in="QC-1",
        decided_by=["PER-4"],
        valid_to=date(2026, 1, 1),
        next_requal_due=date(2027, 1, 1),
        next_audit_due=date(2026, 6, 1),
    )
    async with seeded.database.writing() as session:
        session.add(row)


@pytest.fixture
async def listed(seeded: Seeded) -> Seeded:
    """Approved; suspended on day 30, told on day 32; another site approved from day 10."""
    await states(seeded, 1, "APPROVED", START, START)
    await states(seeded, 2, "SUSPENDED", START + 30 * DAY, START + 32 * DAY)
    await states(seeded, 1, "APPROVED", START + 10 * DAY, START + 5 * DAY, scope="SC-2")
    return seeded


async def statuses(seeded: Seeded, user: str = "hana", **query: Any) -> dict[str, str]:
    actor = await seeded.actor(user)
    query = {"as_of": NOW, "known_at": None, "limit": 50, **query}
    async with seeded.database.reading() as session:
        found = await approved_suppliers(session, actor, **query)
    return {line.scope_id: line.status.value for line in found.items}


async def test_what_was_the_status_then_and_what_did_we_believe_then(listed: Seeded) -> None:
    between = START + 31 * DAY
    assert await statuses(listed) == {"SC-1": "SUSPENDED", "SC-2": "APPROVED"}
    assert await statuses(listed, as_of=between) == {"SC-1": "SUSPENDED", "SC-2": "APPROVED"}
    assert await statuses(listed, as_of=between, known_at=between) == {"SC-1": "APPROVED", "SC-2": "APPROVED"}
    assert await statuses(listed, as_of=START + 7 * DAY) == {"SC-1": "APPROVED"}
    assert await statuses(listed, as_of=START - DAY) == {}


async def test_the_query_answers_as_the_rule_does(listed: Seeded) -> None:
    async with listed.database.reading() as session:
        history = await asl_history(session, await listed.actor("hana"), "SC-1", cursor=None, limit=50)
        statements = [Statement.model_validate(item, from_attributes=True) for item in history.items]
        for days in range(-1, 40):
            at = START + days * DAY
            row = await statement_in_force(session, "SC-1", at)
            expected = in_force(statements, as_of=at, known_at=NOW)
            assert (row.number if row else None) == (expected.number if expected else None)


async def test_lists_are_filtered_and_paged(listed: Seeded) -> None:
    assert await statuses(listed, status=AslStatus.SUSPENDED) == {"SC-1": "SUSPENDED"}
    assert await statuses(listed, site="OB-01") == {"SC-2": "APPROVED"}
    async with listed.database.reading() as session:
        actor = await listed.actor("hana")
        first = await approved_suppliers(session, actor, as_of=NOW, known_at=None, limit=1)
        second = await approved_suppliers(session, actor, as_of=NOW, known_at=None, limit=1, cursor=first.next)
        page = await asl_history(session, actor, "SC-1", cursor=None, limit=1)
        rest = await asl_history(session, actor, "SC-1", cursor=page.next, limit=1)
    assert [line.scope_id for line in (*first.items, *second.items)] == ["SC-1", "SC-2"]
    assert [item.number for item in (*page.items, *rest.items)] == [2, 1]
    assert (second.next, rest.next) == (None, None)


async def test_a_statement_is_on_the_markets_of_its_day(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    await stands(seeded, AslStatus.APPROVED, scope_id="SC-2", site_id="OB-01")
    more: dict[str, JsonValue] = {"scope_id": "SC-1", "set": {"markets": ["EU", "JP", "US"]}, "reason": "Japan"}
    await seeded.write("scope.changed", "VM-02", more, by=await seeded.actor("ines"))
    hana = await seeded.actor("hana")
    async with seeded.database.reading() as session:
        lines = (await approved_suppliers(session, hana, as_of=NOW, known_at=None, limit=50)).items
    assert {line.scope_id: line.markets for line in lines} == {"SC-1": ("EU", "US"), "SC-2": ()}
    await is_rebuilt_identically(seeded.database, "asl")


async def test_a_site_sees_its_own_lines_without_the_reasons_and_without_what_is_planned(listed: Seeded) -> None:
    assert await statuses(listed, "vito") == {"SC-1": "SUSPENDED"}
    inside = {"reason_code", "reason", "decided_in", "decided_by", "next_requal_due", "next_audit_due"}
    async with listed.database.reading() as session:
        vito, hana = await listed.actor("vito"), await listed.actor("hana")
        (line,) = (await approved_suppliers(session, vito, as_of=NOW, known_at=None, limit=50)).items
        past = await asl_history(session, vito, "SC-1", cursor=None, limit=50)
        for entry in (line, *past.items):
            assert entry.model_dump(include=inside) == dict.fromkeys(inside)
            assert (entry.site_id, entry.valid_to) == ("VM-02", date(2026, 1, 1))
        newest = (await asl_history(session, hana, "SC-1", cursor=None, limit=1)).items[0]
        assert None not in newest.model_dump(include=inside).values()
        with pytest.raises(Refused):
            await asl_history(session, vito, "SC-2", cursor=None, limit=50)
