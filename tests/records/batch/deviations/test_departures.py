"""A value outside its proven acceptable range: what must be on record before it is judged (gate G6)."""

from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateVerdict
from domain.exchange.parameters import ParameterClass, ParameterContent
from domain.release.gates import evaluate
from records.core.policies import Policies
from records.release.gate_evidence import evidence_of
from tests.records.certifying import MATERIALS, fit
from tests.records.databases import on_one_database
from tests.records.making import CONTENT, TEMPERATURE, batch_of, effective, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
NOW = START.isoformat()
DATA = [{"attribute": "impurity i-3", "data": "0.11 % in three samples; limit 0.15 %."}]
DEVIATION = {"deviation_id": "DEV-1", "parameter": "Coupling temperature", "detected_at": NOW}
EU = {"market": "EU", "registered": True, "limit_missed": False, "impact": "REPORT"}
US = {**EU, "market": "US", "registered": False, "impact": "NONE"}


async def begun(seeded: Seeded, **start: Any) -> Qualifying:
    batch = await registered(seeded)
    batch.passes(minutes=5)
    await batch.does("wen", "start", started_at=NOW, materials=MATERIALS, **start)
    return batch


async def runs(batch: Qualifying, value: str) -> None:
    values = [{"parameter": "Coupling temperature", "value": value, "unit": "Cel", "measured_at": NOW}]
    await batch.answers("wen", "parameters", {"values": values})


async def g6(batch: Qualifying, market: str = "EU", judgement: str | None = None) -> tuple[GateVerdict, str]:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, market, batch.at)
    given = {Gate.G6: judgement} if judgement else {}
    found = next(each for each in evaluate(evidence, given, batch.at) if each.gate is Gate.G6)
    return found.verdict, found.reason


async def test_a_departure_is_judged_once_data_assessment_filing_and_acceptance_are_there(seeded: Seeded) -> None:
    batch = await begun(await fit(seeded))
    await runs(batch, "52.6")
    assert "without a deviation that is major or worse" in (await g6(batch))[1]
    await batch.answers("vito", "deviation", DEVIATION)
    bare = await refused(batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1"}))
    assert (bare.rule, list(bare.fields)) == ("G6, departures", ["impact_on"])
    closed = await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1", "impact_on": DATA})
    assert closed.effect == {"grave": True, "departs": True}
    strange = await refused(batch.answers("carla", "assess-departure", {"deviation_id": "DEV-2"}))
    assert list(strange.fields) == ["deviation_id"]
    await batch.answers("carla", "assess-departure", {"deviation_id": "dev-1"})
    half = await refused(batch.answers("rosa", "state-departure-filing", {"deviation_id": "DEV-1", "markets": [EU]}))
    assert list(half.fields) == ["markets"]
    await batch.answers("rosa", "state-departure-filing", {"deviation_id": "DEV-1", "markets": [EU, US]})
    silent = {"deviation_id": "DEV-1", "cause_corrected": None}
    assert list((await refused(batch.answers("quentin", "accept-deviation", silent))).fields) == ["cause_corrected"]
    assert "DEV-1 (Coupling temperature): is not accepted" in (await g6(batch, judgement="Fine."))[1]
    early = {"deviation_id": "DEV-1", "cause_corrected": False}
    assert list((await refused(batch.answers("quentin", "accept-deviation", early))).fields) == ["cause_corrected"]
    await batch.answers("quentin", "accept-deviation", {"deviation_id": "DEV-1", "cause_corrected": True})
    assert (await g6(batch, judgement="Fine."))[0] is GateVerdict.JUDGED
    assert (await g6(batch, "US"))[0] is GateVerdict.NEEDS_JUDGEMENT  # not registered there
    assert (await g6(batch, "US", judgement="Fine."))[0] is GateVerdict.JUDGED
    batch.passes(minutes=5)
    await runs(batch, "58")  # what was said before knows nothing of it
    assert "is not accepted" in (await g6(batch, "US"))[1]


async def test_what_is_planned_or_unmet_is_never_accepted_and_what_is_not_there_neither(seeded: Seeded) -> None:
    batch = await begun(await fit(seeded))
    await batch.answers("vito", "deviation", {**DEVIATION, "parameter": None})
    accept = {"deviation_id": "DEV-1"}
    early = await refused(batch.answers("quentin", "accept-deviation", accept))
    assert early.code == "not_open"
    await batch.answers("vito", "close-deviation", accept)
    unknown = await refused(batch.answers("quentin", "accept-deviation", {"deviation_id": "DEV-9"}))
    assert list(unknown.fields) == ["deviation_id"]
    ticked = {**accept, "unexpected": False, "specifications_met": False}
    assert set((await refused(batch.answers("quentin", "accept-deviation", ticked))).fields) == {
        "unexpected",
        "specifications_met",
    }
    await batch.answers("quentin", "accept-deviation", accept)


async def earlier(seeded: Seeded, value: str = "52.6") -> Qualifying:
    """A batch whose departure the site has closed; the sponsor has not said anything yet."""
    batch = await begun(await fit(seeded))
    await runs(batch, value)
    await batch.answers("vito", "deviation", {**DEVIATION, "deviation_id": "DEV-0"})
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-0", "impact_on": DATA})
    return batch


async def a_day_later(seeded: Seeded, value: str = "53") -> Qualifying:
    """The next batch of the scope departs as well, and its deviation is closed."""
    batch = await registered(seeded)
    batch.passes(days=1)
    now = batch.at.isoformat()
    await batch.does("wen", "start", started_at=now, materials=MATERIALS)
    batch.passes(minutes=5)
    values = [{"parameter": "Coupling temperature", "value": value, "unit": "Cel", "measured_at": batch.at.isoformat()}]
    await batch.answers("wen", "parameters", {"values": values})
    await batch.answers("vito", "deviation", {**DEVIATION, "detected_at": batch.at.isoformat()})
    proposed = await batch.asks("close-deviation", deviation_id="DEV-1")
    others = [{**each, "included": False, "reason": "It ran on another day."} for each in proposed["associated"]]
    await batch.answers("vito", "close-deviation", {"deviation_id": "DEV-1", "impact_on": DATA, "associated": others})
    return batch


CLAIMED = {"deviation_id": "DEV-1", "cause_corrected": True}


async def test_what_was_known_before_the_start_is_not_unexpected_though_the_site_has_closed_it(seeded: Seeded) -> None:
    first = await earlier(seeded)
    second = await a_day_later(seeded)
    told = await refused(second.answers("quentin", "accept-deviation", CLAIMED))
    assert "known: DEV-0 of batch" in told.fields["unexpected"]
    first.at = second.at  # what is said of the first one now was not so when the second was begun
    await first.answers("quentin", "accept-deviation", {"deviation_id": "DEV-0", "cause_corrected": True})
    assert list((await refused(second.answers("quentin", "accept-deviation", CLAIMED))).fields) == ["unexpected"]
    await second.answers("quentin", "accept-deviation", {**CLAIMED, "accept": False})  # sending back is never barred


async def test_it_is_unexpected_again_once_the_sponsor_has_accepted_that_its_cause_is_corrected(seeded: Seeded) -> None:
    first = await earlier(seeded)
    await first.answers("quentin", "accept-deviation", {"deviation_id": "DEV-0", "cause_corrected": True})
    await (await a_day_later(seeded)).answers("quentin", "accept-deviation", CLAIMED)


async def test_an_acceptance_that_leaves_the_cause_as_it_is_ends_nothing(seeded: Seeded) -> None:
    first = await earlier(seeded)
    nowhere = {"deviation_id": "DEV-0", "markets": [{**EU, "registered": False, "impact": "NONE"}, US]}
    await first.answers("carla", "assess-departure", {"deviation_id": "DEV-0"})
    await first.answers("rosa", "state-departure-filing", nowhere)
    await first.answers("quentin", "accept-deviation", {"deviation_id": "DEV-0", "cause_corrected": False})
    second = await a_day_later(seeded)
    told = await refused(second.answers("quentin", "accept-deviation", CLAIMED))
    assert "known: DEV-0 of batch" in told.fields["unexpected"]


async def test_a_value_that_was_reported_is_known_whether_or_not_a_deviation_says_so(seeded: Seeded) -> None:
    first = await earlier(seeded)
    await first.answers("quentin", "accept-deviation", {"deviation_id": "DEV-0", "cause_corrected": True})
    first.passes(minutes=5)
    await runs(first, "58")
    second = await a_day_later(seeded)
    told = await refused(second.answers("quentin", "accept-deviation", CLAIMED))
    assert "known: Coupling temperature 58 Cel of batch" in told.fields["unexpected"]


async def test_a_departure_to_the_other_side_is_another_one(seeded: Seeded) -> None:
    await earlier(seeded, "29")
    await (await a_day_later(seeded)).answers("quentin", "accept-deviation", CLAIMED)


async def test_a_key_parameter_needs_its_deviation_too(seeded: Seeded) -> None:
    await fit(seeded)
    key = TEMPERATURE.model_copy(update={"parameter_class": ParameterClass.KPP, "linked_cqas": ()})
    await effective(seeded, ParameterContent(parameters=(key,), attributes=CONTENT.attributes), version=(2, 0))
    batch = await begun(seeded)
    await runs(batch, "52.6")
    assert "without a deviation that is major or worse" in (await g6(batch))[1]
