from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.core.entry import Entry
from domain.core.refusals import Code
from domain.qualification.case_documents import DocumentStatus
from records.contexts import load
from records.core.policies import Policies
from records.core.writing import Writing
from records.qualification.queries.documents import RequiredDocumentView, documents_complete_on, documents_of_case
from records.site.tables import CertificateRow
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

MANDATORY = {
    "smf",
    "mia",
    "gmp_certificate",
    "inspection_report",
    "qms_certificates",
    "organisation_chart",
    "product_list",
    "subcontractor_list",
    "validation_master_plan",
    "data_integrity_policy",
}
OPTIONAL = {"cep", "fda_registration", "iso_certificate", "insurance"}
REFERENCE = {"document_id": "DOC-1", "sha256": "0" * 64}
GMP = {
    "type": "GMP_CERT",
    "number": "1",
    "authority": "RP",
    "issued_by": "DE",
    "scope_text": "Chemical synthesis",
    "valid_to": None,
}
OLD = {**GMP, "inspected_on": "2023-03-10"}
"""The certificate of the worked scenario."""


async def requested(seeded: Seeded) -> Qualifying:
    """A qualification, and the document that the forms name as an example."""
    assert await seeded.upload(by=await seeded.actor("vito")) == REFERENCE
    return await a_qualification(seeded)


def certificate(**changes: Any) -> dict[str, Any]:
    return {"key": "gmp_certificate", "document": REFERENCE, "certificate": {**OLD, **changes}}


async def certificates(case: Qualifying) -> list[CertificateRow]:
    """The GMP certificates, the first one first."""
    query = select(CertificateRow).where(col(CertificateRow.type) == "GMP_CERT").order_by(col(CertificateRow.serial))
    async with case.seeded.database.reading() as session:
        return list((await session.exec(query)).all())


async def shown(case: Qualifying, user: str = "ines") -> dict[str, RequiredDocumentView]:
    async with case.seeded.database.reading() as session:
        views = await documents_of_case(session, await case.seeded.actor(user), case.case_id, case.at)
    return {view.key: view for view in views}


async def missing_on(case: Qualifying, day: date) -> list[str]:
    entry = Entry(stream=case.case_id, command_id="now", at=case.at, lines=())
    async with case.seeded.database.writing() as session:
        writing = Writing(session, entry, load(), Policies(), case.at, web="")
        return await documents_complete_on(writing, await case.row(), day)


async def reviews(case: Qualifying, **verdicts: dict[str, Any]) -> dict[str, Any]:
    """Ines accepts what there is, but for some keys."""
    prefill = await case.asks("review-documents")
    prefill["verdicts"] = [
        {"key": each["key"], **verdicts[each["key"]]} if each["key"] in verdicts else each
        for each in prefill["verdicts"]
    ]
    return (await case.answers("ines", "review-documents", prefill)).effect


async def test_documents_are_sent_judged_sent_again_and_complete(seeded: Seeded) -> None:
    case = await requested(seeded)
    suggested = await case.asks("submit-documents")
    assert {each["key"] for each in suggested["documents"]} == MANDATORY | OPTIONAL
    effect = (await case.answers("vito", "submit-documents", suggested)).effect
    assert set(effect) == {"certificates"}
    assert set(await missing_on(case, START.date())) == MANDATORY

    said = {"smf": {"verdict": "REJECT", "reason": "Of 2019."}, "gmp_certificate": {"reason": "It names API_MFG."}}
    assert await reviews(case, **said) == {"complete": False}
    assert await missing_on(case, START.date()) == ["smf"]
    seen = await shown(case, "vito")
    accepted = {key for key, view in seen.items() if view.status is DocumentStatus.ACCEPTED}
    assert accepted == (MANDATORY | OPTIONAL) - {"smf"}
    assert (seen["smf"].status, seen["smf"].reason) == (DocumentStatus.REJECTED, "Of 2019.")
    assert seen["gmp_certificate"].reason is None
    assert "API_MFG" in str((await shown(case))["gmp_certificate"].reason)

    again = await case.asks("submit-documents")
    assert [each["key"] for each in again["documents"]] == ["smf"]
    await case.answers("vito", "submit-documents", again)
    assert await reviews(case) == {"complete": True}
    assert await missing_on(case, START.date()) == []
    await is_rebuilt_identically(seeded.database, "case_documents", "certificates")


@on_one_database
async def test_a_certificate_counts_by_the_name_of_who_confirmed_it(seeded: Seeded) -> None:
    case = await requested(seeded)
    await case.does("vito", "submit-documents", documents=[certificate()])
    (received,) = await certificates(case)
    assert (received.status, received.register_checked_by, received.valid_to) == ("RECEIVED", None, date(2026, 3, 10))
    prefill = await case.asks("review-documents")
    assert prefill == {"verdicts": [{"key": "gmp_certificate"}]}
    await case.answers("ines", "review-documents", prefill)
    (verified,) = await certificates(case)
    ines = seeded.result.person("ines")
    assert verified.status == "VERIFIED"
    assert (verified.register_checked_on, verified.register_checked_by) == (START.date(), ines)
    assert (verified.scope_confirmed_by, verified.confirmed_activity) == (ines, "API_MFG")


@on_one_database
async def test_what_was_accepted_expires_and_is_asked_for_again(seeded: Seeded) -> None:
    case = await requested(seeded)
    prefill = await case.asks("submit-documents")
    prefill["documents"] = [
        certificate() if each["key"] == "gmp_certificate" else each for each in prefill["documents"]
    ]
    await case.answers("vito", "submit-documents", prefill)
    assert await reviews(case) == {"complete": True}
    last = date(2026, 3, 10)
    assert await missing_on(case, last) == []
    assert await missing_on(case, last + timedelta(days=1)) == ["gmp_certificate"]
    case.at = START.replace(year=2026, month=3, day=11)
    assert (await shown(case))["gmp_certificate"].status is DocumentStatus.EXPIRED
    again = {each["key"] for each in (await case.asks("submit-documents"))["documents"]}
    assert again == {"gmp_certificate", "fda_registration"}  # that one was for the year alone


async def test_a_certificate_stays_in_force_until_its_successor_is_verified(seeded: Seeded) -> None:
    case = await requested(seeded)

    async def states() -> list[tuple[str, str | None]]:
        return [(each.status, each.replaces) for each in await certificates(case)]

    await case.does("vito", "submit-documents", documents=[certificate()])
    await reviews(case)
    first = (await certificates(case))[0].certificate_id
    await case.does("vito", "submit-documents", documents=[certificate(inspected_on="2024-02-29")])
    assert await states() == [("VERIFIED", None), ("RECEIVED", first)]
    await case.does("vito", "submit-documents", documents=[certificate(inspected_on="2024-03-01")])
    assert await states() == [("VERIFIED", None), ("SUPERSEDED", first), ("RECEIVED", first)]
    await reviews(case, gmp_certificate={"verdict": "REJECT", "reason": "The scope lacks chemical synthesis."})
    await case.does("vito", "submit-documents", documents=[certificate(inspected_on="2024-03-02")])
    assert [status for status, _ in await states()] == ["VERIFIED", "SUPERSEDED", "REJECTED", "RECEIVED"]
    await reviews(case)
    assert [status for status, _ in await states()] == ["SUPERSEDED", "SUPERSEDED", "REJECTED", "VERIFIED"]
    assert (await certificates(case))[-1].replaces == first
    assert (await certificates(case))[1].valid_to == date(2027, 2, 28)
    await is_rebuilt_identically(seeded.database, "certificates")


@on_one_database
async def test_what_does_not_exist_is_said_and_only_an_optional_document_may_lack(seeded: Seeded) -> None:
    case = await requested(seeded)
    nothing = [{"key": key, "not_available": "We have none."} for key in ("smf", "insurance")]
    await case.does("vito", "submit-documents", documents=nothing)
    accepted = [{"key": key, "verdict": "ACCEPT"} for key in ("smf", "insurance")]
    refusal = await refused(case.does("ines", "review-documents", verdicts=accepted))
    assert set(refusal.fields) == {"verdicts.0.verdict"}
    no = {"verdict": "REJECT", "reason": "It must be there."}
    assert await reviews(case, smf=no) == {"complete": False}
    seen = await shown(case)
    assert seen["insurance"].status is DocumentStatus.ACCEPTED
    assert (seen["smf"].status, seen["smf"].not_available) == (DocumentStatus.REJECTED, "We have none.")
    assert "smf" in [each["key"] for each in (await case.asks("submit-documents"))["documents"]]


@on_one_database
@pytest.mark.parametrize(
    ("verdict", "fields"),
    [
        ({"register_checked_on": None}, {"verdicts.0.register_checked_on"}),
        ({"register_checked_on": "2025-01-14"}, {"verdicts.0.register_checked_on"}),
        ({"register_checked_on": "2024-12-13"}, {"verdicts.0.register_checked_on"}),
        ({"scope_confirmed": False}, {"verdicts.0.scope_confirmed"}),
        ({"key": "smf"}, {"verdicts.0.key", "verdicts"}),
    ],
)
async def test_a_certificate_is_not_accepted_unseen(seeded: Seeded, verdict: dict[str, Any], fields: set[str]) -> None:
    case = await requested(seeded)
    await case.does("vito", "submit-documents", documents=[certificate()])
    suggested = (await case.asks("review-documents"))["verdicts"][0]
    refusal = await refused(case.does("ines", "review-documents", verdicts=[suggested | verdict]))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, fields)
    assert [row.status for row in await certificates(case)] == ["RECEIVED"]


@on_one_database
@pytest.mark.parametrize(
    ("user", "action", "code"),
    [
        ("ines", "submit-documents", Code.WRONG_ROLE),
        ("uta", "submit-documents", Code.WRONG_ROLE),
        ("olga", "submit-documents", Code.NOT_FOUND),
        ("vito", "review-documents", Code.WRONG_ROLE),
        ("paul", "review-documents", Code.WRONG_ROLE),
    ],
)
async def test_others_neither_send_nor_judge(seeded: Seeded, user: str, action: str, code: Code) -> None:
    case = await requested(seeded)
    await case.does("vito", "submit-documents", documents=[certificate()])
    assert (await refused(case.does(user, action))).code is code
