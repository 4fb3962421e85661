"""How one case is shown, with everything that belongs to it. Built from the records, never stored."""

from pydantic import AwareDatetime

from domain.agreement.views import AgreementView
from domain.batch.views import BatchSummary
from domain.change.views import ChangeSummary
from domain.core.view import TaskView
from domain.delivery.views import ShipmentSummary
from domain.event.views import SiteEventSummary
from domain.exchange.views import ExchangeSummary
from domain.inspection.views import InspectionSummary
from domain.qualification.views import QualificationSummary, RiskView
from domain.site.certificate_view import CertificateView
from domain.status.views import StatusSummary
from domain.views.views import AuditSummary, Available, Capa, CaseSummary, Finding, Record


class CaseView(CaseSummary):
    """A case: where it stands, what it waits for, what was submitted, and what the caller may do."""

    waiting: str
    """Why it is waiting, for whom, until when, and what happens then."""
    hold_reason: str | None = None
    held_at: AwareDatetime | None = None
    requested_by: str | None = None
    """Person id; for the sponsor's people only."""
    cases: tuple[CaseSummary, ...] = ()
    """Cases that report their outcome to this one."""
    tasks: tuple[TaskView, ...] = ()
    actions: tuple[Available, ...] = ()
    records: tuple[Record, ...] = ()
    """The latest version of each form that the caller may see."""
    findings: tuple[Finding, ...] = ()
    capas: tuple[Capa, ...] = ()
    audit: AuditSummary | None = None
    qualification: QualificationSummary | None = None
    certificate: CertificateView | None = None
    """In a renewal: what was sent last, or else the certificate that is renewed."""
    agreement: AgreementView | None = None
    """In the review of an agreement: the version that is drafted, or else the one that is reviewed."""
    event: SiteEventSummary | None = None
    change: ChangeSummary | None = None
    exchange: ExchangeSummary | None = None
    inspection: InspectionSummary | None = None
    risk: RiskView | None = None
    """The newest assessment of a risk review; that of a qualification stands there."""
    status: StatusSummary | None = None
    batch: BatchSummary | None = None
    shipment: ShipmentSummary | None = None
