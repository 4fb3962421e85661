"""Results of a batch over HTTP: what was replaced and what a person has compared is on the gate page."""

from typing import Any

from tests.api.calling import Api
from tests.records.analysing import analysed, confirmed, line, specified
from tests.records.databases import on_one_database
from tests.records.making import in_manufacture, ready

pytestmark = on_one_database


async def test_the_gate_page_names_what_was_replaced_and_who_has_compared(api: Api) -> None:
    await ready(api.seeded)
    await specified(api.seeded)
    batch = await in_manufacture(api.seeded)
    document = await api.seeded.upload(by=await api.seeded.actor("vito"))
    await analysed(batch, line("about 0.1"), document=document)
    await confirmed(batch, line("1.2"), report="QC-1")
    said = {"correction_of": "QC-1", "correction_reason": "The lamp was broken.", "cause": "INSTRUMENT"}
    await confirmed(batch, report="QC-2", **said)
    about = {"source": "COA", "report": "COA-1"}
    lines = (await batch.asks("compare-results", **about))["lines"]
    url, unsaid = f"/v1/batches/{batch.case_id}", {**about, "lines": lines, "original": document}
    refused = await api.post("nora", f"{url}/compare-results", unsaid, expects=422)
    assert refused["code"] == "form_invalid"
    assert {"lines.0.meets", "lines.0.reason"} <= set(refused["fields"])
    answered = [{**each, "meets": True, "reason": "Read."} for each in lines]
    await batch.answers("nora", "compare-results", {**unsaid, "lines": answered})
    report: Any = await api.get("quentin", f"{url}/gates?market=EU")
    (replaced,) = report["replaced"]
    assert (replaced["report"], replaced["replaced_by"], replaced["reason"]) == ("QC-1", "QC-2", "The lamp was broken.")
    shown = {each["certificate"]: each["compared_by"] for each in report["analysis"]}
    assert shown["QC-2"] == []
    assert shown["COA-1"][0].startswith("meets ≤ 0.15 %: Nora Lindholm (DOC-")
    page = (await api.call("GET", "quentin", f"{url}/gates/page?market=EU")).text
    assert "a failing line was replaced: Impurity I-3 1.2 % of QC-1 by QC-2" in " ".join(page.split())
