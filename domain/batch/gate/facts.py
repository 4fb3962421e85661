"""What the gates look at: facts that the records gather, one model for each gate (domain specification, section 8)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.capa import CapaStatus
from domain.audit.finding import FindingStatus
from domain.audit.outcome import Recommendation
from domain.batch.batch import DeviationClass, DeviationState, OosState, Relation
from domain.batch.deviations.departure import DepartureFilingImpact
from domain.batch.disposition import SiteVerdict
from domain.batch.holds.holds import HoldType
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.change.decision import Filing
from domain.event.site_event import AuthorityOutcome, EventSeverity, EventType
from domain.site.certificate import CertificateType
from domain.site.site import Activity


class Gate(StrEnum):
    """The gates of release (section 8)."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    G5 = "G5"
    G6 = "G6"
    G7 = "G7"
    G8 = "G8"
    G9 = "G9"
    G10 = "G10"
    G11 = "G11"
    G12 = "G12"
    G13 = "G13"
    G14 = "G14"


class GateFacts(BaseModel):
    """Facts as they are at one instant."""

    model_config = ConfigDict(frozen=True)


class StatusFacts(GateFacts):
    """G1: a status that held for a site and scope from an instant on; `None` while it was not on the list."""

    status: AslStatus | None = None
    reach: SuspensionScope | None = None
    since: AwareDatetime | None = None
    decided_in: str | None = None
    """The case that has stated it."""
    lifted_in: str | None = None
    """Of a status that stopped release: the case that has stated the one after it, once that stops none."""


class ScopeFacts(GateFacts):
    """G1: the status of one site and scope that was used, at manufacture and now."""

    scope_id: str
    during: tuple[StatusFacts, ...] = ()
    """Every status that held from the start to the end of manufacture, the first one that of the start."""
    now: AslStatus | None
    reach_now: SuspensionScope | None = None
    is_subcontractor: bool = False
    not_approved_for: str | None = None
    """For a subcontractor: what the quality agreement does not approve it for; `None` if all (Chapter 7, 7.11)."""
    site_id: str = ""
    site: str = ""
    """Name of the site."""
    activity: Activity | None = None
    """What the scope does; `None` if it is not known."""
    conditions_open: tuple[str, ...] = ()
    """Release-relevant conditions that are not met, of all decisions since an approval without any (section 4)."""


class AgreementFacts(GateFacts):
    """G2: one version of the quality agreement of a scope, from its first to its last day in force."""

    scope_id: str
    qta_id: str
    version: int
    first: date
    last: date


class CertificateFacts(GateFacts):
    """G3: a certificate or authorisation that was verified for a scope, now or before another took its place."""

    scope_id: str
    certificate_id: str
    type: CertificateType
    number: str = ""
    inspected_on: date | None = None
    """Last day of the inspection it rests on; it says nothing of the days before."""
    valid_to: date | None = None
    """Last day; `None` if it has no end."""
    is_verified: bool = True
    """Whether it counts now; one that another has replaced counted in its time."""
    covers_activity: bool = True
    """Whether a person has confirmed, and looked up in the register, that its scope text names the activity."""


class InspectionFacts(GateFacts):
    """G3: what an inspection by the FDA has come to, at a scope that was used."""

    scope_id: str
    case_id: str
    outcome: AuthorityOutcome
    last_day: date


class ReportFacts(GateFacts):
    """G4: what an audit has come to whose report was issued."""

    audit_id: str
    last_day: date | None = None
    recommendation: Recommendation
    """What it comes to by now, after disputes."""
    verified_by: str | None = None
    """A later audit that has verified its findings by their ids."""


class AuditFacts(GateFacts):
    """G4: the audits of one scope."""

    scope_id: str
    last_day: date | None = None
    """Last day of the last full-scope audit, or of the bought report that the status rests on."""
    reports: tuple[ReportFacts, ...] = ()
    """What was reported since then, that audit included; none where a bought report or a waiver was decided on."""
    unreported: tuple[str, ...] = ()
    """Audits that are over on site, and whose report is not issued."""
    critical_under_way: tuple[str, ...] = ()
    """Audits that have told the site of a critical finding, and whose report is not issued."""
    due: date | None = None
    """Day by which the next one must have taken place, a waiver counted in."""
    justifiable_until: date | None = None
    """Until when an overdue audit may be justified (policy limit `gate_audit_overdue_max`)."""
    is_api_for_union: bool = False
    """Whether an active substance is made there for the Union: overdue it is justified under signature [V14]."""


class CriticalFacts(GateFacts):
    """G5: a critical finding or CAPA at a scope that is open, or was while a batch was made."""

    reference: str
    site_id: str
    site: str
    """Name of the site."""
    status: FindingStatus | CapaStatus
    is_open: bool = True
    """Whether it is open now."""


class ValueFacts(GateFacts):
    """G6: an actual value of a parameter."""

    parameter: str
    value: str
    unit: str
    in_nor: bool
    in_par: bool
    is_critical: bool
    is_key: bool = False
    """Whether it matters for the process, and not for the quality of the product."""
    is_superseded: bool = False
    """Whether a correction has taken its place; then it is shown and counts no more."""


class DepartureFacts(GateFacts):
    """G6: a parameter with a value outside its proven acceptable range, and what was said of it for the market."""

    parameter: str
    deviation_id: str | None = None
    """The deviation about it, if one of at least MAJOR was reported."""
    accepted: bool = False
    """Whether the decider has accepted its assessment."""
    without_data: tuple[str, ...] = ()
    """Linked quality attributes without data on the impact."""
    assessed_by: str | None = None
    """Who of process development has assessed it."""
    filing: DepartureFilingImpact | None = None
    """What regulatory affairs has stated for the market; `None` if nothing."""
    registered: bool = True
    """Whether the parameter is registered in the market; so long as nobody has said that it is not, it is."""
    limit_missed: bool = False
    """Whether a registered limit in process or of the product is missed."""
    unexpected: bool = True
    known_since: str | None = None
    """What had made the departure known before the batch was begun, as the records have it."""
    specifications_met: bool = True
    cause_corrected: bool = False


class ProcessFacts(GateFacts):
    """G6: the bound parameter set and what was measured."""

    set_id: str | None = None
    """The set that the batch is bound to."""
    effective_set_id: str | None = None
    """The set that was effective as manufacture began, as far as is known now."""
    instruction: str | None = None
    """The master instruction that stands in place of a set, of a step without critical parameters."""
    critical: tuple[str, ...] = ()
    """The critical parameters of the bound set."""
    values: tuple[ValueFacts, ...] = ()
    deviations: tuple[str, ...] = ()
    """The parameters for which a deviation was reported."""
    departures: tuple[DepartureFacts, ...] = ()
    """Critical and key parameters outside their proven acceptable ranges, as far as a value counts."""


class DeviationFacts(GateFacts):
    """G7: a deviation of the batch."""

    deviation_id: str
    deviation_class: DeviationClass
    state: DeviationState
    accepted_by: str | None = None
    unexpected: bool = True
    """What was said as it was accepted."""
    specifications_met: bool = True
    is_seen: bool = True
    """Of a MINOR one: whether the sponsor has looked at it in a review of the batch record since it was reported."""


class OpenEventFacts(GateFacts):
    """G7: an event at a site or scope in the period of manufacture that is open."""

    event_id: str
    type: EventType
    severity: EventSeverity
    site_id: str
    site: str
    """Name of the site."""
    detected_on: date
    is_decided: bool = False
    """Whether its triage is over; then only what that has opened goes on."""
    followed_by: tuple[str, ...] = ()
    """The cases that its triage has opened, and that are open."""


class OosFacts(GateFacts):
    """G8: a result outside its specification or its trend."""

    oos_id: str
    kind: OosKind
    test: str
    state: OosState
    result: str = ""
    """As it was obtained, with its unit."""
    market: str | None = None
    """The only market whose specification it fails; all if there is none."""
    cause: LaboratoryCause | None = None
    """The cause that the laboratory names, or in writing."""
    because: str = ""
    """What shows that it does not count, and who has seen that."""


class ReplacedResult(GateFacts):
    """G9: a failing line that does not count any more: another report has taken its place, or it was invalidated."""

    result: str
    """Test, result and unit, as they were written."""
    report: str
    """Number of the certificate or report that it stands on."""
    replaced_by: str | None = None
    """Number of the one that has taken its place; none if it was invalidated alone."""
    by_name: str = ""
    """Who has entered that."""
    cause: str | None = None
    """What they say was wrong; certificates say it in the reason."""
    raw_data: str | None = None
    """Document id of the raw data that prove it."""
    reason: str = ""
    investigated: str = ""
    """What was found of it as a result outside specification, and who has seen that."""

    def words(self) -> str:
        """In one line."""
        of = f"{self.result} of {self.report}"
        if self.replaced_by is None:
            return f"a failing line does not count: {of}, {self.investigated}"
        by = ", ".join(filter(None, [self.by_name, self.cause, self.raw_data]))
        why = "; ".join(filter(None, [self.investigated or "not investigated", self.reason]))
        return f"a failing line was replaced: {of} by {self.replaced_by} ({by}): {why}"


class OwnTestFacts(GateFacts):
    """G9: a report of own testing that counts, and who has tested."""

    report: str
    at: AwareDatetime
    """When it came."""
    testers: tuple[str, ...] = ()
    """Everybody whose hands it counts as, by person id (S11, S12)."""
    analysts: tuple[str, ...] = ()
    """Names of analysts, as they are printed."""


class AnalysisFacts(GateFacts):
    """G9: the certificate of analysis against the specification that is registered in the market."""

    spec_id: str | None = None
    spec_version: int | None = None
    certificate: bool = False
    """Whether there is a certificate of analysis."""
    missing: tuple[str, ...] = ()
    """Tests of the specification without a result."""
    unknown: tuple[str, ...] = ()
    """Results of tests that the specification does not have."""
    failed: tuple[str, ...] = ()
    """Tests with a result outside the limits, as recomputed; with the reason."""
    unreadable: tuple[str, ...] = ()
    """Results that cannot be compared, with the reason: another unit, no number."""
    disagrees: tuple[str, ...] = ()
    """Tests whose verdict on the certificate is not the recomputed one."""
    own_testing_overdue: bool = False
    """Whether the periodic own testing that confirms the supplier's results is missing or too old."""
    own_testing_on: date | None = None
    own_testing_differs: tuple[str, ...] = ()
    """Tests whose own result differs from the certificate by more than the policy allows."""
    own_tests: tuple[OwnTestFacts, ...] = ()
    """The reports of own testing that count."""
    compared: tuple[str, ...] = ()
    """Results that the program cannot compare and a person has, with the person and what they have read."""
    replaced: tuple[ReplacedResult, ...] = ()
    """Failing lines that do not count any more, of certificates and of own testing."""
    differed: tuple[str, ...] = ()
    """Differences between own testing and a certificate of which one does not count any more."""


class ChangeFacts(GateFacts):
    """G10: a change that the batch was made under."""

    change_id: str
    """The site's own number."""
    case_id: str | None = None
    """The sponsor's case; `None` if the change was never notified."""
    approved: bool = False
    filing: Filing | None = None
    """What regulatory affairs states for the market; `None` if it was not heard."""
    reference: str | None = None
    """Of a variation its type or number."""
    touches_registration: bool = False
    """Whether the site says that it touches what is registered in the market."""


class ReviewFacts(GateFacts):
    """G11: the newest version of one of the sponsor's reviews."""

    action: str
    by_name: str
    persons: tuple[str, ...]
    """Every human whose hands it counts as, in any version (S11, S12)."""
    at: AwareDatetime
    last_by: tuple[str, ...] = ()
    """Those of the newest version."""
    failed: tuple[str, ...] = ()
    """Gates that the reviewer has failed."""
    is_outdated: bool = False
    """Whether a later package has come since."""


class DispositionFacts(GateFacts):
    """G11: what the site's own quality unit has decided."""

    verdict: SiteVerdict
    by_name: str
    persons: tuple[str, ...]


class MaterialFacts(GateFacts):
    """G12: a lot of a starting material."""

    lot: str
    maker: str
    chain: tuple[str, ...] = ()
    """Its way to the site, as it was stated."""
    certificate: str | None = None
    """Document id of the original manufacturer's certificate."""
    is_own: str | None = None
    """The own batch that it is."""
    may_be: tuple[str, ...] = ()
    """Own batches with its number that it may be."""


class LotAlikeFacts(GateFacts):
    """G12: a lot of a starting material has the number of a lot that an event names, which another maker has made."""

    lot: str
    event_id: str
    type: EventType
    site: str
    """Name of the site of the event."""


class TransportFacts(GateFacts):
    """G12: what is known of the transport of one shipment that has arrived or is under way."""

    shipment_id: str
    within_limits: bool | None
    """`None` while the logger data are not there."""
    received: bool = False
    market: str | None = None
    """The market that it goes to; the parts for other markets say nothing of this one."""


class SiteEventFacts(GateFacts):
    """G14: an open recall, import alert or statement of non-compliance that touches a scope or the lot."""

    event_id: str
    type: EventType
    site_id: str
    site: str
    """Name of the site."""
    followed_by: tuple[str, ...] = ()
    """The cases that its triage has opened, and that are open."""


class HoldFacts(GateFacts):
    """G14: a hold that stands on the batch, for the market or for all."""

    hold_id: str
    type: HoldType
    reason: str
    market: str | None = None
    since: AwareDatetime | None = None
    fact: str | None = None
    """The kind of the fact that it follows from (`domain.core.facts.FactName`), if that is one that stands."""
    placed_by: str | None = None
    """Printed name of who has placed it by hand, and lifts it."""
    inherited_from: str | None = None
    """The hold on a batch that this one comes from."""


class ReleaseFacts(GateFacts):
    """G12: whether a batch may be used for a market by whoever decides for it, and since when."""

    since: AwareDatetime | None = None
    """When it was released or confirmed for this use and market; `None` if it was not."""
    shown_by: str = ""
    """By what: the number of its certificate or of its entry in a register."""
    taken_back_at: AwareDatetime | None = None
    """When that was withdrawn or recalled."""
    rejected: bool = False
    """Whether it is rejected for this market."""
    elsewhere: tuple[str, ...] = ()
    """Other markets in which it is rejected, or its release taken back, each in words."""
    at_risk: str | None = None
    """The approved arrangement under which it may be used before its release."""


class ParentFacts(GateFacts):
    """G12: a batch that another one comes from: how and when it was used, and what was known of it."""

    batch_id: str
    number: str
    relation: Relation
    used_at: AwareDatetime | None = None
    """Start of the manufacture in which it was used; `None` before that."""
    used_over: bool = False
    """Whether its shelf life was over when it was used."""
    over_now: bool = False
    """Whether its shelf life is over now."""
    last_day: date | None = None
    """Last day of its shelf life."""
    is_starting_material: bool = False
    release: ReleaseFacts = ReleaseFacts()
    site_released_at: AwareDatetime | None = None
    """When its own site has released it, with its certificate of analysis; `None` if it has not."""
    held_at_use: tuple[str, ...] = ()
    """Holds that stood on it when it was used, and were lifted since."""
    is_rejected: bool = False
    """Whether it is rejected as a whole."""

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.batch_id} ({self.number})"


class ExceptionFacts(GateFacts):
    """An exception of G3, G4 or G10 in an emergency shortage, signed by three (section 10)."""

    exception_id: str
    gate: Gate
    market: str
    authority_letter: str
    """Document id of the letter of the competent authority."""
    granted_at: AwareDatetime


Judgements = Mapping[Gate, str]
"""What the certifier writes for gates that are left to judgement: the rationale, by gate."""
