"""A batch that has come as far as certification: made, released by its site, reviewed by three, nothing against it."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain.asl.asl import AslStatus
from domain.batch.making.package import ALWAYS
from records.site.tables import CertificateRow
from tests.records.agreeing import agrees
from tests.records.analysing import analysed, confirmed, specified
from tests.records.making import NOTIFICATION, effective, finishes, registered, turns_to
from tests.records.qualifying import Qualifying, stands
from tests.records.seeded import START, Seeded

MATERIALS = [{"name": "Coupling agent C-12", "lot": "C12-0417", "manufacturer": "Rheinchem AG"}]
REVIEWERS = {"nora": "review-results", "priya": "review-record", "carla": "review-process"}
_serials = itertools.count(1)


async def fit(seeded: Seeded, activity: str = "DRUG_PRODUCT") -> Seeded:
    """The seeded site may make ARL-204 for the EU and the US, and nothing stands against what it makes."""
    await turns_to(seeded.database, activity)
    last_audit, next_audit = START.date() - timedelta(days=60), START.date() + timedelta(days=300)
    await stands(
        seeded,
        AslStatus.APPROVED,
        markets=["EU", "US"],
        last_audit_day=last_audit.isoformat(),
        next_audit_due=next_audit.isoformat(),
    )
    await agrees(seeded, NOTIFICATION)
    await seeded.upload()
    await effective(seeded)
    await a_certificate(seeded, activity=activity)
    await registered_with_the_fda(seeded, activity)
    await specified(seeded)
    return seeded


async def sold_in(seeded: Seeded, *markets: str) -> None:
    """The seeded site makes for these markets as well, and the specification is registered there."""
    await fit(seeded)
    await stands(seeded, AslStatus.APPROVED, markets=[*markets], last_audit_day="2025-01-10")
    await specified(seeded, version=2, markets=markets)


async def registered_with_the_fda(seeded: Seeded, activity: str = "DRUG_PRODUCT", **changes: Any) -> str:
    """The seeded scope is registered with the FDA, as long as the tests last."""
    printed = {"type": "FDA_REGISTRATION", "number": "3003838438", "authority": "FDA", "issued_by": "US"}
    return await a_certificate(seeded, date(2100, 1, 1), activity, **{**printed, "inspected_on": None, **changes})


async def a_certificate(
    seeded: Seeded, valid_to: date = date(2026, 3, 10), activity: str = "DRUG_PRODUCT", **changes: Any
) -> str:
    """A verified GMP certificate of the seeded scope, or what the changes make of it."""
    serial = next(_serials)
    row = CertificateRow(
        certificate_id=f"CERT-{900 + serial}",
        serial=900 + serial,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        type="GMP_CERT",
        number=f"DE_RP_01_{serial}",
        authority="RP",
        inspected_on=date(2023, 3, 10),
        valid_to=valid_to,
        sort_valid_to=valid_to,
        scope_text="Chemical synthesis",
        document_id="DOC-1",
        status="VERIFIED",
        register_checked_on=date(2025, 1, 10),
        register_checked_by="PER-1",
        scope_confirmed_by="PER-1",
        confirmed_activity=activity,
    )
    for name, value in changes.items():
        setattr(row, name, value)
    async with seeded.database.writing() as session:
        session.add(row)
    return row.certificate_id


async def reviewed(
    seeded: Seeded,
    value: str = "41.2",
    reviewers: dict[str, str] = REVIEWERS,
    *,
    finished_at: str | None = None,
    by_minutes: int = 5,
    started_at: datetime = START,
    ends: Mapping[str, Any] = MappingProxyType({}),
    materials: Sequence[dict[str, Any]] = MATERIALS,
    **changes: Any,
) -> Qualifying:
    """A batch, made today, released by its site and reviewed, all so many minutes after its registration.

    `ends` says more of the end of its manufacture.
    """
    batch = await registered(seeded, **changes)
    batch.passes(minutes=by_minutes)
    begun = started_at.isoformat()
    await batch.does("wen", "start", started_at=begun, materials=list(materials))
    values = [{"parameter": "Coupling temperature", "value": value, "unit": "Cel", "measured_at": begun}]
    await batch.answers("wen", "parameters", {"values": values})
    await finishes(batch, finished_at=finished_at, **ends)
    await analysed(batch)
    await confirmed(batch)
    document = await seeded.upload(by=await seeded.actor("uta"))
    await batch.does("uta", "disposition", certificate_of_compliance=document)
    document = await seeded.upload(by=await seeded.actor("vito"))
    packed = [{"item": item.value, "document": document} for item in ALWAYS]
    await batch.does("vito", "package", documents=packed)
    for user, action in reviewers.items():
        await batch.does(user, action)
    return batch


async def decides(batch: Qualifying, user: str, asked: str, action: str = "certify", **changes: Any) -> Any:
    """The task of a market is opened, and answered as it suggests, with changes."""
    prefill = await batch.asks(action, market=asked)
    return await batch.answers(user, action, {**prefill, **changes})
