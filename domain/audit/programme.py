"""The annual audit programme: what is due in a year, when it is planned, and who could do it (sections 6 and 9)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict, Field

from domain.core.days import add_months
from domain.core.forms import Value
from domain.core.refusals import broken
from domain.core.standard import Standard
from domain.core.text import Identifier, Text
from domain.policy.limits import Limits
from domain.site.site import Activity, RiskTier

_MONTHS = range(1, 13)
_OF_ACTIVITY = {
    Activity.API_MFG: frozenset({Standard.EU_GMP_II_ICH_Q7}),
    Activity.INTERMEDIATE: frozenset({Standard.EU_GMP_II_ICH_Q7}),
    Activity.DRUG_PRODUCT: frozenset({Standard.EU_GMP_I}),
    Activity.STERILE_FILL: frozenset({Standard.EU_GMP_I, Standard.ANNEX_1}),
    Activity.PACKAGING: frozenset({Standard.EU_GMP_I}),
    Activity.TESTING: frozenset({Standard.EU_GMP_I}),
    Activity.STORAGE: frozenset({Standard.GDP}),
    Activity.DEVELOPMENT: frozenset({Standard.EU_GMP_I}),
}
_FINISHED = frozenset({Activity.DRUG_PRODUCT, Activity.STERILE_FILL, Activity.PACKAGING})


class WatchedScope(BaseModel):
    """A scope under oversight, and when it is to be audited."""

    model_config = ConfigDict(frozen=True)

    scope_id: str
    site_id: str
    activity: Activity
    standards: frozenset[Standard] = frozenset()
    """Standards that its markets ask for of who makes medicines, by their rows."""
    tier: RiskTier
    due: date
    """Day by which the next audit must have taken place."""
    latest: date
    """The same with the grace of the policy (`audit.interval`, 90 days by default)."""
    interval_months: int = Field(ge=1)
    """Months from that audit to the one after it."""


class Auditor(BaseModel):
    """Somebody who may be on a team."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    valid_to: date
    standards: frozenset[str]


class ProgrammeLine(Value):
    """One audit of the year. Site, scopes, due day and latest day are those of the draft."""

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_ids: tuple[Identifier, ...] = Field(min_length=1, max_length=100, examples=[["SC-1"]])
    """The scopes that one audit covers, since they are due within the grace of the first."""
    due: date = Field(examples=["2027-03-12"])
    """Day by which the audit must have taken place: the soonest of its scopes."""
    latest: date = Field(examples=["2027-06-10"])
    """Last day within the grace. The audit is planned no later."""
    month: int = Field(ge=1, le=12, examples=[3])
    """Month in which it is planned."""
    person_days: int = Field(ge=1, le=200, examples=[6])
    """Days times auditors."""
    standards: tuple[Standard, ...] = Field(min_length=1, max_length=len(Standard), examples=[["EU_GMP_II_ICH_Q7"]])
    """Standards that its activities need."""
    reason: Text | None = None
    """Required where month or person-days differ from the draft: why."""


class Shortage(Value):
    """A month in which more is planned than auditors can do."""

    month: int = Field(ge=1, le=12, examples=[3])
    """The month."""
    standard: Standard | None = None
    """The standard that too few may audit against; null if there are too few auditors altogether."""
    needed: Decimal = Field(examples=["12.00"])
    """Person-days planned."""
    available: Decimal = Field(examples=["10.00"])
    """Person-days of the auditors who are qualified through the month."""


class Draft(BaseModel):
    """What a year asks for."""

    model_config = ConfigDict(frozen=True)

    year: int
    lines: tuple[ProgrammeLine, ...]
    shortages: tuple[Shortage, ...]


def draft(scopes: Iterable[WatchedScope], auditors: Sequence[Auditor], limits: Limits, year: int) -> Draft:
    """The audits that are due until the end of the year, the soonest first, each in the month of its due day.

    What is overdue when the year begins is planned in January. Scopes of a site that are due within the grace of the
    first make one audit, of the gravest tier's person-days (policy keys `audit_person_days`, `auditor_days_per_year`).
    """
    dues = sorted((due for scope in scopes for due in _dues(scope, year)), key=lambda due: (due.due, due.scope_id))
    groups: dict[str, list[list[WatchedScope]]] = {}
    for due in dues:
        at_site = groups.setdefault(due.site_id, [])
        if at_site and due.due <= at_site[-1][0].latest and due.scope_id not in {one.scope_id for one in at_site[-1]}:
            at_site[-1].append(due)
        else:
            at_site.append([due])
    lines = [_line(group, limits, year) for at_site in groups.values() for group in at_site]
    planned = tuple(sorted(lines, key=lambda line: (line.due, line.site_id)))
    return Draft(year=year, lines=planned, shortages=shortages(planned, auditors, limits, year))


def shortages(
    lines: Iterable[ProgrammeLine], auditors: Sequence[Auditor], limits: Limits, year: int
) -> tuple[Shortage, ...]:
    """Where the qualified auditors cannot do what is planned: by month, altogether and for each standard.

    An auditor counts in a month if the qualification lasts to its end. Languages are not looked at: sites tell them
    with the plan of the audit.
    """
    lines, found = tuple(lines), []
    monthly = Decimal(limits.auditor_days_per_year) / 12
    for month in _MONTHS:
        planned = [line for line in lines if line.month == month]
        qualified = [each for each in auditors if each.valid_to >= _end_of(year, month)]
        for standard in (None, *Standard):
            needed = sum(line.person_days for line in planned if standard is None or standard in line.standards)
            fit = sum(1 for each in qualified if standard is None or standard in each.standards)
            available = (monthly * fit).quantize(Decimal("0.01"), ROUND_HALF_UP)
            if needed > available:
                found.append(Shortage(month=month, standard=standard, needed=Decimal(needed), available=available))
    return tuple(found)


def standards_for(activity: Activity, asked: Iterable[Standard]) -> frozenset[Standard]:
    """The standards that an activity needs: its own, and of who makes medicines those that the markets ask for [P]."""
    return _OF_ACTIVITY[activity] | (frozenset(asked) if activity in _FINISHED else frozenset())


def refuse_unless_programme(lines: Sequence[ProgrammeLine], drafted: Draft) -> None:
    """Raise `Refused` with every fault: nothing that is due is left out, nothing is planned past the grace."""
    due = {_identity(line): line for line in drafted.lines}
    faults: dict[str, str] = {}
    seen: set[tuple[object, ...]] = set()
    for index, line in enumerate(lines):
        wanted = due.get(_identity(line))
        if wanted is None:
            faults[f"lines.{index}"] = "is no audit of the draft"
        elif _identity(line) in seen:
            faults[f"lines.{index}"] = "is planned twice"
        else:
            faults |= _line_faults(line, wanted, f"lines.{index}", drafted.year)
        seen.add(_identity(line))
    if missing := [line for key, line in due.items() if key not in seen]:
        faults["lines"] = "; ".join(f"{line.site_id} is due on {line.due}" for line in missing)
    if faults:
        raise broken("section 6, annual programme", "The programme breaks a rule.", **faults)


def _line_faults(line: ProgrammeLine, wanted: ProgrammeLine, path: str, year: int) -> dict[str, str]:
    faults: dict[str, str] = {}
    if line.month > (last := _last_month(line.latest, year)):
        faults[f"{path}.month"] = f"must not be after {last}: the grace ends on {line.latest}"
    if not set(wanted.standards) <= set(line.standards):
        faults[f"{path}.standards"] = f"must hold {', '.join(wanted.standards)}"
    if (line.month, line.person_days) != (wanted.month, wanted.person_days) and line.reason is None:
        faults[f"{path}.reason"] = "say why it is planned otherwise"
    return faults


def _dues(scope: WatchedScope, year: int) -> Iterable[WatchedScope]:
    grace, due = scope.latest - scope.due, scope.due
    while due.year <= year:
        yield scope.model_copy(update={"due": due, "latest": due + grace})
        due = add_months(max(due, date(year, 1, 1)), scope.interval_months)


def _line(group: Sequence[WatchedScope], limits: Limits, year: int) -> ProgrammeLine:
    first = group[0]
    standards = {standard for scope in group for standard in standards_for(scope.activity, scope.standards)}
    return ProgrammeLine(
        site_id=first.site_id,
        scope_ids=tuple(sorted(scope.scope_id for scope in group)),
        due=first.due,
        latest=first.latest,
        month=first.due.month if first.due.year == year else 1,
        person_days=max(limits.audit_person_days[scope.tier] for scope in group),
        standards=tuple(sorted(standards)),
    )


def _last_month(latest: date, year: int) -> int:
    """What is past its grace already is planned in January."""
    return 12 if latest.year > year else latest.month if latest.year == year else 1


def _end_of(year: int, month: int) -> date:
    return add_months(date(year, 1, 31), month - 1)


def _identity(line: ProgrammeLine) -> tuple[object, ...]:
    return (line.site_id, line.scope_ids, line.due, line.latest)
