"""How cases are shown, in lists and with everything that belongs to them. Built from the records, never stored."""

from pydantic import AwareDatetime, Field, JsonValue

from domain.agreement.views import AgreementView
from domain.audit.views import AuditSummary, Capa, Finding
from domain.batch.views import BatchSummary
from domain.change.views import ChangeSummary
from domain.core.events import Signature
from domain.core.forms import Audience, Meaning, Process
from domain.core.view import EventView, TaskView, View
from domain.delivery.destruction import DestructionSummary
from domain.delivery.returns import ReturnSummary
from domain.delivery.views import ShipmentSummary
from domain.event.views import SiteEventSummary
from domain.exchange.views import ExchangeSummary
from domain.inspection.views import InspectionSummary
from domain.qualification.views import QualificationSummary, RiskView
from domain.site.certificate_view import CertificateView
from domain.status.views import StatusSummary


class Available(View):
    """An action that the caller may take now."""

    action: str
    title: str
    url: str
    method: str = "POST"
    schema_url: str
    signature_meaning: Meaning | None
    task_id: str | None = None
    """The task it answers; none for an action that the case offers at any time."""


class Record(View):
    """A form as it was submitted, with its signature (21 CFR 11.50)."""

    action: str
    version: int
    number: int
    """Number of its event in the case's journal."""
    audience: Audience
    form: dict[str, JsonValue]
    sha256: str
    by_person: str
    by_name: str
    """Printed name at the time of acting."""
    at: AwareDatetime
    recorded_at: AwareDatetime
    signature: Signature | None
    url: str


class CaseSummary(View):
    """A case in a list."""

    case_id: str
    process: Process
    kind: str
    title: str
    supplier_id: str
    site_id: str
    scope_ids: tuple[str, ...]
    owner: str | None
    """The case that is told this one's outcome."""
    stage: str
    outcome: str | None
    held: bool
    overdue: bool
    next_due_at: AwareDatetime | None
    requested_at: AwareDatetime
    closed_at: AwareDatetime | None
    url: str


class CaseList(View):
    """A page of cases."""

    items: tuple[CaseSummary, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""


class EventList(View):
    """A page of events."""

    items: tuple[EventView, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""


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
    returned: ReturnSummary | None = None
    destruction: DestructionSummary | None = None
