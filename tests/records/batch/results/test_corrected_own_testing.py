"""Own testing is corrected like a certificate: on record, with its cause, seen by others than who has tested."""

from typing import Any

from domain.batch.gate.gate import Gate
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.process import OosRow
from tests.records.analysing import analysed, confirmed, facts_of, gates_of, line, specified
from tests.records.databases import on_one_database
from tests.records.making import in_manufacture, ready
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded

pytestmark = on_one_database


async def a_batch(seeded: Seeded) -> Qualifying:
    await ready(seeded)
    await specified(seeded)
    batch = await in_manufacture(seeded)
    await analysed(batch)
    return batch


async def document(batch: Qualifying, user: str = "nora") -> dict[str, Any]:
    return await batch.seeded.upload(by=await batch.seeded.actor(user))


async def measured(batch: Qualifying, *results: dict[str, Any], **more: Any) -> Any:
    """Nora tests for the sponsor."""
    return await confirmed(batch, *results, by="nora", **more)


async def corrected(batch: Qualifying, *results: dict[str, Any], **more: Any) -> Any:
    """Nora corrects her report QC-1, by default since she has mistyped the number."""
    said = {"correction_of": "QC-1", "correction_reason": "1.2 was typed for 0.12.", "cause": "TRANSCRIPTION"}
    raw = {"raw_data": await document(batch)} if more.get("cause", "TRANSCRIPTION") == "TRANSCRIPTION" else {}
    return await measured(batch, *results, **{"report": "QC-2", **said, **raw, **more})


async def proven(batch: Qualifying, oos_id: str = "OOS-1") -> None:
    """The own laboratory names the raw data; another reviewer and the quality unit read them."""
    raw = await document(batch)
    found = {"cause": "TRANSCRIPTION", "raw_data": raw, "evidence": [raw], "capa_decision": "Two read each entry."}
    await batch.answers("nora", "oos-own-laboratory", {"oos_id": oos_id, "retests": [], **found})
    await batch.answers("tove", "compare-raw-data", {"oos_id": oos_id, "raw_data": raw})
    await batch.answers("priya", "review-invalidation", {"oos_id": oos_id})


async def test_a_mistyped_result_is_corrected_on_record_and_counts_no_more_once_that_is_proven(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("1.2"), report="QC-1")
    found = await gates_of(batch)
    assert "in own testing Impurity I-3: 1.2 % is above 0.15 %" in found[Gate.G9].reason
    assert found[Gate.G8].reason == "OOS-1 (Impurity I-3) is in the laboratory (phase I)"
    effect = await corrected(batch)
    assert effect["confirms"]
    found = await gates_of(batch)
    assert (found[Gate.G8].passes, found[Gate.G9].passes) == (False, True)
    await proven(batch)
    found = await gates_of(batch)
    assert (found[Gate.G8].passes, found[Gate.G9].passes) == (True, True)
    (replaced,) = (await facts_of(batch)).replaced
    assert (replaced.result, replaced.report, replaced.replaced_by, replaced.by_name, replaced.cause) == (
        "Impurity I-3 1.2 %", "QC-1", "QC-2", "Nora Lindholm", "mistake in writing",
    )  # fmt: skip
    assert (replaced.reason, replaced.raw_data is not None) == ("1.2 was typed for 0.12.", True)
    assert "seen by Tove Hagen, Priya Raman" in replaced.investigated
    told = [line for line in found[Gate.G9].looked_at if "a failing line was replaced" in line]
    assert "Impurity I-3 1.2 % of QC-1 by QC-2 (Nora Lindholm, mistake in writing" in told[0]
    assert "own testing differed in Impurity I-3" in "\n".join(found[Gate.G9].looked_at)
    rows = await seeded.rows(AnalysisRow)
    assert {(row.result, row.superseded) for row in rows if row.source == "OWN_TESTING"} == {
        ("1.2", True),
        ("0.12", False),
    }
    await are_rebuilt_identically(seeded.database, "analysis_results", "analysis_reports", "oos_results")


async def test_without_a_proven_cause_the_failing_result_stands(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("1.2"), report="QC-1")
    await corrected(batch)
    await batch.answers("nora", "oos-own-laboratory", {"oos_id": "OOS-1", "retests": []})
    found = await gates_of(batch)
    assert found[Gate.G8].reason == "OOS-1 (Impurity I-3) is under investigation (phase II)"


async def test_who_has_mistyped_does_not_see_that_it_was_a_mistake(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("1.2"), report="QC-1")
    raw = await document(batch)
    found = {"cause": "TRANSCRIPTION", "raw_data": raw, "evidence": [raw], "capa_decision": "Two read each entry."}
    await batch.answers("tove", "oos-own-laboratory", {"oos_id": "OOS-1", "retests": [], **found})
    own = await refused(batch.answers("nora", "compare-raw-data", {"oos_id": "OOS-1", "raw_data": raw}))
    assert (own.code, own.rule) == ("segregation_of_duties", "S1")
    await batch.answers("nora", "compare-raw-data", {"oos_id": "OOS-1", "raw_data": raw, "agrees": False})
    assert (await seeded.row(OosRow, (batch.case_id, "OOS-1"))).state == "INVESTIGATION"


async def test_a_result_with_a_cause_in_the_laboratory_does_not_count_and_the_testing_is_repeated(
    seeded: Seeded,
) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("1.2"), report="QC-1")
    evidence = await document(batch)
    found = {"cause": "INSTRUMENT", "evidence": [evidence], "capa_decision": "The lamp is replaced."}
    await batch.answers("nora", "oos-own-laboratory", {"oos_id": "OOS-1", "retests": [], **found})
    assert (await facts_of(batch)).failed
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1"})
    facts = await facts_of(batch)
    assert (facts.failed, facts.own_testing_overdue) == ((), True)
    assert [each.replaced_by for each in facts.replaced] == [None]
    await measured(batch, report="QC-2")
    assert (await gates_of(batch))[Gate.G9].passes
    await measured(batch, line("1.2"), report="QC-3")  # the same number again is another result
    assert {row.oos_id: row.state for row in await seeded.rows(OosRow)} == {
        "OOS-1": "INVALIDATED",
        "OOS-2": "LABORATORY",
    }
    assert (await facts_of(batch)).failed


async def test_a_correction_names_what_it_corrects_and_leaves_nothing_out(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("0.02"), report="QC-1")
    for given, fields in (
        ({"correction_of": "QC-9"}, {"correction_of"}),
        ({"report": "qc 1"}, {"report"}),
        ({"cause": None, "raw_data": None, "correction_reason": None}, {"cause", "correction_reason"}),
        ({"cause": "INSTRUMENT", "raw_data": await document(batch)}, {"raw_data"}),
        ({"raw_data": None}, {"raw_data"}),
        ({"correction_of": None}, {"correction_reason", "cause", "raw_data"}),
        ({"results": [line(test="Colour")]}, {"results"}),
    ):
        refusal = await refused(corrected(batch, **given))
        assert (refusal.code, set(refusal.fields)) == ("rule_broken", fields)
    assert (await facts_of(batch)).own_testing_differs
    await corrected(batch)
    facts = await facts_of(batch)
    assert (facts.own_testing_differs, len(facts.differed)) == ((), 1)
    assert facts.differed[0].endswith("(QC-1, COA-1)")
    assert list((await refused(corrected(batch, report="QC-3"))).fields) == ["correction_of"]
    assert [(row.report, row.superseded, row.confirms) for row in await seeded.rows(AnalysisReportRow)][1:] == [
        ("QC-1", True, False),
        ("QC-2", False, True),
    ]


async def test_a_corrected_certificate_leaves_the_difference_on_record(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await measured(batch, line("0.03"), report="QC-1")
    correction = {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "A line of another batch."}
    await analysed(batch, line("0.03"), **correction)
    facts = await facts_of(batch)
    assert (facts.own_testing_differs, len(facts.differed)) == ((), 1)
