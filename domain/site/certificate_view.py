"""How a certificate is shown. Built from the records, never stored."""

from datetime import date

from domain.core.view import View
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.site import Activity


class CertificateView(View):
    """A certificate of a site for a scope."""

    certificate_id: str
    site_id: str
    scope_id: str
    case_id: str
    """The qualification or renewal in which it was shown."""
    type: CertificateType
    number: str
    authority: str
    issued_by: str | None
    """Country of the authority that issued it; null if that is not on record."""
    inspected_on: date | None
    valid_to: date | None
    """Last day of validity, as printed or counted from the inspection; null if it has no end."""
    scope_text: str
    document_id: str
    status: CertificateStatus
    register_checked_on: date | None
    register_checked_by: str | None
    """Person id, like `scope_confirmed_by`; for the sponsor's people and inspectors."""
    scope_confirmed_by: str | None
    confirmed_activity: Activity | None
    """The activity that the scope text names, as that person confirmed."""
    replaces: str | None
    """The certificate whose place it takes."""
    stopped_on: date | None
    """Day from which the authority had suspended or withdrawn it; it did not count from then on."""
    stopped_until: date | None
    """Day from which it counts again."""
    import_checked_on: date | None
    """Of an authorisation when it was looked up that it covers import; null if nobody has."""
    import_confirmed_by: str | None
    """Person id; for the sponsor's people and inspectors."""
    import_wording: str | None
    """In which words it does."""
