"""What G6 to G10 look at: how the batch was made and tested (domain specification, section 8)."""

from datetime import date

from pydantic import AwareDatetime

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.deviations.departure import DepartureFilingImpact
from domain.batch.gate.gate import GateFacts
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.change.decision import Filing
from domain.event.site_event import EventSeverity, EventType


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
    set_version: str | None = None
    """The version of the bound set, by which people know it; then that of the effective one."""
    effective_version: str | None = None
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
    accepted_by_name: str | None = None
    """Printed name of who has accepted its assessment, and when."""
    accepted_on: date | None = None
    assessment: str | None = None
    """What was written as it was accepted."""
    unexpected: bool = True
    """What was said as it was accepted."""
    specifications_met: bool = True
    since: AwareDatetime | None = None
    """When it was reported."""
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
    since: AwareDatetime | None = None
    """When it was reported."""


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
    tests: tuple[str, ...] = ()
    """What it reports."""
    site: str = ""
    """The registered laboratory in which it was done, as people find it; empty if none was named."""
    country: str | None = None
    """Where that stands."""
    site_id: str = ""
    """Its id."""
    tested_on: date | None = None
    """Last day of testing."""


class PaperFacts(GateFacts):
    """G9: a certificate of analysis or a report of own testing that counts."""

    report: str
    dated: date
    """Day of issue, or last day of testing."""
    laboratory: str | None = None
    """Of own testing where it was done."""
    specification: str = ""
    """Of a certificate the specification and its version, as it prints them."""
    at: AwareDatetime | None = None
    """When it came."""


class AnalysisFacts(GateFacts):
    """G9: the certificate of analysis against the specification that is registered in the market."""

    spec_id: str | None = None
    spec_version: int | None = None
    versions_met: tuple[int, ...] = ()
    """The versions that are valid in the market and that the results meet."""
    is_registered: bool = True
    """Whether an authorisation in force in the market names a version that counts today; else it is compared all the
    same, with the one in force."""
    specified: tuple[str, ...] = ()
    """The tests of that version."""
    specifications_in_force: tuple[str, ...] = ()
    """What certificates may call the specification: by versions in force for a market of the batch, now or as made."""
    specifications_not_in_force: tuple[str, ...] = ()
    """What other versions of it are called."""
    specifications_tighter: tuple[str, ...] = ()
    """Of these the ones that ask for all that the version in force does, and as much of it."""
    also_valid: tuple[str, ...] = ()
    """Former versions to which the batch may still be certified, each with its last day."""
    by_mode: tuple[str, ...] = ()
    """Lines that not each batch is tested for, with what they rest on."""
    mode_faults: tuple[str, ...] = ()
    """Of these what is not registered in the market, or rests on nothing."""
    certificates: tuple[PaperFacts, ...] = ()
    """The certificate of analysis that counts; none if there is none."""
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
    own_testing_reports: tuple[PaperFacts, ...] = ()
    """The own testing of the batch that counts."""
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
    rejected_on: date | None = None
    """The day on which the sponsor has rejected it, if that is the last word."""
    known_on: date | None = None
    """The day on which it was reported of the batch, or its use was told; else of its notification."""
    filing: Filing | None = None
    """What regulatory affairs states for the market; `None` if it was not heard."""
    reference: str | None = None
    """Of a variation its type or number."""
    touches_registration: bool = False
    """Whether the site says that it touches what is registered in the market."""
    may_be_first: str | None = None
    """Its first batch as it was told, if that is only like the number of the batch: a person says whether it is."""
