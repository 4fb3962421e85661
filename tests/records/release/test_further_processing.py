"""Release for further processing, confirmation of partial manufacture, their withdrawal, and use at risk."""

from collections.abc import Sequence
from typing import Any

from domain.appointment.appointment import APPOINTED
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.core.policies import Policies
from records.core.tables.cases import RecordRow, TaskRow
from records.core.tables.master_data import PersonRoleRow, PersonRow, SiteRow
from records.release.queries.gate_reports import gate_report
from records.release.seen_gates import gates_of_task
from records.release.tables import AtRiskUseRow
from tests.records.appointing import appointed
from tests.records.certifying import decides, fit, reviewed, sold_in
from tests.records.making import batch_of, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import each_answers, reports_answered
from tests.records.seeded import START, Seeded

RELEASE = "release-for-processing"
FOR_TABLETS = {"purpose": "Tablets of 50 mg", "sites": ["VM-02"]}
TAKEN = {"part": "Granulation", "authorisation": "DE_RP_01_MIA_2023_0042"}


async def employed(
    seeded: Seeded, user: str, role: str, site_id: str = "", licence: dict[str, str] | None = None, **given: Any
) -> None:
    """A person holds a further role, and is named on a licence where the role asks for it."""
    person_id = seeded.result.person(user)
    async with seeded.database.writing() as session:
        session.add(PersonRoleRow(person_id=person_id, role=role, site_id=site_id))
        person = await session.get_one(PersonRow, person_id)
        person.roles = [*person.roles, role]
    if role in APPOINTED:
        number = f"APT-{user}-{role.replace('_', '-')}".upper()
        own = {"site_id": site_id} if site_id else {}
        await appointed(seeded, user, role, number, licence={**own, **(licence or {})}, **given)


async def seen(batch: Qualifying) -> str | None:
    """The gates for the States, as the report hands them out."""
    async with batch.seeded.database.reading() as session:
        return (await gate_report(session, Policies(), batch.case_id, batch.at, market="US")).gates_seen


async def market(seeded: Seeded, batch: Qualifying, name: str) -> BatchMarketRow:
    return await seeded.row(BatchMarketRow, (batch.case_id, name))


async def test_an_active_substance_is_released_for_processing_in_a_register_of_its_own(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded, "API_MFG"))
    effect = (await batch.notes("batch.gates_evaluated")).effect
    assert effect["rules"] == {"EU": "PROCESSING", "US": "PROCESSING"}
    assert (await refused(decides(batch, "quentin", "EU"))).fields == {"market": "needs PROCESSING"}
    assert (await refused(decides(batch, "hana", "US", "approve"))).fields == {"market": "needs PROCESSING"}
    assert (await refused(decides(batch, "quentin", "EU", RELEASE, **FOR_TABLETS))).code == "wrong_role"
    await decides(batch, "hana", "EU", RELEASE, **FOR_TABLETS)
    for_any = {"purposes": ["FURTHER_PROCESSING"], "purpose": "Any dosage form"}
    await decides(batch, "hana", "US", RELEASE, **for_any, quantity="20")
    eu, us = await market(seeded, batch, "EU"), await market(seeded, batch, "US")
    assert (eu.register_name, eu.certificate_number, eu.for_sites) == ("RFP-EU", "RFP-EU-2025-000001", ["VM-02"])
    assert (us.certificate_number, us.for_sites, us.purpose) == ("RFP-US-2025-000001", None, "Any dosage form")
    assert (us.purposes, eu.purposes) == (["FURTHER_PROCESSING"], None)
    assert await seeded.events("QPR-EU") == []
    (entry,) = await seeded.events("RFP-EU")
    assert (entry.payload["supply_stage"], entry.payload["for_sites"], entry.payload["rule"]) == (
        "API", ["VM-02"], "PROCESSING",
    )  # fmt: skip
    row = await batch_of(batch)
    assert (row.state, row.released, row.physical_status) == ("CERTIFIED", True, "UNRESTRICTED")
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


async def test_a_release_for_processing_names_known_sites_or_a_purpose_and_a_rejection_neither(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded, "API_MFG"))
    rejected = {"decision": "REJECT", "quantity": None, "reason": "Not to plan.", "grounds": ["MANUFACTURE"]}
    given: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["sites"]),
        ({"sites": ["VM-99"]}, ["sites.0"]),
        ({"sites": ["VM-02", "VM-02"]}, ["sites.1"]),
        ({"purpose": "Tablets", **rejected}, ["purpose"]),
        ({"purposes": ["TESTING"], **rejected}, ["purposes"]),
    ]
    for changes, faults in given:
        assert list((await refused(decides(batch, "hana", "EU", RELEASE, **changes))).fields) == faults
    await decides(batch, "hana", "EU", RELEASE, **rejected)
    assert (await market(seeded, batch, "EU")).decision == "REJECT"
    assert await seeded.events("RFP-EU") == []


async def test_the_gates_close_a_release_for_processing_as_they_do_a_certificate(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded, "API_MFG"))
    await batch.answers("nora", "place-hold", {"hold_type": "MANUAL", "reason": "A complaint on its label."})
    refusal = await refused(decides(batch, "hana", "EU", RELEASE, **FOR_TABLETS))
    assert (refusal.code, list(refusal.fields)) == ("gate_closed", ["G14"])


async def test_who_releases_for_the_quality_unit_may_and_a_reviewer_may_not(seeded: Seeded) -> None:
    await fit(seeded, "API_MFG")
    for user in ("carla", "rosa"):
        await employed(seeded, user, "QCU_RELEASER")
    batch = await reviewed(seeded)
    refusal = await refused(decides(batch, "carla", "EU", RELEASE, **FOR_TABLETS))
    assert (refusal.code, refusal.rule) == ("segregation_of_duties", "S5")
    await decides(batch, "rosa", "EU", RELEASE, **FOR_TABLETS)
    assert (await market(seeded, batch, "EU")).decided_by == seeded.result.person("rosa")


async def tablets(seeded: Seeded, country: str = "DE", further: Sequence[str] = ()) -> Qualifying:
    """Bulk tablets of a site for the Union, the States and further markets, which come as far as the decision."""
    markets = ["EU", *further, "US"]
    await (sold_in(seeded, *markets) if further else fit(seeded))
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = country
    return await reviewed(seeded, supply_stage="BULK", markets=markets)


async def test_bulk_of_a_site_in_the_union_is_confirmed_by_its_own_qualified_person(seeded: Seeded) -> None:
    await employed(seeded, "gustav", "CDMO_QP", "VM-02")
    batch = await tablets(seeded)
    rules = (await batch.notes("batch.gates_evaluated")).effect["rules"]
    assert rules == {"EU": "CONFIRMATION", "US": "PROCESSING"}
    confirm = "confirm-manufacture"
    assert (await refused(decides(batch, "hana", "EU", RELEASE, **FOR_TABLETS))).fields == {
        "market": "needs CONFIRMATION"
    }
    assert (await refused(decides(batch, "quentin", "EU", confirm, **TAKEN))).code == "wrong_role"
    producing = await refused(decides(batch, "gustav", "EU", confirm, **TAKEN))
    assert (producing.code, producing.rule) == ("segregation_of_duties", "S5")
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    other = await refused(decides(batch, "vito", "EU", confirm, **TAKEN, agreement="QTA-9"))
    assert other.fields == {"agreement": "is not the one in force: QTA-1"}
    empty = await refused(decides(batch, "vito", "EU", confirm, part=None, authorisation=None, gates_seen=None))
    assert list(empty.fields) == ["part", "authorisation", "gates_seen"]
    await decides(batch, "vito", "EU", confirm, **TAKEN)
    eu = await market(seeded, batch, "EU")
    assert (eu.certificate_number, eu.quantity) == ("CPM-EU-2025-000001", "118.4")
    (entry,) = await seeded.events("CPM-EU")
    assert (entry.payload["part"], entry.payload["agreement"], entry.payload["site_id"]) == (
        "Granulation", "QTA-1", "VM-02",
    )  # fmt: skip
    await decides(batch, "hana", "US", RELEASE, **FOR_TABLETS)
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


async def test_the_site_reads_that_its_confirmation_is_closed_and_not_why(seeded: Seeded) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    batch = await tablets(seeded)
    await batch.answers("nora", "place-hold", {"hold_type": "MANUAL", "reason": "The sponsor's own doubt."})
    refusal = await refused(decides(batch, "vito", "EU", "confirm-manufacture", **TAKEN))
    (hold,) = await seeded.rows(HoldRow)
    assert (refusal.code, refusal.fields) == ("gate_closed", {"G14": f"{hold.hold_id} (of the sponsor) stands"})


async def test_who_confirms_is_shown_the_gates_of_the_own_part_and_nothing_else(seeded: Seeded) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    batch = await tablets(seeded)
    seen = str((await batch.asks("confirm-manufacture", market="EU"))["gates_seen"])
    shown = [line.partition(" ")[0] for line in seen.split("\n")]
    assert shown == ["G1", "G2", "G3", "G5", "G6", "G7", "G8", "G9", "G14", "Gates"]
    await batch.answers("nora", "place-hold", {"hold_type": "MANUAL", "reason": "The sponsor's own doubt."})
    held = str((await batch.asks("confirm-manufacture", market="EU"))["gates_seen"])
    (hold,) = await seeded.rows(HoldRow)
    assert f"G14 FAIL: {hold.hold_id} (of the sponsor) stands" in held
    assert "doubt" not in held


async def test_what_has_changed_since_the_gates_were_shown_is_read_before_it_is_signed(seeded: Seeded) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    batch = await tablets(seeded)
    prefill = await batch.asks("confirm-manufacture", market="EU")
    value = {"parameter": "Coupling temperature", "value": "42", "unit": "Cel", "measured_at": START.isoformat()}
    await batch.answers("wen", "parameters", {"values": [value]})
    stale = await refused(batch.answers("vito", "confirm-manufacture", {**prefill, **TAKEN}))
    assert (stale.code, list(stale.fields)) == ("version_stale", ["gates_seen"])
    (row,) = [each for each in await seeded.rows(TaskRow) if each.state == "OPEN" and each.action.startswith("confirm")]
    async with seeded.database.reading() as session:
        current = await gates_of_task(session, row, batch.at)
    assert current["gates_seen"] != prefill["gates_seen"]
    await batch.answers("vito", "confirm-manufacture", {**prefill, **TAKEN, **current})
    (entry,) = [each for each in await seeded.rows(RecordRow) if each.action == "confirm-manufacture"]
    assert entry.form["gates_seen"] == current["gates_seen"]


async def test_bulk_of_a_site_elsewhere_is_released_for_processing(seeded: Seeded) -> None:
    batch = await tablets(seeded, "IN")
    assert (await batch.notes("batch.gates_evaluated")).effect["rules"] == {"EU": "PROCESSING", "US": "PROCESSING"}
    await decides(batch, "hana", "EU", RELEASE, **FOR_TABLETS)


async def test_bulk_for_the_union_is_not_registered_while_the_country_of_its_site_is_unknown(seeded: Seeded) -> None:
    await fit(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = None
    assert list((await refused(registered(seeded, supply_stage="BULK"))).fields) == ["supply_stage"]


async def test_what_was_made_from_a_batch_is_stopped_as_its_release_or_confirmation_is_withdrawn(
    seeded: Seeded,
) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    bulk = await tablets(seeded)
    await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN)
    await decides(bulk, "hana", "US", RELEASE, **FOR_TABLETS)
    part = {"batch_id": bulk.case_id, "relation": "INTERMEDIATE", "quantity": "60", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105", "at": bulk.at}
    one = await reviewed(seeded, parents=[part], size="60", started_at=bulk.at, **made)
    await decides(one, "quentin", "EU")
    two = await registered(seeded, parents=[{**part, "quantity": "20"}], **made)
    why = {"reason": "The raw data are not complete.", "grounds": ["MANUFACTURE"]}
    unsaid = await refused(bulk.answers("hana", "withdraw-release", {"markets": ["EU"]}))
    assert unsaid.fields == {"grounds": "are required"}
    assert (await refused(bulk.answers("vito", "withdraw-release", {"markets": ["US"], **why}))).code == "wrong_role"
    assert list((await refused(bulk.answers("hana", "withdraw-release", {"markets": ["DE"], **why}))).fields) == [
        "markets.0"
    ]
    await bulk.answers("vito", "withdraw-release", {"markets": ["EU"], **why})
    eu, row = await market(seeded, bulk, "EU"), await batch_of(bulk)
    assert (eu.withdrawn_at, row.released, row.physical_status) == (bulk.at, True, "UNRESTRICTED")
    held = {(hold.batch_id, hold.market): hold.type for hold in await seeded.rows(HoldRow)}
    assert held == {(one.case_id, "EU"): "SUPPLY", (two.case_id, "EU"): "SUPPLY"}
    demands = {(row.batch_id, row.cause) for row in await seeded.rows(ReviewDemandRow)}
    assert demands == {(one.case_id, bulk.case_id), (bulk.case_id, bulk.case_id)}  # and what stands of itself
    await bulk.answers("hana", "withdraw-release", {"markets": ["US"], **why})
    row = await batch_of(bulk)
    assert (row.released, row.physical_status, row.review_open) == (False, "BLOCKED", False)
    assert list((await refused(bulk.answers("hana", "withdraw-release", {"markets": ["US"], **why}))).fields) == [
        "markets.0"
    ]
    await are_rebuilt_identically(seeded.database, "batches", "batch_markets")


async def test_what_a_qualified_person_has_confirmed_is_confirmed_again_by_one(seeded: Seeded) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    bulk = await tablets(seeded)
    await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN)
    await decides(bulk, "hana", "US", RELEASE, **FOR_TABLETS)
    await bulk.answers("nora", "report-later-finding", {})
    await reports_answered(bulk)
    both = await refused(bulk.does("priya", "review-release"))
    assert (both.code, both.fields) == ("wrong_role", {"outcomes.0.outcome": "is for QP to confirm; leave EU out"})
    await each_answers(bulk)
    assert not (await batch_of(bulk)).review_open


async def test_a_use_at_risk_is_proposed_and_approved_by_two(seeded: Seeded) -> None:
    batch = await registered(await fit(seeded, "API_MFG"))
    propose, approve = "propose-use-at-risk", "approve-use-at-risk"
    given = {"site_id": "VM-02", "quantity": "60"}
    assert list((await refused(batch.answers("hana", propose, {**given, "site_id": "VM-99"}))).fields) == ["site_id"]
    assert list((await refused(batch.answers("hana", propose, {**given, "quantity": "121"}))).fields) == ["quantity"]
    await batch.answers("hana", propose, given)
    assert (await refused(batch.does("hana", approve))).rule == "S1"
    await batch.answers("priya", approve, await batch.asks(approve))
    (row,) = await seeded.rows(AtRiskUseRow)
    assert (row.approved, row.site_id, row.quantity, row.decided_by) == (
        True, "VM-02", "60", seeded.result.person("priya"),
    )  # fmt: skip
    again = {"proposal": {"version": row.version, "sha256": row.sha256}}
    assert (await refused(batch.answers("rosa", approve, again))).code == "wrong_role"
    assert (await refused(batch.answers("priya", approve, again))).code == "already_answered"
    await are_rebuilt_identically(seeded.database, "at_risk_uses")


async def test_no_more_is_taken_than_is_confirmed_until_a_further_part_is(seeded: Seeded) -> None:
    await employed(seeded, "vito", "CDMO_QP", "VM-02")
    bulk = await tablets(seeded)
    await decides(bulk, "vito", "EU", "confirm-manufacture", **TAKEN, quantity="40")
    await decides(bulk, "hana", "US", RELEASE, **FOR_TABLETS, quantity="50")
    part = {"batch_id": bulk.case_id, "relation": "INTERMEDIATE", "quantity": "60", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105", "at": bulk.at}
    pack = await reviewed(seeded, parents=[part], size="60", started_at=bulk.at, **made)
    number = (await batch_of(bulk)).number
    shut = await refused(decides(pack, "quentin", "EU"))
    assert shut.fields == {"G12": f"of {number} ({bulk.case_id}) for EU 40 kg are released, 60 are taken"}
    further = {"market": "EU", "decision": "RELEASE", "gates_seen": None, **TAKEN, "agreement": "QTA-1"}
    over = await refused(bulk.answers("vito", "confirm-further", {**further, "quantity": "78.5"}))
    assert list(over.fields) == ["quantity"]
    assert (await refused(bulk.answers("hana", "confirm-further", {**further, "quantity": "20"}))).code == "wrong_role"
    await bulk.answers("vito", "confirm-further", {**further, "quantity": "20"})
    await decides(pack, "quentin", "EU")
    shut = await refused(decides(pack, "hana", "US", "approve"))
    assert shut.fields == {"G12": f"of {number} ({bulk.case_id}) for US 50 kg are released, 60 are taken"}
    more = {"market": "US", "decision": "RELEASE", "gates_seen": await seen(bulk), "quantity": "10", **FOR_TABLETS}
    others = await refused(bulk.answers("hana", "release-further", {**more, "sites": []}))
    assert others.fields == {"sites": "are those of the first part: VM-02"}
    await bulk.answers("hana", "release-further", {**more, "purposes": ["TESTING"]})
    shut = await refused(decides(pack, "hana", "US", "approve"))
    assert shut.fields == {"G12": f"of {number} ({bulk.case_id}) for US 50 kg are released for this use, 60 are taken"}
    await bulk.answers("hana", "release-further", {**more, "gates_seen": await seen(bulk)})
    await decides(pack, "hana", "US", "approve")
    eu, us = await market(seeded, bulk, "EU"), await market(seeded, bulk, "US")
    assert (eu.quantity, us.quantity, us.purposes) == ("60", "70", ["FURTHER_PROCESSING", "TESTING"])
    assert [len(await seeded.events(each)) for each in ("CPM-EU", "RFP-US")] == [2, 3]
    await are_rebuilt_identically(seeded.database, "tranches", "batch_markets")


async def test_what_was_released_for_samples_is_released_for_further_processing_in_part(seeded: Seeded) -> None:
    bulk = await tablets(seeded, "IN")
    await decides(bulk, "hana", "US", RELEASE, purposes=["STABILITY_SAMPLES"], quantity="50")
    part = {"batch_id": bulk.case_id, "relation": "INTERMEDIATE", "quantity": "50", "theoretical_yield": "1"}
    made: dict[str, Any] = {"supply_stage": "FINISHED", "yield_low": "90", "yield_high": "105", "at": bulk.at}
    pack = await reviewed(seeded, parents=[part], size="50", started_at=bulk.at, **made)
    number = (await batch_of(bulk)).number
    shut = await refused(decides(pack, "hana", "US", "approve"))
    assert shut.fields["G12"] == f"{number} ({bulk.case_id}) is released for US for stability samples alone"
    more = {"market": "US", "decision": "RELEASE", "gates_seen": await seen(bulk), "quantity": "60"}
    unsaid = await refused(bulk.answers("hana", "release-further", {**more, "purpose": "Tablets", "purposes": []}))
    assert unsaid.fields == {"purposes": "name at least one"}
    await bulk.answers("hana", "release-further", {**more, "sites": [], "purposes": ["FURTHER_PROCESSING"]})
    us = await market(seeded, bulk, "US")
    assert (us.quantity, us.purposes) == ("110", ["STABILITY_SAMPLES", "FURTHER_PROCESSING"])
    await decides(pack, "hana", "US", "approve")


async def test_words_alone_stay_what_a_further_part_is_for(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded, "API_MFG"))
    await decides(batch, "hana", "US", RELEASE, purpose="Any dosage form", quantity="20")
    more: dict[str, Any] = {
        "market": "US",
        "decision": "RELEASE",
        "gates_seen": await seen(batch),
        "quantity": "10",
        "sites": [],
    }
    coded = {**more, "purpose": None, "purposes": ["FURTHER_PROCESSING"]}
    shut = await refused(batch.answers("hana", "release-further", coded))
    assert shut.fields == {"purposes": "words alone say what the first part is for: name none"}
