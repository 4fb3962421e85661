from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.asl import AslStatus
from domain.qualification_request import SuccessionDecision
from domain.refusals import Code
from records.tables import PersonRow, SiteRow, SupplierRow
from tests.domain.filling import filled
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START

BUYER: dict[str, JsonValue] = {"name": "Nordfjord Peptides", "country": "NO", "identifiers": {"duns": "123456789"}}
SCOPE: dict[str, Any] = {
    "activity": "TESTING",
    "product": "ARL-204",
    "markets": ["EU"],
    "stage": "COMMERCIAL",
    "sole_source": False,
}


async def sold(qualifying: Qualifying, **changes: Any) -> str:
    """A case on the sale of VM-02, with a document that shows it."""
    succession: JsonValue = {
        "new_owner": BUYER,
        "takes_over_on": "2025-02-01",
        "evidence": [await qualifying.uploads()],
    }
    return await qualifying.requests("ines", succession=succession, **changes)


async def decided(qualifying: Qualifying, case_id: str, *, carry_over: bool = True) -> Any:
    task = await qualifying.asks(case_id, SuccessionDecision)
    written = await qualifying.answers("hana", case_id, filled(SuccessionDecision, carry_over=carry_over), task=task)
    return written.effect


async def site(qualifying: Qualifying) -> dict[str, Any]:
    return next(row for row in await qualifying.rows(SiteRow) if row["site_id"] == "VM-02")


async def test_the_new_owner_takes_the_site_over_with_its_people(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    case_id = await sold(qualifying)
    assert (await qualifying.order(case_id)).kind == "OWNERSHIP_CHANGE"
    assert await decided(qualifying, case_id) == {"supplier_id": "SUP-3"}
    owner = next(row for row in await qualifying.rows(SupplierRow) if row["supplier_id"] == "SUP-3")
    assert (owner["name"], owner["country"], owner["succeeds"]) == ("Nordfjord Peptides", "NO", "SUP-1")
    assert owner["identifiers"]["duns"] == "123456789"
    assert (await site(qualifying))["supplier_id"] == "SUP-3"
    people = {row["user"]: row["supplier_id"] for row in await qualifying.rows(PersonRow)}
    assert (people["vito"], people["wen"], people["olga"]) == ("SUP-3", "SUP-3", "SUP-2")
    (*_, change) = await qualifying.events("VM-02")
    assert (change.type, change.site_id, change.actor.user) == ("site.changed", "VM-02", "hana")
    assert change.payload["effect"] == {
        "changes": [{"field": "supplier_id", "old": "SUP-1", "new": "SUP-3"}],
        "version": 2,
    }


async def test_the_answer_names_its_own_event(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    case_id = await sold(qualifying)
    task = await qualifying.asks(case_id, SuccessionDecision)
    written = await qualifying.answers("hana", case_id, filled(SuccessionDecision), task=task)
    (*_, event) = await qualifying.events(case_id)
    assert written.numbers == (event.number,)
    assert event.type == "qualification.carry-over"


async def test_a_no_changes_nothing(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    assert await decided(qualifying, await sold(qualifying), carry_over=False) == {}
    assert (await site(qualifying))["supplier_id"] == "SUP-1"
    assert len(await qualifying.rows(SupplierRow)) == 2


async def test_the_site_is_handed_over_once_for_all_its_scopes(qualifying: Qualifying) -> None:
    await qualifying.seeded.write("scope.registered", "VM-02", {"record": SCOPE, "site_id": "VM-02"})
    await qualifying.stands(AslStatus.APPROVED)
    await qualifying.stands(AslStatus.SUSPENDED, scope_id="SC-3")
    first = await sold(qualifying)
    second = await sold(qualifying, **SCOPE)
    assert [await decided(qualifying, case_id) for case_id in (first, second)] == [{"supplier_id": "SUP-3"}] * 2
    assert len(await qualifying.rows(SupplierRow)) == 3


async def test_another_site_sold_to_the_same_buyer_finds_it_registered(qualifying: Qualifying) -> None:
    record: JsonValue = {
        "site_id": "VM-03",
        "supplier_id": "SUP-1",
        "name": "Plant 3",
        "address": "Rheinuferstr. 14, Ludwigshafen",
        "tz": "UTC",
        "calendar_id": "CAL-UTC",
        "identifiers": {},
    }
    await qualifying.seeded.write("site.registered", "VM-03", {"record": record, "site_id": "VM-03"})
    await qualifying.seeded.write("scope.registered", "VM-03", {"record": SCOPE, "site_id": "VM-03"})
    await qualifying.stands(AslStatus.APPROVED)
    await qualifying.stands(AslStatus.PROBATION, scope_id="SC-3", site_id="VM-03")
    cases = [await sold(qualifying), await sold(qualifying, site_id="VM-03", **SCOPE)]
    assert [await decided(qualifying, case_id) for case_id in cases] == [{"supplier_id": "SUP-3"}] * 2


@pytest.mark.parametrize("status", [None, AslStatus.EXPIRED, AslStatus.DISQUALIFIED])
async def test_without_a_status_there_is_nothing_to_take_over(qualifying: Qualifying, status: AslStatus | None) -> None:
    if status is not None:
        await qualifying.stands(status)
    refusal = await refused(sold(qualifying))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, {"succession"})


async def test_a_status_that_was_lost_meanwhile_is_not_carried_over(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    case_id = await sold(qualifying)
    await qualifying.stands(AslStatus.DISQUALIFIED)
    assert set((await refused(decided(qualifying, case_id))).fields) == {"succession"}
    assert (await site(qualifying))["supplier_id"] == "SUP-1"


async def test_only_a_change_of_ownership_is_decided_on(qualifying: Qualifying) -> None:
    case_id = await qualifying.requests()
    assert (await refused(decided(qualifying, case_id))).code is Code.NOT_OPEN


async def test_scopes_are_frozen_while_the_site_changes_hands(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    ines = await qualifying.seeded.actor("ines")
    write = qualifying.seeded.write
    registration: dict[str, JsonValue] = {"record": SCOPE, "site_id": "VM-02"}
    narrower: dict[str, JsonValue] = {"scope_id": "SC-1", "set": {"markets": ["EU"]}, "reason": "Left the US"}
    case_id = await sold(qualifying)
    for attempt in (
        write("scope.registered", "VM-02", registration, by=ines),
        write("scope.changed", "VM-02", narrower, by=ines),
        qualifying.requests(**SCOPE),
    ):
        refusal = await refused(attempt)
        assert (refusal.code, refusal.rule, case_id in refusal.message) == (Code.CONFLICT, "section 10", True)
    await qualifying.closes(case_id, "APPROVED")
    await write("scope.changed", "VM-02", narrower, by=ines)
    assert await qualifying.requests(**SCOPE)


async def test_a_tier_is_raised_while_the_site_changes_hands(qualifying: Qualifying) -> None:
    await qualifying.seeded.write("scope.registered", "VM-02", {"record": SCOPE, "site_id": "VM-02"})
    await qualifying.stands(AslStatus.APPROVED)
    await sold(qualifying)
    ines = await qualifying.seeded.actor("ines")
    raised: dict[str, JsonValue] = {"scope_id": "SC-3", "set": {"risk_tier": "CRITICAL"}, "reason": "Warning letter"}
    written = await qualifying.seeded.write("scope.changed", "VM-02", raised, by=ines, at=START + timedelta(days=1))
    assert written.effect["version"] == 2


async def test_a_rebuild_gives_the_same_rows(qualifying: Qualifying) -> None:
    await qualifying.stands(AslStatus.APPROVED)
    await decided(qualifying, await sold(qualifying))
    assert await qualifying.rebuilt_rows_differ_in(besides=frozenset({"asl"})) == set()
