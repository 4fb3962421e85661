"""What G1 to G5 look at: the sites and scopes that were used, and their papers (domain specification, section 8)."""

from datetime import date

from pydantic import AwareDatetime

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.capa import CapaStatus
from domain.audit.finding import FindingStatus
from domain.audit.outcome import Recommendation
from domain.batch.gate.gate import GateFacts
from domain.event.site_event import AuthorityOutcome
from domain.policy.mutual_recognition import ProductKind
from domain.site.certificate import CertificateStatus, CertificateType
from domain.site.site import Activity, ProductStage


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
    company: str = ""
    """Name of its company."""
    activity: Activity | None = None
    """What the scope does; `None` if it is not known."""
    country: str | None = None
    """Where the site stands, ISO 3166-1; `None` if that is not on record."""
    stage: ProductStage | None = None
    """The stage of supply that it makes for; `None` if it is not known."""
    product: str = ""
    """What it makes, as the scope names it."""
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
    issued_by: str | None = None
    """Country of the authority; `None` where that was not asked for when it was entered."""
    inspected_on: date | None = None
    """Last day of the inspection it rests on; it says nothing of the days before."""
    valid_to: date | None = None
    """Last day; `None` if it has no end."""
    checked_on: date | None = None
    """When it was looked up in its register."""
    is_verified: bool = True
    """Whether it counts now; one that another has replaced counted in its time."""
    covers_activity: bool = True
    """Whether a person has confirmed, and looked up in the register, that its scope text names the activity."""
    is_of_other_supply: bool = False
    """Whether it is an authorisation of a kind that the market does not take: for investigational products, or not."""
    stopped_as: CertificateStatus | None = None
    """What its authority has made of it, while that stands: suspended or withdrawn."""
    stopped_on: date | None = None
    """Day from which it was stopped; it did not count from then on."""
    stopped_until: date | None = None
    """Day from which it counts again."""


class RecognisedPapers(GateFacts):
    """G3: what a partner's authorities issue, as far as a row of the policy (`mra`, INSPECTION) recognises it."""

    name: str
    """The row, as people find it."""
    issuers: frozenset[str]
    """The codes of the partner."""
    sites_in: frozenset[str]
    """Where the sites are that it is recognised of."""
    first_day: date
    last_day: date | None = None
    """`None` while it has no end."""
    left_out: ProductKind | None = None
    """What the product is, if the row leaves that out."""


class DeclarationFacts(GateFacts):
    """G3: a declaration of a qualified person on the GMP of a maker, at a scope that was used."""

    scope_id: str
    number: str
    holder: str
    """On whose behalf it was given."""
    audit_id: str
    """What it rests on for this scope."""
    declared_on: date
    valid_until: date
    """Last day on which it counts; not after the day on which the next audit is due, as that is by now."""
    withdrawn_on: date | None = None
    under_none: str | None = None
    """The appointment that it was made under, if that did not count by then."""
    unacceptable: str | None = None
    """The audit, that one or one since then, that has found the scope unacceptable."""


class InspectionFacts(GateFacts):
    """G3: what an inspection by an authority has come to, at a scope that was used."""

    scope_id: str
    case_id: str
    authority: str = "FDA"
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


class CriticalUnderWay(GateFacts):
    """An audit that has told a site of something critical and is not reported yet."""

    audit_id: str
    told_on: date
    """When it was first told."""
    times: int = 1
    """How often it has told of one."""


class AuditFacts(GateFacts):
    """G4: the audits of one scope."""

    scope_id: str
    last_day: date | None = None
    """Last day of the last full-scope audit, or of the bought report that the status rests on."""
    reports: tuple[ReportFacts, ...] = ()
    """What was reported since then, that audit included; none where a bought report or a waiver was decided on."""
    unreported: tuple[str, ...] = ()
    """Audits that are over on site, and whose report is not issued."""
    critical_under_way: tuple[CriticalUnderWay, ...] = ()
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
    told_on: date | None = None
    """When it was told on site, if the report of its audit is not issued yet."""
