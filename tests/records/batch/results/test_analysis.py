"""Certificates of analysis and own testing: what is found, what it holds, and what the gate sees of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from domain.batch.gate.batch_facts import AnalysisFacts, PaperFacts
from domain.batch.gate.gate import Gate
from domain.batch.results.specification import ResultKind, SpecifiedTest
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import OosRow
from tests.records.analysing import IMPURITY, analysed, confirmed, facts_of, gates_of, line, specified
from tests.records.making import batch_of, in_manufacture, ready
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

IDENTITY = SpecifiedTest(name="Identity", method="IR", kind=ResultKind.TEXT, expected="Conforms", identity=True)


async def a_batch(seeded: Seeded, *tests: SpecifiedTest) -> Qualifying:
    await ready(seeded)
    await specified(seeded, *tests)
    return await in_manufacture(seeded)


async def test_a_batch_is_clear_when_a_complete_certificate_is_confirmed_by_own_testing(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    assert await facts_of(batch) == AnalysisFacts(
        spec_id="SPEC-SC-1",
        spec_version=1,
        specified=("Impurity I-3",),
        specifications_in_force=("SPEC-SC-1 v1", "SPEC-204 v3"),
        missing=("Impurity I-3",),
        own_testing_overdue=True,
    )
    effect: Any = await analysed(batch, line(verdict="Pass", analyst="M. Jansen", equipment="HPLC-07"))
    assert effect["judged"] == {"1": {"verdicts": "P", "reasons": {}}}
    assert effect["markets"]["EU"] == effect["markets"]["US"]
    effect = await confirmed(batch)
    assert (effect["confirms"], effect["differs"]) == (True, [])
    facts = await facts_of(batch)
    (own,) = facts.own_tests
    assert (own.report, own.testers) == ("QC-25-112", (seeded.result.person("tove"),))
    assert facts.model_copy(update={"own_tests": ()}) == AnalysisFacts(
        spec_id="SPEC-SC-1",
        spec_version=1,
        specified=("Impurity I-3",),
        versions_met=(1,),
        specifications_in_force=("SPEC-SC-1 v1", "SPEC-204 v3"),
        certificates=(
            PaperFacts(
                report="COA-1",
                dated=date(2025, 1, 13),
                specification="SPEC-204 v3",
                at=facts.certificates[0].at,
            ),
        ),
        own_testing_on=START.date(),
        own_testing_reports=(
            PaperFacts(report="QC-25-112", dated=START.date(), laboratory="Aurelia Pharma, quality control", at=own.at),
        ),
    )
    batch.passes(days=366)
    assert (await facts_of(batch)).own_testing_overdue
    uses = [(use.kind, use.reference) for use in await seeded.rows(BatchUseRow) if use.kind != "MATERIAL"]
    assert ("ANALYST", "M. Jansen") in uses
    assert await seeded.rows(HoldRow) == []
    await are_rebuilt_identically(
        seeded.database, "specifications", "analysis_results", "analysis_reports", "batch_uses"
    )


async def test_what_is_dated_before_the_end_of_manufacture_is_not_of_this_batch(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    day, later = START.date(), START.date() + timedelta(days=1)
    await analysed(batch, issued_on=day.isoformat())
    await confirmed(batch, tested_on=day.isoformat())
    assert ((await gates_of(batch))[Gate.G9].passes, (await facts_of(batch)).own_testing_on) == (True, day)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).made_on = later
    found = (await gates_of(batch))[Gate.G9].reason
    assert f"COA-1 is dated {day}, before the end of manufacture" in found
    assert f"QC-25-112 is dated {day}, before the end of manufacture" in found
    assert (await facts_of(batch)).own_testing_on is None
    again = confirmed(batch, tested_on=day.isoformat(), report="QC-2", laboratory="Fine Chemistry, VM-02")
    assert list((await refused(again)).fields) == ["tested_on", "laboratory"]


async def test_a_certificate_prints_a_version_that_was_in_force_as_the_batch_was_made_or_is_now(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await specified(seeded, version=2, effective_from=START + timedelta(days=2), printed_as=("SPEC-204 v4",))
    assert list((await refused(analysed(batch, specification="SPEC-204 v4"))).fields) == ["specification"]
    batch.passes(days=3)
    await analysed(batch, specification="SPEC-SC-1 v1")
    assert (await facts_of(batch)).specifications_not_in_force == ()
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).started_at = START + timedelta(days=2, hours=1)
    assert (await facts_of(batch)).specifications_not_in_force == ("SPEC-SC-1 v1", "SPEC-204 v3")
    assert "COA-1 prints SPEC-SC-1 v1, a version that is not in force" in (await gates_of(batch))[Gate.G9].reason
    again = {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "The other version."}
    await analysed(batch, specification="SPEC-204 v4", **again)
    assert "not in force" not in (await gates_of(batch))[Gate.G9].reason
    await are_rebuilt_identically(seeded.database, "specifications")


async def test_a_result_that_fails_holds_the_batch_whatever_the_certificate_says(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await specified(seeded, IMPURITY.model_copy(update={"upper": Decimal("0.05")}), version=2, markets=("US",))
    effect: Any = await analysed(batch)
    assert [effect["markets"][market]["spec_version"] for market in ("EU", "US")] == [1, 2]
    assert ((await facts_of(batch, "EU")).failed, len((await facts_of(batch, "US")).failed)) == ((), 1)
    lines = line("0.12"), line("0.27", verdict="Pass"), line("0.19", is_mean=True)
    effect = await analysed(batch, *lines, number="COA-2", correction_of="COA-1", correction_reason="Left out.")
    assert effect["markets"]["EU"]["failed"] == effect["markets"]["EU"]["disagrees"] == ["Impurity I-3"]
    of_us, of_all = [hold for hold in await seeded.rows(HoldRow) if hold.type == "COA"]
    assert (of_us.type, of_us.market, of_us.placed_in) == ("COA", "US", batch.case_id)
    assert (of_all.type, of_all.market) == ("COA", None)
    assert "0.27 % is above 0.15 %" in of_all.reason
    facts = await facts_of(batch)
    assert (len(facts.failed), len(facts.disagrees)) == (2, 1)
    rows = await seeded.rows(AnalysisRow)
    assert [(row.result, row.verdict, [each["verdict"] for each in row.judged_by]) for row in rows] == [
        ("0.12", "FAIL", ["PASS", "FAIL"]),
        ("0.12", "FAIL", ["PASS", "FAIL"]),
        ("0.27", "FAIL", ["FAIL", "FAIL"]),
        ("0.19", "FAIL", ["FAIL", "FAIL"]),
    ]
    assert [row.superseded for row in rows] == [True, False, False, False]


async def test_a_specification_whose_place_was_taken_does_not_come_into_force_later(seeded: Seeded) -> None:
    wide, tight = (IMPURITY.model_copy(update={"upper": Decimal(limit)}) for limit in ("0.50", "0.10"))
    batch = await a_batch(seeded)
    await specified(seeded, wide, version=2, effective_from=START + timedelta(days=30))
    await specified(seeded, tight, version=3, effective_from=START + timedelta(days=1))
    in_force = []
    for days in (0, 2, 31):
        batch.at = START + timedelta(days=days)
        in_force.append((await facts_of(batch)).spec_version)
    assert in_force == [1, 3, 3]


async def test_without_a_specification_nothing_is_judged_and_the_gate_has_none_to_look_at(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    effect: Any = await analysed(batch, line("a stain"))
    assert (effect["markets"], effect["unspecified"]) == ({}, ["EU", "US"])
    await confirmed(batch)
    facts = await facts_of(batch)
    assert (facts.spec_id, len(facts.certificates), facts.own_testing_overdue) == (None, 1, True)
    assert [row.verdict for row in await seeded.rows(AnalysisRow)] == [None, None]


async def test_a_certificate_is_corrected_openly_and_after_a_release_reviewed(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await analysed(batch, line("0.27"))
    refusal = await refused(analysed(batch, line("0.12"), number="COA-2"))
    assert set(refusal.fields) == {"correction_of", "correction_reason"}
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).released = True
    correction = {"correction_of": "COA-1", "correction_reason": "Misprint.", "number": "COA-2"}
    assert (await batch.asks("coa"))["correction_of"] == "COA-1"
    await analysed(batch, line("0.12"), **correction)
    assert (await batch_of(batch)).review_open
    assert [(row.report, row.superseded) for row in await seeded.rows(AnalysisReportRow)] == [
        ("COA-1", True),
        ("COA-2", False),
    ]
    assert (await facts_of(batch)).failed == ()
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["COA", "OOS"]
    (result,) = await seeded.rows(OosRow)
    assert (result.state, result.result, result.report) == ("LABORATORY", "0.27", "COA-1")
    assert len(await seeded.events(batch.case_id, "batch.review_demanded")) == 1


async def test_own_testing_that_does_not_confirm_the_certificate_holds_the_batch(seeded: Seeded) -> None:
    assay = IMPURITY.model_copy(
        update={"name": "Assay", "method": "HPLC AM-018", "lower": IMPURITY.upper, "upper": None}
    )
    batch = await a_batch(seeded, assay)
    await analysed(batch, line("100.0", "Assay"))
    effect = await confirmed(batch, line("92.2", "Assay"))
    assert (effect["confirms"], effect["differs"]) == (
        False,
        ["Assay: 92.2 and 100.0 on the certificate are 7.8 % apart"],
    )
    (hold,) = await seeded.rows(HoldRow)
    assert hold.type == "COA"
    facts = await facts_of(batch)
    assert (facts.own_testing_on, facts.own_testing_overdue, len(facts.own_testing_differs)) == (None, True, 1)


async def test_own_testing_confirms_only_a_certificate_and_only_the_one_that_counts(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    assert not (await confirmed(batch))["confirms"]
    assert (await facts_of(batch)).own_testing_on is None
    for result, tested_on, more in (
        ("0.12", START.date(), {}),
        ("0.02", None, {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "Misprint."}),
        ("0.12", START.date(), {"number": "COA-3", "correction_of": "COA-2", "correction_reason": "Misprint."}),
    ):
        assert (await analysed(batch, line(result), **more))["confirmed"] == (tested_on is not None)
        facts = await facts_of(batch)
        assert (facts.own_testing_on, facts.own_testing_overdue) == (tested_on, tested_on is None)
    await are_rebuilt_identically(seeded.database, "analysis_reports")


async def test_who_may_not_and_what_shows_no_identity_changes_nothing(seeded: Seeded) -> None:
    batch = await a_batch(seeded, IDENTITY, IMPURITY)
    assert list((await refused(confirmed(batch))).fields) == ["results"]
    suggested = await batch.asks("coa")
    assert [each["test"] for each in suggested["results"]] == ["Identity", "Impurity I-3"]
    assert suggested["specification"] == "SPEC-SC-1 v1"
    assert all("result" not in each for each in suggested["results"])
    for user, action in (("wen", "coa"), ("nora", "coa"), ("sana", "own-testing"), ("priya", "own-testing")):
        assert (await refused(batch.answers(user, action, {"results": [line()]}))).code == "wrong_role"
    assert list((await refused(analysed(batch, issued_on="2030-01-01"))).fields) == ["issued_on"]
    assert list((await refused(confirmed(batch, tested_on="2030-01-01"))).fields) == ["tested_on", "results"]
    assert await seeded.rows(AnalysisRow) == []


async def test_a_day_that_is_today_somewhere_is_not_of_the_future(seeded: Seeded) -> None:
    batch = await a_batch(seeded, IMPURITY)
    batch.at = batch.at.replace(hour=11)
    tomorrow = batch.at.date() + timedelta(days=1)
    after = tomorrow + timedelta(days=1)
    assert list((await refused(analysed(batch, issued_on=after.isoformat()))).fields) == ["issued_on"]
    await analysed(batch, issued_on=tomorrow.isoformat())
