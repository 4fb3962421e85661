"""Imports as their routes write them: an authorisation that covers them, arrivals, clearances."""

from datetime import date, datetime
from typing import Any

from domain.core.entry import Written
from domain.core.names import name_key
from domain.importation.batch_certificate import ManufacturerCertificate, ManufacturerCertificateReview
from domain.importation.consignment import (
    ConsignmentCorrection,
    ConsignmentWithdrawal,
    CustomsClearance,
    ImportConsignment,
)
from domain.oversight.certificate_act import ImportConfirmation, ImportConfirmationWithdrawal
from records.authorisation.tables import AuthorisationRow
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.installation.supplementing import shipped_policy
from records.site.tables import CertificateRow
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.seeded import Seeded

LICENCE = "CERT-801"
REPORTED = {"test": "Impurity I-3", "limit": "\u2264 0.15 %", "result": "0.12 %"}
"""What the maker prints of the test that is registered."""


async def an_importer(
    seeded: Seeded, site_id: str = "VM-02", country: str = "DE", scope_id: str = "SC-1", **changes: Any
) -> str:
    """A site in a country shows an authorisation; whether it covers import is for somebody to confirm."""
    row = {
        "certificate_id": LICENCE,
        "serial": 801,
        "site_id": site_id,
        "scope_id": scope_id,
        "case_id": "QC-0",
        "type": "MIA",
        "number": "DE_RP_01_MIA_2024_0801",
        "authority": "RP",
        "valid_to": date(2029, 3, 10),
        "sort_valid_to": date(2029, 3, 10),
        "scope_text": "Manufacture and importation",
        "document_id": "DOC-1",
        "status": "VERIFIED",
        **changes,
    }
    async with seeded.database.writing() as session:
        session.add(CertificateRow(**row))
        (await session.get_one(SiteRow, site_id)).country = country
    return str(row["certificate_id"])


async def covers_import(
    seeded: Seeded, certificate_id: str = LICENCE, *, at: datetime, by: str = "ines", **given: Any
) -> Written:
    """Somebody has looked up in the register that it does."""
    form = filled(ImportConfirmation, **{"register_checked_on": at.date().isoformat(), **given})
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "certificate.confirm-import", certificate_id, form, at=at)


async def covers_no_import(
    seeded: Seeded, certificate_id: str = LICENCE, *, at: datetime, by: str = "priya"
) -> Written:
    """It is taken back that it does."""
    form, actor = filled(ImportConfirmationWithdrawal), await seeded.actor(by, at=at)
    name = "certificate.withdraw-import"
    return await signs(seeded, actor, name, certificate_id, form, at=at)


async def arrives(
    seeded: Seeded, number: str, batch_id: str | None, *, at: datetime, by: str = "sana", **given: Any
) -> Written:
    """A consignment of a batch has arrived, or of the lot that is given."""
    given = {"arrived_at": at.isoformat(), "from_country": "IN", "authorisation_id": LICENCE, **given}
    if "documents" not in given:
        given["documents"] = [await _paper(seeded)]
    form = filled(ImportConsignment, batch_id=batch_id, **given)
    return await signs(seeded, await seeded.actor(by, at=at), "consignment.arrive", number, form, at=at)


async def is_cleared(seeded: Seeded, number: str, *, at: datetime, by: str = "sana", **given: Any) -> Written:
    """Customs have cleared it."""
    given = {"cleared_on": at.date().isoformat(), "reference": f"MRN-{number}", **given}
    if "documents" not in given:
        given["documents"] = [await _paper(seeded)]
    form = filled(CustomsClearance, **given)
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "consignment.clear", number, form, at=at)


async def is_corrected(
    seeded: Seeded, number: str, batch_id: str | None, *, at: datetime, by: str = "sana", **given: Any
) -> Written:
    """It has arrived otherwise."""
    given = {"from_country": "IN", "authorisation_id": LICENCE, "arrived_at": at.isoformat(), **given}
    form = filled(ConsignmentCorrection, batch_id=batch_id, documents=[await _paper(seeded)], **given)
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "consignment.correct", number, form, at=at)


async def is_taken_back(seeded: Seeded, number: str, *, at: datetime, by: str = "sana") -> Written:
    """It never was."""
    form = filled(ConsignmentWithdrawal)
    return await signs(seeded, await seeded.actor(by, at=at), "consignment.withdraw", number, form, at=at)


async def _paper(seeded: Seeded) -> dict[str, Any]:
    return await seeded.upload()


async def a_maker_certifies(
    seeded: Seeded, number: str, batch_id: str, *, at: datetime, by: str = "ines", **given: Any
) -> Written:
    """The certificate that the maker of a batch has issued is entered: of what the records say of the batch."""
    row = await seeded.row(BatchRow, batch_id)
    site = await seeded.row(SiteRow, row.site_id)
    actor = await seeded.actor(by, at=at)
    scope = await seeded.row(ScopeRow, row.scope_id)
    shown = [
        each.number for each in await seeded.rows(CertificateRow) if (each.site_id, each.type) == (row.site_id, "MIA")
    ]
    licence = shown[-1] if shown else "506789-102"
    maker = {"site_id": row.site_id, "activity": scope.activity, "authorisation": licence}
    known: dict[str, Any] = {
        "batch_id": batch_id,
        "product": row.product,
        "batch_number": row.number,
        "manufactured_on": row.made_on.isoformat() if row.made_on is not None else None,
        "expires_on": row.expiry_on.isoformat() if row.expiry_on is not None else None,
        "sites": [maker],
        "results": [REPORTED],
        **await _number(seeded, row, given.get("importing_country", "DE")),
        "issued_in": site.country,
        "issued_on": at.date().isoformat(),
        **({"strength": row.strength} if row.strength is not None else {}),
    }
    if "document" not in given:
        known["document"] = await seeded.upload(by=actor)
    form = filled(ManufacturerCertificate, **{**known, **given})
    return await signs(seeded, actor, "batch_certificate.enter", number, form, at=at)


async def _number(seeded: Seeded, row: BatchRow, country: str) -> dict[str, str]:
    """That of the authorisation of the product in the importing country, where one is on record."""
    codes = shipped_policy().codes_counting_in(country)
    known = [each for each in await seeded.rows(AuthorisationRow) if each.market in codes]
    numbers = [each.number for each in known if each.product_key == name_key(row.product)]
    return {"authorisation_number": numbers[0]} if numbers else {}


async def is_reviewed(seeded: Seeded, number: str, *, at: datetime, by: str = "priya", **given: Any) -> Written:
    """Another person has compared it with the original."""
    form = filled(ManufacturerCertificateReview, **{"accept": True, **given})
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "batch_certificate.review", number, form, at=at)
