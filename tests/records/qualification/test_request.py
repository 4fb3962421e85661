import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.asl.asl import AslStatus
from domain.core.refusals import Code, Refused
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow
from records.qualification.tables.qualification import QualificationRow
from records.site.queries.sites import one_site
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

PLANT: dict[str, JsonValue] = {
    "name": "Plant 3",
    "address": "Rheinuferstr. 14, Ludwigshafen",
    "tz": "UTC",
    "calendar_id": "CAL-UTC",
}
OWNER: dict[str, JsonValue] = {"name": "Nordfjord Peptides", "country": "NO"}


async def test_what_is_new_is_registered_with_the_request(seeded: Seeded) -> None:
    new: JsonValue = {**PLANT, "supplier": OWNER, "moved_from": "VM-02"}
    case = await a_qualification(seeded, "paul", site_id="NP-01", new_site=new)
    order = await case.order()
    assert (order.site_id, order.supplier_id, order.kind, order.reopens) == ("NP-01", "SUP-3", "INITIAL", False)
    suppliers = {row.supplier_id: row for row in await seeded.rows(SupplierRow)}
    sites = {row.site_id: row for row in await seeded.rows(SiteRow)}
    (scope,) = [row for row in await seeded.rows(ScopeRow) if row.site_id == "NP-01"]
    assert suppliers["SUP-3"].name == "Nordfjord Peptides"
    assert (sites["NP-01"].supplier_id, sites["NP-01"].moved_from) == ("SUP-3", "VM-02")
    assert (scope.scope_id, scope.markets, scope.risk_tier) == (order.scope_ids[0], ["EU", "US"], None)
    (qualification,) = await seeded.rows(QualificationRow)
    assert (qualification.case_id, qualification.scope_id) == (case.case_id, scope.scope_id)


async def test_the_same_events_as_of_master_data_are_written(seeded: Seeded) -> None:
    await a_qualification(seeded, "paul", site_id="NP-01", new_site={**PLANT, "supplier": OWNER})
    for stream, like in (("SUP-3", "SUP-1"), ("NP-01", "VM-02")):
        ours, theirs = await seeded.events(stream), await seeded.events(like)
        assert [event.type for event in ours] == [event.type for event in theirs]
        assert [event.site_id for event in ours] == [event.site_id and stream for event in theirs]
        for our, their in zip(ours, theirs, strict=True):
            assert our.payload.keys() == their.payload.keys()
            assert isinstance(our.payload["record"], dict)
            assert isinstance(their.payload["record"], dict)
            assert our.payload["record"].keys() == their.payload["record"].keys()
        assert {event.actor.user for event in ours} == {"paul"}


@on_one_database
async def test_a_new_scope_of_a_known_site_is_registered(seeded: Seeded) -> None:
    order = await (await a_qualification(seeded, product="ARL-999")).order()
    assert order.scope_ids == ("SC-3",)
    assert [row.product for row in await seeded.rows(ScopeRow)] == ["ARL-204", "ARL-310", "ARL-999"]


async def test_a_rebuild_gives_the_same_rows(seeded: Seeded) -> None:
    await a_qualification(seeded, "paul", site_id="NP-01", new_site={**PLANT, "supplier": OWNER, "moved_from": "VM-02"})
    await a_qualification(seeded, product="ARL-999")
    await is_rebuilt_identically(seeded.database, "sites", "suppliers", "qualifications")


@on_one_database
@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"site_id": "XX-99"}, Code.NOT_FOUND, {"site_id"}),
        ({"new_site": {**PLANT, "supplier_id": "SUP-1"}}, Code.CONFLICT, {"site_id"}),
        (
            {"site_id": "NP-01", "new_site": {**PLANT, "supplier_id": "SUP-9"}},
            Code.RULE_BROKEN,
            {"new_site.supplier_id"},
        ),
        (
            {"site_id": "NP-01", "new_site": {**PLANT, "supplier_id": "SUP-1", "moved_from": "XX-99"}},
            Code.RULE_BROKEN,
            {"new_site.moved_from"},
        ),
        (
            {"site_id": "NP-01", "new_site": {**PLANT, "supplier": OWNER, "calendar_id": "CAL-XX"}},
            Code.RULE_BROKEN,
            {"new_site.calendar_id"},
        ),
        (
            {"site_id": "NP-01", "new_site": {**PLANT, "supplier": OWNER, "tz": "Europe/Oslo"}},
            Code.RULE_BROKEN,
            {"new_site.tz"},
        ),
        ({"need_by": "2025-01-12"}, Code.RULE_BROKEN, {"need_by"}),
        ({"markets": ["EU"]}, Code.RULE_BROKEN, {"markets"}),
        ({"product": "ARL-999", "markets": ["BR", "EU"]}, Code.RULE_BROKEN, {"markets.0"}),
        ({"stage": "CLINICAL", "sole_source": False}, Code.RULE_BROKEN, {"stage", "sole_source"}),
    ],
)
async def test_a_request_that_does_not_hold_leaves_nothing(
    seeded: Seeded, changes: dict[str, Any], code: Code, fields: set[str]
) -> None:
    refusal = await refused(a_qualification(seeded, **changes))
    assert (refusal.code, set(refusal.fields)) == (code, fields)
    assert len(await seeded.rows(SupplierRow)) == len(await seeded.rows(SiteRow)) == 2
    assert await seeded.rows(CaseRow) == []


@pytest.mark.parametrize(
    ("user", "status", "kind"),
    [
        ("ines", None, None),
        ("paul", None, "INITIAL"),
        ("ines", AslStatus.APPROVED, "REQUALIFICATION"),
        ("ines", AslStatus.DISQUALIFIED, "REQUALIFICATION"),
        ("hana", AslStatus.APPROVED, None),
        ("vito", AslStatus.APPROVED, None),
    ],
)
async def test_who_may_request_depends_on_the_kind(
    seeded: Seeded, user: str, status: AslStatus | None, kind: str | None
) -> None:
    if status is not None:
        await stands(seeded, status)
    if kind is None:
        assert (await refused(a_qualification(seeded, user))).code is Code.WRONG_ROLE
    else:
        assert (await (await a_qualification(seeded, user)).order()).kind == kind


@on_one_database
@pytest.mark.parametrize(("status", "reopens"), [(AslStatus.DISQUALIFIED, True), (AslStatus.EXPIRED, False)])
async def test_a_disqualified_scope_is_told_to_the_procedure(
    seeded: Seeded, status: AslStatus, *, reopens: bool
) -> None:
    await stands(seeded, AslStatus.APPROVED)
    await stands(seeded, status)
    order = await (await a_qualification(seeded)).order()
    assert (order.kind, order.reopens) == ("REQUALIFICATION", reopens)


async def test_there_is_one_open_case_for_a_scope(seeded: Seeded) -> None:
    first = await a_qualification(seeded)
    refusal = await refused(a_qualification(seeded, "paul"))
    assert refusal.code is Code.CONFLICT
    assert first.case_id in refusal.message
    await a_qualification(seeded, product="ARL-999")
    await first.closes("WITHDRAWN")
    assert (await a_qualification(seeded, "paul")).case_id != first.case_id


@pytest.mark.parametrize("product", ["ARL 204", "arl204", "ARL\u2013204", "\uff21RL-204\u200b"])
async def test_a_disqualified_scope_is_the_same_however_it_is_written(seeded: Seeded, product: str) -> None:
    await stands(seeded, AslStatus.DISQUALIFIED)
    order = await (await a_qualification(seeded, product=product)).order()
    assert (order.scope_ids, order.kind, order.reopens) == (("SC-1",), "REQUALIFICATION", True)
    (scope,) = [each for each in await seeded.rows(ScopeRow) if each.site_id == "VM-02"]
    assert scope.product == "ARL-204"


async def test_a_scope_is_found_however_it_is_written(seeded: Seeded) -> None:
    case = await a_qualification(seeded, product=" arl\u2011204", dosage_form="-")
    assert (await case.order()).scope_ids == ("SC-1",)
    scope: dict[str, JsonValue] = {"activity": "API_MFG", "product": "Arl-204", "markets": ["EU"], "stage": "CLINICAL"}
    written = seeded.write("scope.registered", "VM-02", {"record": {**scope, "dosage_form": None}, "site_id": "VM-02"})
    assert "SC-1" in (await refused(written)).message


async def test_a_place_is_registered_once_unless_it_moves(seeded: Seeded) -> None:
    site = await seeded.row(SiteRow, "VM-02")
    new: dict[str, JsonValue] = {**PLANT, "supplier": OWNER, "address": f" {site.address.upper()} "}
    refusal = await refused(a_qualification(seeded, "paul", site_id="NP-01", new_site=new))
    assert (refusal.code, refusal.fields) == (Code.CONFLICT, {"new_site.address": "is that of VM-02"})
    assert len(await seeded.rows(SupplierRow)) == 2
    await a_qualification(seeded, "paul", site_id="NP-01", new_site={**new, "moved_from": "VM-02"})


@pytest.mark.parametrize("change", [{"markets": ["EU"]}, {"stage": "CLINICAL"}, {"sole_source": False}])
async def test_a_scope_stays_as_it_was_requested_until_that_is_decided(
    seeded: Seeded, change: dict[str, JsonValue]
) -> None:
    ines = await seeded.actor("ines")
    payload: dict[str, JsonValue] = {"scope_id": "SC-1", "set": change, "reason": "Left the US"}
    raised: dict[str, JsonValue] = {**payload, "set": {"risk_tier": "CRITICAL"}}
    case = await a_qualification(seeded)
    refusal = await refused(seeded.write("scope.changed", "VM-02", payload, by=ines))
    assert (refusal.code, case.case_id in refusal.message) == (Code.CONFLICT, True)
    assert (await seeded.write("scope.changed", "VM-02", raised, by=ines)).effect["version"] == 2
    await case.closes("WITHDRAWN")
    assert (await seeded.write("scope.changed", "VM-02", payload, by=ines, key="later")).effect["version"] == 3


@pytest.mark.parametrize("product", ["ARL-204", "ARL-999"])
async def test_of_two_requests_at_once_one_opens_a_case(seeded: Seeded, product: str) -> None:
    requests = (a_qualification(seeded, user, product=product) for user in ("carla", "paul"))
    results = await asyncio.gather(*requests, return_exceptions=True)
    (case,) = [result for result in results if isinstance(result, Qualifying)]
    (error,) = [result for result in results if isinstance(result, Refused)]
    assert (error.refusal.code, case.case_id in error.refusal.message) == (Code.CONFLICT, True)
    assert len(await seeded.rows(CaseRow)) == 1
    assert len([row for row in await seeded.rows(ScopeRow) if row.product == product]) == 1


async def test_of_two_requests_at_once_one_registers_the_site(seeded: Seeded) -> None:
    new: JsonValue = {**PLANT, "supplier": OWNER}
    requests = (a_qualification(seeded, user, site_id="NP-01", new_site=new) for user in ("carla", "paul"))
    results = await asyncio.gather(*requests, return_exceptions=True)
    (error,) = [result for result in results if isinstance(result, Refused)]
    assert error.refusal.fields == {"site_id": "taken"}
    assert len(await seeded.rows(SupplierRow)) == 3


@on_one_database
async def test_today_is_the_day_at_the_site(seeded: Seeded) -> None:
    late = START.replace(hour=23, minute=30)
    vienna: dict[str, Any] = {"site_id": "OB-01", "activity": "STERILE_FILL", "product": "ARL-310", "markets": ["EU"]}
    form = {**vienna, "dosage_form": "solution for injection", "stage": "CLINICAL", "sole_source": False}
    refusal = await refused(a_qualification(seeded, at=late, need_by="2025-01-13", **form))
    assert refusal.fields == {"need_by": "must not be before 2025-01-14"}
    case = await a_qualification(seeded, at=late - timedelta(hours=2), need_by="2025-01-13", **form)
    assert (await case.row()).site_id == "OB-01"


@on_one_database
@pytest.mark.parametrize(("user", "told"), [("ines", "OB-01"), ("vito", None)])
async def test_a_site_does_not_learn_of_another_company_that_its_activity_moved_from(
    seeded: Seeded, user: str, told: str | None
) -> None:
    await a_qualification(
        seeded, "paul", site_id="VM-03", new_site={**PLANT, "supplier_id": "SUP-1", "moved_from": "OB-01"}
    )
    actor = await seeded.actor(user)
    seen_by = actor.model_copy(update={"sites": actor.sites | {"VM-03"}})
    async with seeded.database.reading() as session:
        assert (await one_site(session, seen_by, "VM-03")).moved_from == told
