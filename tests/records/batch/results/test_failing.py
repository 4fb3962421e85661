"""A result that fails its registered specification is investigated, whoever finds it and whatever replaces it."""

from decimal import Decimal
from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import closed
from domain.release.gates import evaluate
from records.batch.tables.analysis import AnalysisRow
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import OosRow
from records.core.policies import Policies
from records.event.tables import SiteEventRow
from records.release.gate_evidence import evidence_of
from tests.records.analysing import IMPURITY, analysed, confirmed, line, specified
from tests.records.databases import on_one_database
from tests.records.making import batch_of, in_manufacture, ready
from tests.records.oos import ground
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
SECOND = {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "A typing error."}


async def a_batch(seeded: Seeded) -> Qualifying:
    await ready(seeded)
    await specified(seeded)
    return await in_manufacture(seeded)


async def g8(batch: Qualifying, market: str = "EU") -> str | None:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, market, batch.at)
    return closed(evaluate(evidence, {}, batch.at)).get(Gate.G8)


async def result_of(batch: Qualifying, oos_id: str = "OOS-1") -> OosRow:
    return await batch.seeded.row(OosRow, (batch.case_id, oos_id))


async def test_a_typing_error_explains_nothing_until_two_have_read_the_raw_data(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    row = await result_of(batch)
    assert (row.test, row.result, row.limit, row.opened_from, row.report) == (
        "Impurity I-3", "0.27", "≤ 0.15 %", "COA", "COA-1",
    )  # fmt: skip
    assert [event.type for event in await seeded.rows(SiteEventRow)] == ["OOS"]
    await analysed(batch, line("0.12"), **SECOND)
    assert await g8(batch) == "OOS-1 (Impurity I-3) is in the laboratory (phase I)"
    assert len(await seeded.rows(OosRow)) == 1
    raw, evidence = await seeded.upload(by=await seeded.actor("uta")), await seeded.upload(by=await seeded.actor("uta"))
    proof: dict[str, Any] = {
        "oos_id": "OOS-1",
        "retests": [],
        "evidence": [evidence],
        "capa_decision": "Second reader.",
    }
    proof |= {"cause": "TRANSCRIPTION", "raw_data": raw}
    await batch.answers("uta", "oos-laboratory", proof)
    assert await g8(batch) == "OOS-1 (Impurity I-3) is stated to be a laboratory error, not agreed yet"
    alone = await refused(batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1"}))
    assert (alone.code, list(alone.fields)) == ("not_open", ["agrees"])
    wrong = await refused(batch.answers("nora", "compare-raw-data", {"oos_id": "OOS-1", "raw_data": evidence}))
    assert list(wrong.fields) == ["raw_data"]
    await batch.answers("nora", "compare-raw-data", {"oos_id": "OOS-1", "raw_data": raw})
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1"})
    row = await result_of(batch)
    assert (row.state, row.result, row.raw_data) == ("INVALIDATED", "0.27", raw["document_id"])
    assert await g8(batch) is None
    lines = {(each.result, each.superseded) for each in await seeded.rows(AnalysisRow)}
    assert lines == {("0.27", True), ("0.12", False)}
    await are_rebuilt_identically(seeded.database, "oos_results", "analysis_results", "holds")


async def test_what_the_sponsor_does_not_see_so_stands_and_phase_two_begins(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    document = await seeded.upload(by=await seeded.actor("uta"))
    cause: dict[str, Any] = {"cause": "INSTRUMENT", "evidence": [document], "capa_decision": "Repaired.", "retests": []}
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", **cause})
    no_writing = await refused(batch.answers("nora", "compare-raw-data", {"oos_id": "OOS-1", "raw_data": document}))
    assert no_writing.code == "not_open"
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1", "agrees": False})
    assert (await result_of(batch)).state == "INVESTIGATION"


async def test_own_testing_opens_one_that_the_own_laboratory_investigates(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await confirmed(batch, line("0.27"))
    row = await result_of(batch)
    assert (row.opened_from, row.own_laboratory) == ("OWN_TESTING", True)
    assert (
        await refused(batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []}))
    ).code == "wrong_form"
    await batch.answers("nora", "oos-own-laboratory", {"oos_id": "OOS-1", "retests": []})
    assert (await result_of(batch)).state == "INVESTIGATION"
    await analysed(batch, line("0.27"))  # the same number on the certificate is another result
    assert {each.opened_from for each in await seeded.rows(OosRow)} == {"OWN_TESTING", "COA"}


async def test_one_market_has_the_tighter_limit_and_only_there_it_counts(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await specified(seeded, IMPURITY.model_copy(update={"upper": Decimal("0.05")}), version=2, markets=("US",))
    await analysed(batch, line("0.12"))
    assert (await result_of(batch)).market == "US"
    assert (await g8(batch), await g8(batch, "US")) == (None, "OOS-1 (Impurity I-3) is in the laboratory (phase I)")
    assert {hold.market for hold in await seeded.rows(HoldRow)} == {"US"}


async def test_what_the_site_has_reported_itself_is_not_opened_again(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await batch.answers("vito", "oos", {"oos_id": "Q-7", "detected_at": START.isoformat()})
    await analysed(batch, line("0.270"), line("0.12"))
    assert [row.oos_id for row in await seeded.rows(OosRow)] == ["Q-7"]


async def test_a_failing_certificate_of_an_earlier_version_that_was_replaced_is_not_forgotten(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    await analysed(batch, line("0.12"), **SECOND)
    async with seeded.database.writing() as session:
        await session.delete(await session.get_one(OosRow, (batch.case_id, "OOS-1")))  # as it was recorded then
    assert await g8(batch) == "Impurity I-3 0.27 % was never investigated"
    await batch.answers("nora", "oos", {"oos_id": "Q-7", "result": "0.27", "detected_at": START.isoformat()})
    assert await g8(batch) == "Q-7 (Impurity I-3) is in the laboratory (phase I)"


async def test_a_result_outside_its_specification_is_no_matter_of_trend_and_the_sponsor_reports_too(
    seeded: Seeded,
) -> None:
    batch = await a_batch(seeded)
    report = {"oos_id": "Q-7", "detected_at": START.isoformat()}
    assert list((await refused(batch.answers("vito", "oos", {**report, "kind": "OOT"}))).fields) == ["kind"]
    claimed = await refused(batch.answers("vito", "oos", {**report, "own_laboratory": True}))
    assert list(claimed.fields) == ["own_laboratory"]
    await batch.answers("nora", "oos", {**report, "kind": "OOT", "result": "0.14", "own_laboratory": True})
    await batch.answers(
        "ines", "deviation", {"deviation_id": "D-7", "parameter": None, "detected_at": START.isoformat()}
    )
    assert (await result_of(batch, "Q-7")).own_laboratory


async def test_samples_are_taken_anew_only_if_the_sponsor_has_decided_so(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    phase = {"oos_id": "OOS-1", "retests": [], "resampled": ["0.11"]}
    assert list((await refused(batch.answers("uta", "oos-laboratory", phase))).fields) == ["resampled"]
    await batch.answers("priya", "decide-resampling", {"oos_id": "OOS-1"})
    await batch.answers("uta", "oos-laboratory", phase)
    assert (await result_of(batch)).state == "INVESTIGATION"


async def test_two_say_that_an_inconclusive_result_does_not_count_on_a_coded_ground(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", "retests": []})
    said = {"oos_id": "OOS-1", "outcome": "INCONCLUSIVE", "does_not_count": "All retests pass."}
    bare = await refused(batch.answers("priya", "oos-investigation", said))
    assert set(bare.fields) == {"discount_ground", "discount_evidence"}
    await batch.answers("priya", "oos-investigation", {**said, **await ground(seeded)})
    assert await g8(batch) == "OOS-1 (Impurity I-3) is inconclusive, proposed not to count"
    assert (await refused(batch.answers("priya", "confirm-discount", {"oos_id": "OOS-1"}))).rule == "S1"
    await batch.answers("hana", "confirm-discount", {"oos_id": "OOS-1", "agrees": False})
    assert await g8(batch) == "OOS-1 (Impurity I-3) is inconclusive, counts against the batch"
    await batch.answers("priya", "oos-investigation", {**said, **await ground(seeded)})
    await batch.answers("hana", "confirm-discount", {"oos_id": "OOS-1"})
    assert await g8(batch) is None
