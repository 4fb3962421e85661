"""A consignment with the authorisation of its importer, as gates and returns look at it."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.importation.facts import ConsignmentFacts, ImporterFacts
from domain.site.certificate import CertificateType, is_valid_on
from records.core.tables.master_data import SiteRow
from records.importation.tables import ImportConsignmentRow
from records.site.tables import CertificateRow


def consignment_of(row: ImportConsignmentRow, site: SiteRow, paper: CertificateRow | None) -> ConsignmentFacts:
    """What was entered of it, at a site, under an authorisation if one was shown."""
    return ConsignmentFacts(
        number=row.number,
        from_country=row.from_country,
        to_site_id=site.site_id,
        to_site=site.name,
        to_country=site.country,
        arrived_at=row.arrived_at,
        arrived_on=day_at(row.arrived_at, site),
        quantity=Decimal(row.quantity),
        customs_reference=row.customs_reference,
        cleared_on=row.cleared_on,
        importer=_importer(paper, day_at(row.arrived_at, site)) if paper is not None else None,
    )


def _importer(paper: CertificateRow, day: date) -> ImporterFacts:
    """The authorisation as it was on the day of the arrival, at the site."""
    covers = paper.import_confirmed_by is not None
    return ImporterFacts(
        number=paper.number, type=CertificateType(paper.type), covers_import=covers, not_in_force=void_on(paper, day)
    )


def void_on(paper: CertificateRow, day: date) -> str | None:
    """Why an authorisation does not count on a day, in words; `None` if it does."""
    if not is_valid_on(paper.valid_to, day):
        return f"had ended on {paper.valid_to}"
    if paper.stopped_on is not None and paper.stopped_on <= day and not _counts_again(paper, day):
        return f"its authority had stopped on {paper.stopped_on}"
    return None


def day_at(at: datetime, site: SiteRow) -> date:
    """The day at a site."""
    return at.astimezone(ZoneInfo(site.tz)).date()


def _counts_again(paper: CertificateRow, day: date) -> bool:
    return paper.stopped_until is not None and paper.stopped_until <= day
