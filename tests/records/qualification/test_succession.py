from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.asl.asl import AslStatus
from domain.core.refusals import Code
from records.asl.tables.listing import AslRow
from records.core.tables.master_data import PersonRow, SiteRow, SupplierRow
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

BUYER: dict[str, JsonValue] = {"name": "Nordfjord Peptides", "country": "NO", "identifiers": {"duns": "123456789"}}
UNTIL = "2025-04-13T23:59:59+00:00"
"""The end of the 90th day."""
SCOPE: dict[str, Any] = {
    "activity": "TESTING",
    "product": "ARL-204",
    "markets": ["EU"],
    "stage": "COMMERCIAL",
    "sole_source": False,
}


async def sold(seeded: Seeded, **changes: Any) -> Qualifying:
    """A case on the sale of VM-02, with a document that shows it."""
    evidence = [await seeded.upload()]
    succession: JsonValue = {"new_owner": BUYER, "takes_over_on": "2025-02-01", "evidence": [*evidence]}
    return await a_qualification(seeded, "ines", succession=succession, **changes)


async def decided(case: Qualifying, *, carry_over: bool = True) -> Any:
    return (await case.does("hana", "carry-over", carry_over=carry_over)).effect


async def supplier_of(seeded: Seeded, site_id: str = "VM-02") -> str:
    return (await seeded.row(SiteRow, site_id)).supplier_id


async def test_the_new_owner_takes_the_site_over_with_its_people(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    case = await sold(seeded)
    assert (await case.order()).kind == "OWNERSHIP_CHANGE"
    assert await decided(case) == {"supplier_id": "SUP-3", "until": UNTIL}
    owner = await seeded.row(SupplierRow, "SUP-3")
    assert (owner.name, owner.country, owner.succeeds) == ("Nordfjord Peptides", "NO", "SUP-1")
    assert owner.identifiers["duns"] == "123456789"
    assert await supplier_of(seeded) == "SUP-3"
    people = {row.user: row.supplier_id for row in await seeded.rows(PersonRow)}
    assert (people["vito"], people["wen"], people["olga"]) == ("SUP-3", "SUP-3", "SUP-2")
    (*_, change) = await seeded.events("VM-02")
    assert (change.type, change.site_id, change.actor.user) == ("site.changed", "VM-02", "hana")
    assert change.payload["effect"] == {
        "changes": [{"field": "supplier_id", "old": "SUP-1", "new": "SUP-3"}],
        "version": 2,
    }


@on_one_database
async def test_the_answer_names_its_own_event(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    case = await sold(seeded)
    written = await case.does("hana", "carry-over")
    (*_, event) = await seeded.events(case.case_id)
    assert written.numbers == (event.number,)
    assert event.type == "qualification.carry-over"


@on_one_database
async def test_an_approved_scope_is_conditional_under_its_new_owner_for_ninety_days(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    case = await sold(seeded)
    await decided(case)
    before, after = await seeded.rows(AslRow)
    assert (before.status, before.supplier_id) == ("APPROVED", "SUP-1")
    assert (after.status, after.supplier_id, after.valid_to) == ("CONDITIONALLY_APPROVED", "SUP-3", date(2025, 4, 13))
    assert (after.effective_from, after.reason_code) == (case.at, "OWNERSHIP_CHANGE")
    assert (after.decided_in, after.decided_by) == (case.case_id, [seeded.result.person("hana")])


async def test_a_suspended_scope_stays_suspended_under_its_new_owner(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.SUSPENDED)
    assert await decided(await sold(seeded)) == {"supplier_id": "SUP-3"}
    *_, after = await seeded.rows(AslRow)
    assert (after.status, after.suspension_scope, after.supplier_id) == ("SUSPENDED", "NEW_ORDERS", "SUP-3")
    assert after.valid_to is None


async def test_a_no_leaves_the_owner_and_ends_the_use(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    assert await decided(await sold(seeded), carry_over=False) == {}
    assert await supplier_of(seeded) == "SUP-1"
    assert len(await seeded.rows(SupplierRow)) == 2
    assert [row.status for row in await seeded.rows(AslRow)] == ["APPROVED", "SUSPENDED"]


async def test_the_site_is_handed_over_once_for_all_its_scopes(seeded: Seeded) -> None:
    await seeded.write("scope.registered", "VM-02", {"record": SCOPE, "site_id": "VM-02"})
    await stands(seeded, AslStatus.APPROVED)
    await stands(seeded, AslStatus.SUSPENDED, scope_id="SC-3")
    first = await sold(seeded)
    second = await sold(seeded, **SCOPE)
    assert await decided(first) == {"supplier_id": "SUP-3", "until": UNTIL}
    assert await decided(second) == {"supplier_id": "SUP-3"}, "suspended it stays"
    assert len(await seeded.rows(SupplierRow)) == 3


async def test_another_site_sold_to_the_same_buyer_finds_it_registered(seeded: Seeded) -> None:
    record: JsonValue = {
        "site_id": "VM-03",
        "supplier_id": "SUP-1",
        "name": "Plant 3",
        "address": "Rheinuferstr. 14, Ludwigshafen",
        "tz": "UTC",
        "calendar_id": "CAL-UTC",
        "identifiers": {},
    }
    await seeded.write("site.registered", "VM-03", {"record": record, "site_id": "VM-03"})
    await seeded.write("scope.registered", "VM-03", {"record": SCOPE, "site_id": "VM-03"})
    await stands(seeded, AslStatus.APPROVED)
    await stands(seeded, AslStatus.PROBATION, scope_id="SC-3", site_id="VM-03")
    cases = [await sold(seeded), await sold(seeded, site_id="VM-03", **SCOPE)]
    assert [await decided(case) for case in cases] == [{"supplier_id": "SUP-3", "until": UNTIL}] * 2


@on_one_database
@pytest.mark.parametrize("status", [None, AslStatus.EXPIRED, AslStatus.DISQUALIFIED])
async def test_without_a_status_there_is_nothing_to_take_over(seeded: Seeded, status: AslStatus | None) -> None:
    if status is not None:
        await stands(seeded, status)
    refusal = await refused(sold(seeded))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, {"succession"})


@on_one_database
async def test_a_status_that_was_lost_meanwhile_is_not_carried_over(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    case = await sold(seeded)
    await stands(seeded, AslStatus.DISQUALIFIED)
    assert set((await refused(decided(case))).fields) == {"succession"}
    assert await supplier_of(seeded) == "SUP-1"


@on_one_database
async def test_only_a_change_of_ownership_is_decided_on(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert (await refused(decided(case))).code is Code.NOT_OPEN


async def test_scopes_are_frozen_while_the_site_changes_hands(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    ines = await seeded.actor("ines")
    write = seeded.write
    registration: dict[str, JsonValue] = {"record": SCOPE, "site_id": "VM-02"}
    narrower: dict[str, JsonValue] = {"scope_id": "SC-1", "set": {"markets": ["EU"]}, "reason": "Left the US"}
    case = await sold(seeded)
    for attempt in (
        write("scope.registered", "VM-02", registration, by=ines),
        write("scope.changed", "VM-02", narrower, by=ines),
        a_qualification(seeded, **SCOPE),
    ):
        refusal = await refused(attempt)
        assert (refusal.code, refusal.rule, case.case_id in refusal.message) == (Code.CONFLICT, "section 10", True)
    await case.closes("APPROVED")
    await write("scope.changed", "VM-02", narrower, by=ines)
    assert (await a_qualification(seeded, **SCOPE)).case_id != case.case_id


async def test_the_new_owner_has_the_status_for_the_markets_that_were_decided_on(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED, markets=["US"])
    case = await sold(seeded)
    await decided(case)
    assert [row.markets for row in await seeded.rows(AslRow)] == [["US"], ["US"]]


@on_one_database
async def test_a_tier_is_raised_while_the_site_changes_hands(seeded: Seeded) -> None:
    await seeded.write("scope.registered", "VM-02", {"record": SCOPE, "site_id": "VM-02"})
    await stands(seeded, AslStatus.APPROVED)
    await sold(seeded)
    ines = await seeded.actor("ines")
    raised: dict[str, JsonValue] = {"scope_id": "SC-3", "set": {"risk_tier": "CRITICAL"}, "reason": "Warning letter"}
    written = await seeded.write("scope.changed", "VM-02", raised, by=ines, at=START + timedelta(days=1))
    assert written.effect["version"] == 2


async def test_a_rebuild_gives_the_same_rows(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    await decided(await sold(seeded))
    await is_rebuilt_identically(seeded.database, "asl", "suppliers")
