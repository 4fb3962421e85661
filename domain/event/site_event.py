"""What happens at a site and is reported, by the site itself or by the sponsor (domain specification, section 5)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from domain.core.document import Documents
from domain.core.forms import Action, Audience, Form, Process, canonical, sha256
from domain.core.people import SPONSOR_QA_ROLES, Org, Role
from domain.core.refusals import broken
from domain.core.text import Batches, Identifier, Names, ShortText, Text


class TriageOutcome(StrEnum):
    """What an event leads to. NO_ACTION stands alone."""

    NO_ACTION = "NO_ACTION"
    RECORD = "RECORD"
    REASSESS_RISK = "REASSESS_RISK"
    FOR_CAUSE = "FOR_CAUSE"
    SCAR = "SCAR"
    SUSPEND_PROPOSAL = "SUSPEND_PROPOSAL"
    HOLD_BATCHES = "HOLD_BATCHES"


class RiskFact(StrEnum):
    """A fact that makes a scope CRITICAL whatever its score (sections 4 and 10)."""

    OAI = "OAI"
    WARNING_LETTER = "WARNING_LETTER"
    NON_COMPLIANCE = "NON_COMPLIANCE"
    IMPORT_ALERT = "IMPORT_ALERT"
    OPEN_CRITICAL_FINDING = "OPEN_CRITICAL_FINDING"


class EventType(StrEnum):
    """What has happened (section 5)."""

    DEVIATION = "DEVIATION"
    OOS = "OOS"
    CHANGE_NOTIFICATION = "CHANGE_NOTIFICATION"
    INSPECTION_ANNOUNCED = "INSPECTION_ANNOUNCED"
    INSPECTION_STARTED = "INSPECTION_STARTED"
    INSPECTION_OUTCOME = "INSPECTION_OUTCOME"
    WARNING_LETTER = "WARNING_LETTER"
    NON_COMPLIANCE_STATEMENT = "NON_COMPLIANCE_STATEMENT"
    IMPORT_ALERT = "IMPORT_ALERT"
    RECALL = "RECALL"
    COMPLAINT = "COMPLAINT"
    OWNERSHIP_CHANGE = "OWNERSHIP_CHANGE"
    SITE_MOVE = "SITE_MOVE"
    SUBCONTRACTOR_CHANGE = "SUBCONTRACTOR_CHANGE"
    KEY_PERSON_CHANGE = "KEY_PERSON_CHANGE"
    CYBER_INCIDENT = "CYBER_INCIDENT"
    SUPPLY_RISK = "SUPPLY_RISK"
    CERT_UPDATED = "CERT_UPDATED"
    WHISTLEBLOW = "WHISTLEBLOW"
    FALSIFICATION = "FALSIFICATION"
    """A falsified product or starting material is suspected or found (Directive 2011/62/EU)."""
    SERIALISATION_ALERT = "SERIALISATION_ALERT"
    """The verification system has raised an alert on packs of a lot (Delegated Regulation (EU) 2016/161)."""

    @property
    def words(self) -> str:
        """The type in words, as titles say it."""
        return "OOS result" if self is EventType.OOS else self.value.replace("_", " ").capitalize()


AUTHORITY_ACTS = frozenset({
    EventType.INSPECTION_OUTCOME, EventType.WARNING_LETTER, EventType.NON_COMPLIANCE_STATEMENT, EventType.IMPORT_ALERT,
    EventType.RECALL,
})  # fmt: skip
"""Events by which an authority acts (section 5)."""


ALERTS_OF_LOTS = frozenset({EventType.RECALL, EventType.FALSIFICATION, EventType.SERIALISATION_ALERT})
"""Alerts that concern lots, where they name any, and not all that a site makes."""
ALERTS = ALERTS_OF_LOTS | {EventType.IMPORT_ALERT, EventType.NON_COMPLIANCE_STATEMENT}
"""Events that stop certification while they are open (gate G14)."""


class EventSeverity(StrEnum):
    """How grave it is for the quality of what is made there, as far as is known."""

    CRITICAL = "CRITICAL"
    MAJOR = "MAJOR"
    MINOR = "MINOR"


_BY_SEVERITY = frozenset({EventType.DEVIATION, EventType.COMPLAINT})


def calls_lots_into_question(type_: EventType, severity: EventSeverity) -> bool:
    """Whether the lots of a material that an event names are doubtful: by what it is about, or by how grave it is.

    They stay so when the event is closed, unless its triage says of a lot that it is not concerned.
    """
    grave = type_ in _BY_SEVERITY and severity is not EventSeverity.MINOR
    return type_ in ALERTS or type_ is EventType.OOS or grave


class AuthorityOutcome(StrEnum):
    """How an authority's inspection has ended (sections 1 and 5)."""

    NONE = "NONE"
    """No observation, and no classification."""
    NAI = "NAI"
    VAI = "VAI"
    OAI = "OAI"
    FORM_483 = "FORM_483"
    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"


class SiteEventStage(StrEnum):
    """Where an event stands."""

    RECEIVED = "RECEIVED"
    TRIAGED = "TRIAGED"


SITE_REPORTERS = frozenset({Role.CDMO_QA, Role.CDMO_QU_HEAD, Role.CDMO_PM})
REPORTERS = SITE_REPORTERS | SPONSOR_QA_ROLES | {Role.CMC_LEAD, Role.REG_AFFAIRS}


class SiteEventReport(Form):
    """Report an event at a site. `source` and `event_id` identify it: sent again, it changes nothing.

    What the site reports it also sees. What the sponsor reports, a hotline call for example, the site never sees (S6).
    """

    action = Action(
        Process.EVENT, "request", "Report an event at a site", REPORTERS, audience=Audience.SHARED, starts=True
    )

    source: ShortText = Field(examples=["urn:site:quality-system"])
    """The system or register that the event comes from, such as a URI."""
    event_id: ShortText = Field(examples=["DEV-2026-0113"])
    """Its id in that source."""
    type: EventType = Field(examples=[EventType.DEVIATION])
    """What has happened."""
    severity: EventSeverity = Field(examples=[EventSeverity.MAJOR])
    """How grave it is, as far as is known."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_ids: tuple[Identifier, ...] = Field(default=(), max_length=100)
    """The scopes of the site that it concerns; empty for all of them."""
    detected_at: AwareDatetime = Field(examples=["2025-01-13T06:00:00Z"])
    """When it was detected, or became public. The time within which the site has to tell counts from then."""
    lots: Batches = ()
    """Numbers of the batches that may be concerned."""
    products: Names = ()
    """Products that may be concerned."""
    description: Text = Field(examples=["The coupling ran at 52.6 °C, above the proven acceptable range."])
    """What has happened, as far as is known."""
    authority_outcome: AuthorityOutcome | None = None
    """How the authority's inspection has ended, if that is known; for INSPECTION_OUTCOME only."""
    evidence: Documents = ()
    """Documents that show it."""
    reference: ShortText | None = Field(default=None, examples=["DEV-2026-0113"])
    """Number under which it is dealt with: of the deviation, complaint or hotline call. By default the event's id."""

    @property
    def number(self) -> str:
        """The number under which people speak of it."""
        return self.reference or self.event_id


class EventSupplement(Form):
    """Add facts or documents to an event that the site has reported, until it is triaged."""

    action = Action(
        Process.EVENT,
        "supplement",
        "Add facts to the event",
        SITE_REPORTERS,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    facts: Text = Field(examples=["Two further batches ran on the same reactor in that week."])
    """What has become known since."""
    lots: Batches = ()
    """Numbers of further batches that may be concerned."""
    evidence: Documents = ()
    """Documents that show it."""


def supplemented(report: SiteEventReport, supplements: Iterable[EventSupplement]) -> SiteEventReport:
    """The report with the batches and documents that came later, the first ones up to the limits of its form."""
    lots, evidence = dict.fromkeys(report.lots), dict.fromkeys(report.evidence)
    for each in supplements:
        lots.update(dict.fromkeys(each.lots))
        evidence.update(dict.fromkeys(each.evidence))
    return report.model_copy(update={"lots": tuple(lots)[:200], "evidence": tuple(evidence)[:100]})


GOOD_OUTCOMES = frozenset({AuthorityOutcome.NONE, AuthorityOutcome.NAI, AuthorityOutcome.COMPLIANT})
_BAD_OUTCOMES = {
    AuthorityOutcome.OAI: RiskFact.OAI,
    AuthorityOutcome.NON_COMPLIANT: RiskFact.NON_COMPLIANCE,
}
_ADVERSE = {
    EventType.WARNING_LETTER: RiskFact.WARNING_LETTER,
    EventType.NON_COMPLIANCE_STATEMENT: RiskFact.NON_COMPLIANCE,
    EventType.IMPORT_ALERT: RiskFact.IMPORT_ALERT,
}


def adverse_fact(type_: EventType, outcome: AuthorityOutcome | None) -> RiskFact | None:
    """The act of an authority that makes a scope CRITICAL and its suspension a question (section 10); else `None`."""
    if type_ is EventType.INSPECTION_OUTCOME and outcome is not None:
        return _BAD_OUTCOMES.get(outcome)
    return _ADVERSE.get(type_)


def is_critical(type_: EventType, severity: EventSeverity, outcome: AuthorityOutcome | None) -> bool:
    """Whether what is made at the site is in doubt, whenever it was made: by its severity, or as an authority acts."""
    return severity is EventSeverity.CRITICAL or adverse_fact(type_, outcome) is not None


def stops_all_made_there(report: SiteEventReport) -> bool:
    """Whether an event stops all that its scopes make: an act of an authority against the site, or a critical alert.

    An alert that names lots concerns those alone.
    """
    if adverse_fact(report.type, report.authority_outcome) is not None:
        return True
    return report.type in ALERTS_OF_LOTS and not report.lots and report.severity is EventSeverity.CRITICAL


def refuse_unless_reportable(report: SiteEventReport, org: Org, *, now: datetime, ahead: timedelta) -> None:
    """Raise `Refused` with every fault of a report. `ahead` is how far the reporter's clock may be ahead.

    A hotline call is never entered by the site: colleagues of the caller would read it (S6).
    """
    faults: dict[str, str] = {}
    if report.detected_at - now > ahead:
        faults["detected_at"] = "is in the future"
    if report.authority_outcome is not None and report.type is not EventType.INSPECTION_OUTCOME:
        faults["authority_outcome"] = f"is given for {EventType.INSPECTION_OUTCOME} only"
    if org is Org.CDMO and report.type is EventType.WHISTLEBLOW:
        faults["type"] = "a hotline call is reported by the sponsor"
    if faults:
        raise broken("section 5, events", "The event cannot be reported like this.", **faults)


def audience_for(org: Org) -> Audience:
    """Who sees an event, by who reports it (S6)."""
    return Audience.SHARED if org is Org.CDMO else Audience.SPONSOR


def identity(report: SiteEventReport, org: Org) -> str:
    """What makes an event the same, whoever sends it: source and id, on the side of the sponsor or of one site.

    The sides are kept apart, so that neither learns from a refusal what the other has reported (S6).
    """
    side = report.site_id if org is Org.CDMO else Org.SPONSOR.value
    return sha256(canonical([side, report.source, report.event_id]))


_DEVIATIONS = {EventSeverity.CRITICAL: "crit_dev.notify", EventSeverity.MAJOR: "major_dev.notify"}
_NOTICES = {
    EventType.OOS: "oos.notify",
    EventType.INSPECTION_ANNOUNCED: "inspection.notify",
    EventType.INSPECTION_STARTED: "inspection.notify",
    EventType.INSPECTION_OUTCOME: "inspection.outcome",
    EventType.WARNING_LETTER: "inspection.outcome",
    EventType.NON_COMPLIANCE_STATEMENT: "inspection.outcome",
    EventType.IMPORT_ALERT: "inspection.outcome",
    EventType.OWNERSHIP_CHANGE: "ownership.notify",
}


def notice_key(report: SiteEventReport) -> str | None:
    """The policy key of the time within which the site has to tell; `None` if no time is set (section 9).

    A change is announced before its first use, which is a date of its own, not of its detection.
    """
    if report.type is EventType.DEVIATION:
        return _DEVIATIONS.get(report.severity)
    return _NOTICES.get(report.type)
