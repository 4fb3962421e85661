"""Scopes and quality agreements of the seeded site that a test needs beside those of the seed."""

from datetime import date

from pydantic import JsonValue

from domain.agreement.agreement import AgreementStatus, AgreementTerms
from records.agreement.tables import AgreementRow
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded

COVERED: JsonValue = [
    {
        "article": "5.1",
        "confirmed_by": "CERTIFIER",
        "statement": "Whoever certifies the product answers for all that the site does.",
    }
]
"""Nobody confirms beside who certifies."""


async def another_scope(seeded: Seeded) -> str:
    """A second scope of VM-02."""
    record: dict[str, JsonValue] = {
        "activity": "TESTING",
        "product": "ARL-204",
        "dosage_form": None,
        "markets": ["EU"],
        "stage": "COMMERCIAL",
        "sole_source": False,
        "risk_tier": "MEDIUM",
    }
    return str((await seeded.write("scope.registered", "VM-02", {"record": record, "site_id": "VM-02"})).effect["id"])


async def agrees(seeded: Seeded, notification: dict[str, str], **terms: JsonValue) -> None:
    """A quality agreement of SC-1 has been in force for a year, with times of its own."""
    known = {"notification": notification, "confirmations": COVERED, **terms}
    agreed = filled(AgreementTerms, known).model_dump(mode="json")
    row = AgreementRow(
        qta_id="QTA-1",
        version=1,
        number=1,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        status=AgreementStatus.EFFECTIVE.value,
        terms=agreed,
        drafted_by="PER-1",
        drafted_at=START,
        effective_from=date(2024, 1, 1),
        lapses_on=date(2027, 1, 1),
    )
    async with seeded.database.writing() as session:
        session.add(row)
