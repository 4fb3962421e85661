"""Whether a consignment brings goods into an area: whence, whither, under what, and cleared (section 18)."""

from collections.abc import Collection, Iterator

from domain.core.countries import country_name
from domain.importation.facts import ConsignmentFacts
from domain.site.certificate import CertificateType


def import_faults(
    consignment: ConsignmentFacts, area: Collection[str], licences: Collection[CertificateType] = ()
) -> Iterator[str]:
    """Why a consignment brings nothing into an area of countries, in words; nothing if it does.

    `licences` are the kinds of authorisations under which it is imported; any if none is named.
    """
    if consignment.from_country in area:
        yield f"came from {country_name(consignment.from_country)}, which is no import"
    if consignment.to_country not in area:
        yield f"arrived at {consignment.place}, outside the area of the market"
    elif (fault := _importer_fault(consignment, licences)) is not None:
        yield f"arrived at {consignment.place}{fault}"
    if consignment.cleared_on is None:
        yield "is not cleared by customs"


def _importer_fault(consignment: ConsignmentFacts, licences: Collection[CertificateType]) -> str | None:
    importer = consignment.importer
    if importer is None:
        return ", which has shown no authorisation for it"
    paper = f"authorisation {importer.number}"
    if not importer.covers_import:
        return f", and nobody has confirmed that {paper} covers import"
    if importer.not_in_force is not None:
        return f" under {paper}, which {importer.not_in_force}"
    if licences and importer.type not in licences:
        return f" under {paper}, which is of no kind that the market takes for it"
    return None
