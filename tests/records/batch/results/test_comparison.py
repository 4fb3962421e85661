"""A result that the program cannot compare is compared by a person, on record; one that fails is investigated."""

from decimal import Decimal
from typing import Any

from domain.batch.gate.gate import Gate
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.process import OosRow
from tests.records.analysing import IMPURITY, analysed, confirmed, facts_of, gates_of, line, specified
from tests.records.databases import on_one_database
from tests.records.making import in_manufacture, ready
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded

pytestmark = on_one_database
COA = {"source": "COA", "report": "COA-1"}


async def a_batch(seeded: Seeded, *results: dict[str, Any]) -> Qualifying:
    await ready(seeded)
    await specified(seeded)
    batch = await in_manufacture(seeded)
    await analysed(batch, *results)
    return batch


async def waiting(batch: Qualifying) -> list[tuple[str, str]]:
    """What the procedure is told to ask about."""
    found: Any = (await batch.notes("batch.holds")).effect.get("uncompared", [])
    return [(each["source"], each["report"]) for each in found]


async def said(batch: Qualifying, about: dict[str, str], *, meets: bool = True, **more: Any) -> dict[str, Any]:
    """What a reviewer answers who has read the original."""
    lines = [{**each, "meets": meets, "reason": "The original says so."} for each in await asked(batch, about)]
    reports = await batch.seeded.rows(AnalysisReportRow)
    original = next(each.document_id for each in reports if each.report == about["report"])
    return {**about, "lines": lines, "original": {"document_id": original, "sha256": "0" * 64}, **more}


async def asked(batch: Qualifying, about: dict[str, str]) -> list[dict[str, Any]]:
    return list((await batch.asks("compare-results", **about))["lines"])


async def test_a_person_compares_what_the_program_cannot_and_the_gate_says_who(seeded: Seeded) -> None:
    batch = await a_batch(seeded, line("about 0.1"))
    await confirmed(batch)
    assert "cannot be read: Impurity I-3: about 0.1 % gives no number" in (await gates_of(batch))[Gate.G9].reason
    assert await waiting(batch) == [("COA", "COA-1")]
    assert await asked(batch, COA) == [
        {"line": 0, "test": "Impurity I-3", "result": "about 0.1", "limit": "≤ 0.15 %", "doubt": "gives no number"}
    ]
    await batch.answers("nora", "compare-results", await said(batch, COA))
    g9 = (await gates_of(batch))[Gate.G9]
    assert g9.passes
    told = [each for each in g9.looked_at if each.startswith("compared by a person: ")]
    assert "Impurity I-3 about 0.1 % meets ≤ 0.15 %: Nora Lindholm (DOC-" in told[0]
    assert await waiting(batch) == []
    (row, _) = await seeded.rows(AnalysisRow)
    assert (row.verdict, row.result) == ("PASS", "about 0.1")
    again = await refused(batch.answers("nora", "compare-results", {**await said(batch, COA), "lines": [LINE]}))
    assert (again.code, list(again.fields)) == ("not_open", ["report"])
    await are_rebuilt_identically(seeded.database, "analysis_results", "analysis_reports")


LINE = {"line": 0, "test": "Impurity I-3", "result": "about 0.1", "limit": "≤ 0.15 %", "doubt": "gives no number"}
LINE |= {"meets": True, "reason": "Read."}


async def test_a_result_that_a_person_finds_outside_is_investigated(seeded: Seeded) -> None:
    batch = await a_batch(seeded, line("about 0.2"))
    assert await seeded.rows(OosRow) == []
    effect: Any = (await batch.answers("nora", "compare-results", await said(batch, COA, meets=False))).effect
    assert effect["markets"]["EU"]["failed"] == ["Impurity I-3"]
    (row,) = await seeded.rows(OosRow)
    assert (row.result, row.opened_from, row.report, row.own_laboratory) == ("about 0.2", "COA", "COA-1", False)
    found = await gates_of(batch)
    assert found[Gate.G8].reason == "OOS-1 (Impurity I-3) is in the laboratory (phase I)"
    assert "does not meet ≤ 0.15 %, as Nora Lindholm has read" in found[Gate.G9].reason
    holds: Any = (await batch.notes("batch.holds")).effect["holds"]
    assert {each["type"] for each in holds} == {"COA", "OOS"}


async def test_own_testing_bears_out_the_certificate_once_another_person_has_compared_it(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await confirmed(batch, line("about 0.12"), report="QC-1")
    assert (await facts_of(batch)).own_testing_overdue
    own = {"source": "OWN_TESTING", "report": "QC-1"}
    assert await waiting(batch) == [("OWN_TESTING", "QC-1")]
    refusal = await refused(batch.answers("tove", "compare-results", await said(batch, own)))
    assert (refusal.code, refusal.rule, list(refusal.fields)) == ("segregation_of_duties", "S1", ["report"])
    await batch.answers("nora", "compare-results", await said(batch, own))
    facts = await facts_of(batch)
    assert (facts.own_testing_overdue, facts.unreadable, len(facts.compared)) == (False, (), 1)
    await are_rebuilt_identically(seeded.database, "analysis_results", "analysis_reports")


async def test_what_was_said_of_one_limit_is_not_said_of_another(seeded: Seeded) -> None:
    batch = await a_batch(seeded, line("about 0.1"))
    await batch.answers("nora", "compare-results", await said(batch, COA))
    tight = IMPURITY.model_copy(update={"upper": Decimal("0.05")})
    await specified(seeded, tight, version=2, markets=("US",))
    assert ((await facts_of(batch)).unreadable, len((await facts_of(batch, "US")).unreadable)) == ((), 1)
    assert await waiting(batch) == [("COA", "COA-1")]
    assert [each["limit"] for each in await asked(batch, COA)] == ["≤ 0.05 %"]


async def test_a_certificate_that_is_replaced_is_not_compared_any_more(seeded: Seeded) -> None:
    batch = await a_batch(seeded, line("about 0.1"))
    answer = await said(batch, COA)
    await analysed(batch, number="COA-2", correction_of="COA-1", correction_reason="The number was left out.")
    assert await waiting(batch) == []
    assert (await refused(batch.answers("nora", "compare-results", answer))).code == "not_open"
