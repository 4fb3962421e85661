"""How quality agreements are shown. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.agreement.agreement import AgreementStatus, AgreementTerms
from domain.core.events import Signature
from domain.core.view import View


class AgreementSummary(View):
    """One version of a quality agreement in a list."""

    qta_id: str
    version: int
    site_id: str
    scope_id: str
    case_id: str
    """The qualification that negotiates it."""
    status: AgreementStatus
    title: str
    drafted_by: str
    """Person id, as those below."""
    drafted_at: AwareDatetime
    agreed_at: AwareDatetime | None
    """When the site accepted the text."""
    sponsor_signed_by: str | None
    sponsor_signed_at: AwareDatetime | None
    site_signed_by: str | None
    site_signed_at: AwareDatetime | None
    effective_from: date | None
    review_due: date | None
    lapses_on: date | None
    """Last day in force, unless a new version takes effect before."""
    url: str


class AgreementView(AgreementSummary):
    """One version of a quality agreement, with its terms and signatures."""

    terms: AgreementTerms
    signatures: tuple[Signature, ...]
    """The author's, the sponsor's and the site's, as far as they have signed."""
