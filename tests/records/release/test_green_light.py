"""Clinical supply: certified for a trial, then let go to each of its sites by the sponsor's green light."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.core.policies import Policies
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import ScopeRow
from records.release.queries.certifications import certifications, one_certification
from records.release.queries.gate_reports import gate_report
from records.views.cases import one_case
from tests.records.certifying import decides, fit, reviewed
from tests.records.clinical import (
    CERTIFIED,
    CTA,
    ELSEWHERE,
    IND,
    OTHER,
    PART_211,
    SITE,
    STATUTE,
    TRIAL,
    certified,
    clinical,
    lit,
    supplied,
)
from tests.records.databases import on_one_database
from tests.records.delivering import ARRIVED, COLD, LEFT, arranged, goods, ordered, readings, shipment_row
from tests.records.making import made
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.seeded import START, Seeded


async def test_supply_leaves_for_a_site_of_its_trial_under_a_green_light_alone(seeded: Seeded) -> None:
    batch = await certified(seeded)
    refusal = await refused(supplied(seeded, batch))
    assert (refusal.code, list(refusal.fields)) == (Code.NO_GREEN_LIGHT, ["destination"])
    await lit(batch, trial="2027–504321–17–00")  # the same number, with other dashes
    elsewhere: dict[str, dict[str, Any]] = {"trial": {"trial": OTHER}, "destination": {"destination": ELSEWHERE}}
    for field, changes in elsewhere.items():
        refusal = await refused(supplied(seeded, batch, **changes))
        assert (refusal.code, list(refusal.fields)) == (Code.NO_GREEN_LIGHT, [field])
    refusal = await refused(ordered(seeded, batch, destination=SITE))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, ["trial"])
    shipment = await supplied(seeded, batch)
    shipment.at = LEFT
    await shipment.does("vito", "dispatch")
    shipment.at = ARRIVED
    await shipment.does("sana", "receive")
    assert ((await shipment_row(shipment)).trial, (await goods(shipment)).blocked) == (CTA, Decimal(0))
    await are_rebuilt_identically(seeded.database, "green_lights", "batch_markets", "shipments")


async def test_a_withdrawn_green_light_stops_what_was_ordered_and_blocks_what_travels(seeded: Seeded) -> None:
    batch = await certified(seeded)
    await lit(batch)
    travels, waits = await supplied(seeded, batch), await supplied(seeded, batch)
    travels.at = waits.at = LEFT
    await travels.does("vito", "dispatch")
    batch.passes(minutes=90)
    written = await batch.answers("priya", "withdraw-green-light", {"green_light": 1, "reason": "Secret."})
    assert written.effect["orders"] == [waits.case_id]
    told = [row.payload for row in await seeded.rows(OutboxRow) if "is withdrawn" in row.payload.get("subject", "")]
    assert any(each["person"] == seeded.result.person("vito") for each in told)
    assert all(waits.case_id in each["text"] and "Secret." not in each["text"] for each in told)
    waits.at = travels.at = ARRIVED
    refusal = await refused(waits.does("vito", "dispatch"))
    assert (refusal.code, refusal.fields) == (Code.NO_GREEN_LIGHT, {"destination": "ask the sponsor"})
    refusal = await refused(waits.does("sana", "dispatch"))
    assert "withdrawn on 2025-01-13" in refusal.fields["destination"]
    again = await refused(batch.answers("rosa", "withdraw-green-light", {"green_light": 1, "reason": "Again."}))
    unknown = await refused(batch.answers("rosa", "withdraw-green-light", {"green_light": 9, "reason": "Again."}))
    assert (again.code, list(unknown.fields)) == (Code.ALREADY_ANSWERED, ["green_light"])

    written = await travels.does("sana", "receive")
    assert (written.effect["stopped"], (await goods(travels)).blocked) == (True, Decimal(10))
    await travels.answers("sana", "transport-record", {"series": readings(*COLD)})
    assert (await refused(travels.does("sana", "unblock"))).code is Code.NO_GREEN_LIGHT
    async with seeded.database.reading() as session:
        case = await one_case(session, await seeded.actor("sana"), Process.SHIPMENT, waits.case_id, ARRIVED)
    assert case.shipment is not None
    assert "withdrawn" in str(case.shipment.no_green_light)

    batch.at = ARRIVED
    await lit(batch)  # the way out: a new one
    await travels.does("sana", "unblock")
    await waits.does("vito", "dispatch")
    await are_rebuilt_identically(seeded.database, "green_lights", "shipments")


async def test_there_is_no_green_light_before_the_certificate_nor_while_something_stops_the_market(
    seeded: Seeded,
) -> None:
    batch = await reviewed(await clinical(seeded))
    early = await refused(lit(batch))
    assert (early.code, "not released" in early.message) == (Code.GATE_CLOSED, True)
    await decides(batch, "quentin", "EU", trial=TRIAL)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).review_open = True
    assert "review" in (await refused(lit(batch))).message
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        row.review_open, row.expiry_on = False, START.date() - timedelta(days=1)
    assert (await refused(lit(batch))).code is Code.SHELF_LIFE_ENDED
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).expiry_on = START.date() + timedelta(days=300)
        (await session.get_one(BatchMarketRow, (batch.case_id, "EU"))).withdrawn_at = START
    assert "withdrawn" in (await refused(lit(batch))).message
    assert await seeded.events(batch.case_id, "batch.green-light") == []


@on_one_database
async def test_a_green_light_is_for_the_trial_of_the_certificate_on_papers_that_are_valid(seeded: Seeded) -> None:
    batch = await certified(seeded)
    gone = {"document_id": "DOC-1", "sha256": "0" * 64, "valid_to": "2025-01-12"}
    later = {"document_id": "DOC-1", "sha256": "0" * 64, "valid_from": "2025-01-20"}
    given: list[tuple[dict[str, Any], Code, list[str]]] = [
        ({"trial": OTHER}, Code.RULE_BROKEN, ["trial"]),
        ({"market": "JP"}, Code.RULE_BROKEN, ["market"]),
        ({"market": "US"}, Code.GATE_CLOSED, []),
        ({"conditions_met": False}, Code.RULE_BROKEN, ["conditions_met"]),
        ({"ethics": gone}, Code.RULE_BROKEN, ["ethics.valid_to"]),
        ({"ethics": later}, Code.RULE_BROKEN, ["ethics.valid_from"]),
        ({"authorisation": {**gone, "document_id": "DOC-9"}}, Code.RULE_BROKEN, ["authorisation.document_id"]),
        ({"by": "quentin"}, Code.WRONG_ROLE, []),
    ]
    for changes, code, fields in given:
        refusal = await refused(lit(batch, **changes))
        assert (refusal.code, list(refusal.fields)) == (code, fields)
    await lit(batch, ethics={**gone, "valid_to": "2025-01-20"})
    assert (await refused(lit(batch))).code is Code.CONFLICT
    late = await refused(supplied(seeded, batch))
    assert (late.code, list(late.fields)) == (Code.NO_GREEN_LIGHT, ["destination"])  # it ends before they arrive
    shipment = await supplied(seeded, batch, deliver_by="2025-01-20")
    shipment.at = START + timedelta(days=9)
    refusal = await refused(shipment.does("vito", "dispatch"))
    assert refusal.code is Code.NO_GREEN_LIGHT  # the opinion of the ethics committee has ended meanwhile


@on_one_database
async def test_who_has_certified_a_part_gives_no_green_light(seeded: Seeded) -> None:
    batch = await reviewed(await clinical(seeded))
    await decides(batch, "quentin", "EU", trial=TRIAL, quantity="100")
    given = {"market": "EU", "decision": "RELEASE", "quantity": "1", "trial": TRIAL, **await _seen(batch)}
    assert list((await refused(batch.answers("quentin", "certify-further", given))).fields) == ["statement"]
    await batch.answers("quentin", "certify-further", given | {"statement": CERTIFIED})
    await employed(seeded, "quentin", "REG_AFFAIRS")
    refusal = await refused(lit(batch, by="quentin"))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
    await lit(batch)


async def test_the_certificate_of_clinical_supply_names_its_trial_and_nothing_else_does(seeded: Seeded) -> None:
    batch = await reviewed(await clinical(seeded))
    faults: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["trial"]),
        ({"trial": {"number": CTA}}, ["trial.specification_file"]),
        ({"trial": TRIAL, **_rejects()}, ["trial"]),
    ]
    for changes, fields in faults:
        refusal = await refused(decides(batch, "quentin", "EU", **changes))
        assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, fields)
    await decides(batch, "quentin", "EU", trial=TRIAL, quantity="100")
    other = {
        "market": "EU",
        "decision": "RELEASE",
        "quantity": "1",
        "trial": {**TRIAL, "number": OTHER},
        **await _seen(batch),
    }
    assert list((await refused(batch.answers("quentin", "certify-further", other))).fields) == ["trial.number"]
    quentin = await seeded.actor("quentin")
    async with seeded.database.reading() as session:
        listed = await certifications(session, quentin, market="EU", cursor=None, limit=2)
        one = await one_certification(session, quentin, listed.items[0].certificate_number)
    assert (listed.items[0].trial, one.declaration.trial, one.declaration.specification_file) == (
        CTA,
        CTA,
        "PSF-204 v3",
    )
    assert (one.declaration.phase, one.declaration.made_under) == ("PHASE_2", None)


async def _seen(batch: Qualifying) -> dict[str, Any]:
    """The gates as they are shown now."""
    shown = await batch.asks("certify", market="EU")
    batch.tasks.clear()
    return {"gates_seen": shown["gates_seen"]}


def _rejects() -> dict[str, Any]:
    return {"decision": "REJECT", "quantity": None, "reason": "Torn.", "grounds": ["MANUFACTURE"], "location": None}


async def test_marketed_product_names_no_trial(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    refusal = await refused(decides(batch, "quentin", "EU", trial=TRIAL))
    assert (refusal.code, list(refusal.fields)) == (Code.RULE_BROKEN, ["trial"])
    await decides(batch, "quentin", "EU")
    assert list((await refused(ordered(seeded, batch, trial=CTA))).fields) == ["trial"]
    assert list((await refused(lit(batch))).fields) == ["trial"]


async def _approves(batch: Qualifying, phase: str | None, statement: str) -> Any:
    trial = {"number": IND, "phase": phase}
    return await decides(batch, "hana", "US", "approve", trial=trial, statement=statement)


async def test_supply_for_phase_1_in_the_us_is_made_under_the_statute_until_a_later_phase_has_it(
    seeded: Seeded,
) -> None:
    await clinical(seeded)
    first, second, third = [await reviewed(seeded, markets=["US"]) for _ in range(3)]
    assert list((await refused(_approves(first, None, PART_211))).fields) == ["trial.phase"]
    assert list((await refused(_approves(first, "PHASE_1", PART_211))).fields) == ["statement"]
    assert list((await refused(_approves(first, "PHASE_1", f"{STATUTE} 21 CFR 211."))).fields) == ["statement"]
    await _approves(first, "PHASE_1", STATUTE)
    assert list((await refused(_approves(second, "PHASE_2", STATUTE))).fields) == ["statement"]
    await _approves(second, "PHASE_2", PART_211)
    assert PART_211 in (await refused(_approves(third, "PHASE_1", STATUTE))).fields["statement"]
    await _approves(third, "PHASE_1", PART_211)
    hana = await seeded.actor("hana")
    async with seeded.database.reading() as session:
        listed = await certifications(session, hana, market="US", cursor=None, limit=3)
        found = [await one_certification(session, hana, each.certificate_number) for each in listed.items]
    assert [each.declaration.made_under for each in found] == [
        "section 501(a)(2)(B) of the FD&C Act (statutory CGMP), 21 CFR 210.2(c)", "21 CFR Part 211", "21 CFR Part 211",
    ]  # fmt: skip


async def test_the_batch_and_its_gate_page_show_trial_and_green_lights(seeded: Seeded) -> None:
    batch = await certified(seeded)
    await lit(batch, conditions="Site activated.")
    await lit(batch, trial_site=ELSEWHERE)
    await batch.answers("rosa", "withdraw-green-light", {"green_light": 2, "reason": "The site is closed."})
    async with seeded.database.reading() as session:
        seen = [
            await one_case(session, await seeded.actor(user), Process.BATCH, batch.case_id, START)
            for user in ("ines", "vito")
        ]
        report = await gate_report(session, Policies(), batch.case_id, batch.at, market="EU")
    ours, theirs = (each.batch for each in seen)
    assert ours is not None
    assert theirs is not None
    assert [(each.destination, each.withdrawn_because) for each in ours.green_lights] == [
        (SITE["name"], None), (ELSEWHERE["name"], "The site is closed."),
    ]  # fmt: skip
    assert ([each.trial for each in ours.markets], theirs.green_lights) == ([CTA, None], ())
    assert (report.decision.trial, [each.version for each in report.green_lights]) == (CTA, [1, 2])


async def test_supply_in_quarantine_waits_for_certificate_and_green_light(seeded: Seeded) -> None:
    await clinical(seeded)
    batch = await made(seeded)
    await arranged(seeded, batch, destination=SITE)
    shipment = await supplied(seeded, batch, quarantine=True)
    shipment.at = LEFT
    await shipment.does("vito", "dispatch")
    shipment.at = ARRIVED
    await shipment.does("sana", "receive")
    await shipment.answers("sana", "transport-record", {"series": readings(*COLD)})
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        row.decision, row.quantity, row.trial = "RELEASE", "100", CTA
        (await session.get_one(BatchRow, batch.case_id)).released = True
    assert (await refused(shipment.does("sana", "unblock"))).code is Code.NO_GREEN_LIGHT
    batch.at = ARRIVED
    await lit(batch)
    await shipment.does("sana", "unblock")


async def test_what_was_registered_without_a_stage_goes_on_as_product(seeded: Seeded) -> None:
    """An earlier version asked for no stage: such a batch of a clinical scope needs no trial and no green light."""
    batch = await reviewed(await clinical(seeded))
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).supply_stage = None
        assert (await session.get_one(ScopeRow, "SC-1")).stage == "CLINICAL"
    await decides(batch, "quentin", "EU")
    shipment = await ordered(seeded, batch)
    shipment.at = LEFT
    await shipment.does("vito", "dispatch")


async def test_a_hold_stops_the_green_light_and_never_its_withdrawal(seeded: Seeded) -> None:
    batch = await certified(seeded)
    await lit(batch)
    await batch.answers("priya", "place-hold", {"hold_type": "MANUAL", "reason": "A photograph.", "markets": None})
    assert await seeded.rows(HoldRow)
    assert "on hold" in (await refused(lit(batch, trial_site=ELSEWHERE))).message
    await batch.answers("quentin", "withdraw-green-light", {"green_light": 1, "reason": "Closed."})
