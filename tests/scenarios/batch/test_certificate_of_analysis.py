"""A laboratory's Excel file becomes a signed certificate; a result that fails holds the batch, whatever it claims."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import openpyxl

from domain.batch.making.request import BatchRegistration
from records.agreement.tables import AgreementRow
from records.contexts import load
from records.core.journal import Journal
from tests.company import Colleague, Company
from tests.records.analysing import line, specified
from tests.records.making import ready
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded
from tests.scenarios.qualifying import does, does_unasked

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def in_manufacture(company: Company, number: str = "B-001") -> str:
    """A batch of the seeded site, with a specification in force, has begun. Returns its id."""
    seeded = await ready(Seeded(company.database, Journal(company.database, load()), company.seeded), "API_MFG")
    await specified(seeded)
    async with company.database.writing() as session:
        (await session.get_one(AgreementRow, ("QTA-1", 1))).lapses_on = company.today + timedelta(days=400)
    form = company.fills(BatchRegistration, number=number).model_dump(mode="json")
    answer = await company.sana.post("/v1/batches", form, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    batch = str(answer.json()["case_id"])
    await company.asked(batch, "start")
    await company.wen.does(batch, "start", started_at=company.now.isoformat())
    return batch


def excel(result: float, issued_on: date) -> bytes:
    """A certificate as a laboratory sends it: the number is stored with more digits than it shows."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (
        ["Certificate No.", "COA-25-0417", "Batch No.", "B-001"],
        ["Date of issue", issued_on.isoformat()],
        ["Specification", "SPEC-204 v3"],
        ["Test", "Method", "Limit", "Result", "Status", "Analyst", "Remarks"],
        ["Impurity I-3", "HPLC AM-017", "≤ 0.15 %", result, "Pass", "M. Jansen", "page 2"],
        ["Impurity I-4", "HPLC AM-017", "≤ 0.15 %", "=1/3", "Pass"],
    ):
        sheet.append(row)
    sheet.cell(5, 4).number_format = "0.00"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def uploaded(who: Colleague, content: bytes, filename: str, case_id: str) -> str:
    about = {"title": "Certificate", "filename": filename, "audience": "SHARED", "case_id": case_id}
    path, headers = "/v1/documents", who.headers | {"Content-Type": "application/octet-stream"}
    answer = await who.company.http.post(path, params=about, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["document_id"])


async def test_a_certificate_in_a_file_is_read_signed_and_recomputed(company: Company) -> None:
    batch = await in_manufacture(company)
    file = await uploaded(company.vito, excel(0.2700000001, company.today), "coa.xlsx", batch)
    path = f"/v1/batches/{batch}/coa-reading"
    read = await company.vito.get(path, document_id=file)
    assert (read["to_fill"], read["doubts"], read["ignored_columns"], read["unspecified"]) == ([], [], ["Remarks"], [])
    assert [(each["row"], each["fault"][:24]) for each in read["unread"]] == [(6, "result holds a formula w")]
    (preview,) = read["preview"]
    assert (preview["markets"], preview["failed"], len(preview["disagrees"])) == (
        ["EU", "US"],
        ["Impurity I-3: 0.27 % is above 0.15 %"],
        1,
    )
    assert read["form"]["results"][0]["result"] == "0.27"
    assert await company.events(batch, "batch.coa") == []

    answer = await company.vito.sends(batch, "coa", read["form"])
    assert answer.status_code == 200, answer.text
    (event,) = await company.events(batch, "batch.coa")
    assert event.signature is not None
    holds = (await company.quentin.get("/v1/holds", open=True))["items"]
    assert {(hold["batch_id"], hold["type"]) for hold in holds} == {(batch, "COA"), (batch, "OOS")}
    again = await company.vito.sends(batch, "coa", {**read["form"], "number": "COA-2"})
    assert set(again.json()["fields"]) == {"correction_of", "correction_reason"}

    text = "Prüfung;Result;Unit\nImpurity I-3;0,12;%\n"
    table = await uploaded(company.vito, text.replace("Prüfung", "Test").encode("utf-16"), "coa.csv", batch)
    read = await company.vito.get(path, document_id=table)
    assert (read["to_fill"], read["preview"][0]["failed"]) == (["number", "issued_on", "specification"], [])
    tested = {"tested_on": company.today.isoformat(), "document": await company.tove.uploads(batch)}
    await company.tove.does(batch, "own-testing", **tested)

    assert await company.ines.get(f"/v1/batches/{batch}/siblings") == {"items": [], "truncated": False}
    for who, route, expected in (
        (company.vito, f"/v1/batches/{batch}/siblings", "wrong_organisation"),
        (company.olga, f"{path}?document_id={table}", "not_found"),
        (company.vito, f"{path}?document_id=DOC-999", "not_found"),
        (company.vito, f"{path}?document_id={(await company.vito.uploads(batch))['document_id']}", "rule_broken"),
    ):
        refusal = await company.http.get(route, headers=who.headers)
        assert (refusal.status_code >= 400, refusal.json()["code"]) == (True, expected)
    await are_rebuilt_identically(company.database, "analysis_results", "analysis_reports", "batch_uses")


async def test_a_certificate_that_replaces_a_failing_one_leaves_its_result_to_be_explained_by_raw_data(
    company: Company,
) -> None:
    batch = await in_manufacture(company)
    day, document = company.today.isoformat(), await company.vito.uploads(batch)
    about = {"issued_on": day, "document": document}
    await does_unasked(company.vito, batch, "coa", number="COA-1", results=[line("0.27")], **about)
    correction = {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "A typing error."}
    await does_unasked(company.vito, batch, "coa", results=[line("0.12")], **about, **correction)
    (result,) = (await company.vito.sees(batch))["batch"]["results"]
    assert (result["oos_id"], result["result"], result["report"], result["state"]) == (
        "OOS-1",
        "0.27",
        "COA-1",
        "LABORATORY",
    )
    raw, evidence = await company.uta.uploads(batch), await company.uta.uploads(batch)
    proof = {"cause": "TRANSCRIPTION", "raw_data": raw, "evidence": [evidence], "capa_decision": "A second reader."}
    await does(company.uta, batch, "oos-laboratory", retests=[], **proof)
    await company.asked(batch, "compare-raw-data")
    assert (await company.nora.is_refused(batch, "compare-raw-data", raw_data=evidence))[1] == "rule_broken"
    await does(company.nora, batch, "compare-raw-data", raw_data=raw)
    await does(company.priya, batch, "review-invalidation")
    (result,) = (await company.vito.sees(batch))["batch"]["results"]
    assert (result["state"], result["cause"], result["raw_data"]) == (
        "INVALIDATED",
        "TRANSCRIPTION",
        raw["document_id"],
    )
    assert result["seen_by"].count(", ") == 1  # two of the sponsor have seen it
