"""The sponsor's own testing: a typing error is corrected on record, and what no program compares a person does."""

from typing import Any

from tests.company import Company
from tests.records.analysing import line
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.batch.test_certificate_of_analysis import in_manufacture
from tests.scenarios.duties import second_account
from tests.scenarios.qualifying import does, does_unasked


async def test_a_typing_error_is_corrected_and_proven_by_raw_data(company: Company) -> None:
    batch = await in_manufacture(company)
    day, document = company.today.isoformat(), await company.vito.uploads(batch)
    await does_unasked(company.vito, batch, "coa", number="COA-1", results=[line()], issued_on=day, document=document)
    await does_unasked(company.tove, batch, "own-testing", report="QC-1", results=[line("1.2")], tested_on=day)
    raw = await company.tove.uploads(batch)
    correction: dict[str, Any] = {"correction_of": "QC-1", "cause": "TRANSCRIPTION", "raw_data": raw}
    bare = await company.tove.is_refused(
        batch, "own-testing", report="QC-2", results=[line()], tested_on=day, **correction
    )
    assert bare[1] == "rule_broken"
    correction["correction_reason"] = "1.2 was typed for 0.12."
    await does_unasked(company.tove, batch, "own-testing", report="QC-2", results=[line()], tested_on=day, **correction)
    evidence = {"evidence": [raw], "capa_decision": "Two persons read each entry."}
    await does(company.tove, batch, "oos-own-laboratory", retests=[], cause="TRANSCRIPTION", raw_data=raw, **evidence)
    await company.asked(batch, "compare-raw-data")
    assert (await company.tove.is_refused(batch, "compare-raw-data", raw_data=raw))[1] == "segregation_of_duties"
    await does(company.nora, batch, "compare-raw-data", raw_data=raw)
    await does(company.priya, batch, "review-invalidation")
    page = await company.quentin.get(f"/v1/batches/{batch}/gates", market="EU")
    gates = {each["gate"]: each["verdict"] for each in page["gates"]}
    assert (gates["G8"], gates["G9"]) == ("PASS", "PASS")
    (replaced,) = page["replaced"]
    assert (replaced["result"], replaced["report"], replaced["replaced_by"], replaced["by_name"]) == (
        "Impurity I-3 1.2 %", "QC-1", "QC-2", "Tove Hagen",
    )  # fmt: skip
    assert (replaced["reason"], replaced["raw_data"]) == ("1.2 was typed for 0.12.", raw["document_id"])
    assert "invalidated, laboratory error" in replaced["investigated"]
    assert "(QC-1, COA-1)" in page["differed"][0]
    await are_rebuilt_identically(company.database, "analysis_results", "analysis_reports", "oos_results")


async def test_a_line_that_no_program_compares_is_put_before_a_reviewer(company: Company) -> None:
    batch = await in_manufacture(company)
    day, document = company.today.isoformat(), await company.vito.uploads(batch)
    about = {"number": "COA-1", "issued_on": day, "document": document}
    await does_unasked(company.vito, batch, "coa", results=[line("about 0.1")], **about)
    task = await company.asked(batch, "compare-results")
    (asked,) = task.prefill["lines"]
    assert (asked["result"], asked["limit"], asked["doubt"]) == ("about 0.1", "≤ 0.15 %", "gives no number")
    assert "meets" not in asked
    lines = [{**asked, "meets": True, "reason": "The chromatogram gives 0.10 %."}]
    await does(company.nora, batch, "compare-results", lines=lines, original=document)
    page = await company.quentin.get(f"/v1/batches/{batch}/gates", market="EU")
    (shown,) = page["analysis"]
    assert (shown["verdict"], len(shown["compared_by"])) == ("PASS", 1)
    assert "Nora Lindholm" in shown["compared_by"][0]
    g9 = next(each for each in page["gates"] if each["gate"] == "G9")
    assert any(each.startswith("compared by a person: Impurity I-3 about 0.1 %") for each in g9["looked_at"])


async def test_who_has_tested_is_not_asked_to_compare_it_under_another_account_either(company: Company) -> None:
    batch = await in_manufacture(company)
    day = company.today.isoformat()
    await does_unasked(company.tove, batch, "own-testing", report="QC-1", results=[line("about 0.2")], tested_on=day)
    task = await company.asked(batch, "compare-results")
    lines = [{**each, "meets": True, "reason": "It is my own."} for each in task.prefill["lines"]]
    for colleague in (company.tove, await second_account(company, "tove")):
        assert await colleague.task(batch, "compare-results") is None
        told = await colleague.is_refused(batch, "compare-results", **{**task.prefill, "lines": lines})
        assert told == (403, "segregation_of_duties")
