"""Gates G1, G2, G4 and G5: whether each site of the family was, and is, fit (domain specification, section 19)."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.outcome import Recommendation
from domain.batch.gate.reasons import About, Kind, Reason
from domain.batch.gate.results import Ask, Found, Needed
from domain.batch.gate.site_facts import (
    AgreementFacts,
    AuditFacts,
    CriticalFacts,
    CriticalUnderWay,
    ReportFacts,
    ScopeFacts,
    StatusFacts,
)
from domain.batch.holds.holds import stops_release
from domain.batch.supply_stage import SupplyStage
from domain.release.evidence import Member
from domain.release.gate_words import words
from domain.release.site_words import place, place_of, status_now, stood

# ---------------------------------------------------------------------- G1


def supplier_status(member: Member) -> Found:
    """G1: every site and scope was approved throughout manufacture and is not stopped for release now.

    A suspension of new orders alone leaves what was made meanwhile to judgement. One that stopped release closes until
    it is lifted; then what was made meanwhile is judged on the evidence of the reinstatement. What is released under a
    conditional status needs every release-relevant condition met (section 4). A subcontractor counts for what the
    quality agreement approves it for (EU GMP Chapter 7, 7.11).
    """
    wrong: list[str] = []
    doubtful: list[str] = []
    asks: set[Needed] = set()
    for scope in member.scopes:
        wrong += _status_faults(scope)
        for status in scope.during:
            doubt = _status_doubt(scope, status)
            if doubt is not None:
                doubtful.append(doubt)
            if status.lifted_in is not None:
                asks.add(Needed(Ask.REINSTATEMENT, status.lifted_in))
    lines = [_status_line(each) for each in member.scopes]
    return Found("Every site and scope was and is approved.", lines, wrong, doubtful, asks=frozenset(asks))


def _is_open_to_judgement(status: StatusFacts) -> bool:
    """Whether a status under which a batch was made may be judged: a stop of new orders, or one that was lifted."""
    orders_only = status.status is AslStatus.SUSPENDED and status.reach is SuspensionScope.NEW_ORDERS
    return orders_only or status.lifted_in is not None


def _status_doubt(scope: ScopeFacts, status: StatusFacts) -> str | None:
    if not _is_open_to_judgement(status):
        return None
    lifted = f", lifted in {status.lifted_in}" if status.lifted_in is not None else ""
    return f"{place(scope)} was {stood(status)} while the batch was made{lifted}"


def _status_faults(scope: ScopeFacts) -> list[str]:
    faults: list[str] = []
    bad = [
        each
        for each in scope.during
        if (each.status is None or not each.status.is_active) and not _is_open_to_judgement(each)
    ]
    if bad:
        faults.append(f"{place(scope)} was {stood(bad[0])} while the batch was made")
    if scope.now is None or stops_release(scope.now, scope.reach_now):
        faults.append(f"{place(scope)} is {stood(status_now(scope))} now")
    if scope.now is not AslStatus.APPROVED and scope.conditions_open:
        faults.append(f"{place(scope)} has conditions that are not met: {', '.join(scope.conditions_open)}")
    if scope.is_subcontractor and scope.not_approved_for is not None:
        faults.append(f"{place(scope)} is a subcontractor that the quality agreement {scope.not_approved_for}")
    return faults


def _status_line(scope: ScopeFacts) -> str:
    held = " > ".join(dict.fromkeys(stood(each) for each in scope.during)) or "not on the list"
    return f"{place(scope)}: {held} at manufacture, {stood(status_now(scope))} now"


# ---------------------------------------------------------------------- G2


def quality_agreement(member: Member) -> Found:
    """G2: a quality agreement was in force for every site and scope on every day of manufacture.

    What was made in a gap is judged by both quality units: the site's statement and a deviation go with the judgement.
    Where no agreement was ever in force nothing is judged.
    """
    if member.first_day is None:
        return Found("Manufacture has not begun.")
    last_day = member.last_day or member.today
    wrong: list[str] = []
    doubtful: list[str] = []
    asks: set[Needed] = set()
    for scope in member.scopes:
        own = [each for each in member.agreements if each.scope_id == scope.scope_id]
        gaps = uncovered(own, member.first_day, last_day)
        if gaps:
            fault = f"no quality agreement was in force for {place(scope)} on {_days(gaps)}"
            (doubtful if any(each.first <= member.today for each in own) else wrong).append(fault)
            asks |= {Needed(Ask.SITE_STATEMENT, scope.site_id), Needed(Ask.DEVIATION, member.batch_id)}
    made = [each for each in member.agreements if each.first <= last_day and member.first_day <= each.last]
    lines = [_agreement_line(member, each) for each in made]
    well = "A quality agreement was in force throughout manufacture."
    return Found(well, lines, wrong, doubtful, asks=frozenset(asks))


def _agreement_line(member: Member, agreement: AgreementFacts) -> str:
    known = f"quality agreement {agreement.qta_id}, version {agreement.version}"
    return f"{place_of(member, agreement.scope_id)}: {known}, {agreement.first} to {agreement.last}"


def uncovered(agreements: Iterable[AgreementFacts], first: date, last: date) -> list[tuple[date, date]]:
    """The gaps from `first` to `last` in which no version was in force, each with its first and last day."""
    gaps: list[tuple[date, date]] = []
    day = first
    for each in sorted(agreements, key=lambda known: known.first):
        if day < each.first and day <= last:
            gaps.append((day, min(each.first - timedelta(days=1), last)))
        day = max(day, each.last + timedelta(days=1))
    return [*gaps, (day, last)] if day <= last else gaps


def _days(gaps: Iterable[tuple[date, date]]) -> str:
    return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in gaps)


# ---------------------------------------------------------------------- G4


def audits(member: Member) -> Found:
    """G4: the last full-scope audit of every scope is within its interval, and nothing found since is worse.

    Overdue it may be justified for a time (policy limit `gate_audit_overdue_max`); of an active substance for the Union
    also later, on evidence [V14]. The outcome is the worst of that audit and all since, unless a later one has verified
    its findings. What is not reported yet is listed and judged. A starting material whose supplier was never audited
    rests on the qualification of that supplier.
    """
    wrong: list[str] = []
    doubtful: list[str] = []
    for each in member.audits:
        place = place_of(member, each.scope_id)
        if not _rests_on_qualification(member, each):
            overdue, may_be_judged = _overdue(member, each, place)
            if overdue is not None:
                (doubtful if may_be_judged else wrong).append(overdue)
        wrong += [_unacceptable(member, each, report, place) for report in each.reports if _is_bad(report)]
        doubtful += _audit_doubts(member, each, place)
    lines = [_audit_line(member, each) for each in member.audits if not _rests_on_qualification(member, each)]
    lines += [
        f"{place_of(member, each.scope_id)}: no audit is due"
        for each in member.audits
        if _rests_on_qualification(member, each)
    ]
    well = "Audits are within their interval, with a positive recommendation."
    return Found(well, lines, wrong, doubtful)


def _rests_on_qualification(member: Member, audit: AuditFacts) -> bool:
    """Whether a starting material rests on the qualification of its supplier alone, as nobody has audited it."""
    return member.supply_stage is SupplyStage.STARTING_MATERIAL and audit.due is None


def _is_bad(report: ReportFacts) -> bool:
    return report.recommendation is Recommendation.UNACCEPTABLE and report.verified_by is None


def _unacceptable(member: Member, audit: AuditFacts, report: ReportFacts, place: str) -> Reason:
    found = f"audit {report.audit_id} found {place} unacceptable"
    return member.reason(found, Kind.UNACCEPTABLE, audit.scope_id, report.audit_id, since=report.last_day)


def _overdue(member: Member, audit: AuditFacts, place: str) -> tuple[Reason | None, bool]:
    """What is late, and whether it may be judged. It is the same lateness until the next audit."""
    if audit.due is None:
        return member.reason(f"{place} was never audited", Kind.NEVER_AUDITED, audit.scope_id), False
    if member.today <= audit.due:
        return None, False
    late = f"the audit of {place} was due on {audit.due}, the last one was on {audit.last_day}"
    in_time = audit.justifiable_until is not None and member.today <= audit.justifiable_until
    reason = member.reason(late, Kind.OVERDUE, audit.scope_id, audit.last_day, since=audit.due)
    return reason, in_time or audit.is_api_for_union


def _audit_doubts(member: Member, audit: AuditFacts, place: str) -> list[Reason]:
    conditional = [
        (f"audit {report.audit_id} recommends {place} under conditions", report)
        for report in audit.reports
        if report.recommendation is Recommendation.CONDITIONAL and report.verified_by is None
    ]
    told = {each.audit_id: each for each in sorted(audit.critical_under_way, key=lambda each: each.audit_id)}
    unreported = [each for each in audit.unreported if each not in told]
    scope = audit.scope_id
    return [
        *(member.reason(said, Kind.CONDITIONS, scope, of.audit_id, since=of.last_day) for said, of in conditional),
        *(_critical(member, each, scope, place) for each in told.values()),
        *(
            member.reason(f"audit {each}, {place}, is over, and not reported", Kind.NOT_REPORTED, scope, each)
            for each in unreported
        ),
    ]


def _critical(member: Member, told: CriticalUnderWay, scope_id: str, place: str) -> Reason:
    """It is about each time that it was told."""
    said = f"audit {told.audit_id} has told {place} of a critical finding, and is not reported"
    names = [told.audit_id, *(f"{told.audit_id} {number}" for number in range(2, told.times + 1))]
    about = (About(Kind.CRITICAL, scope_id, each, member.batch_id) for each in names)
    return Reason(said, *about, since=told.told_on)


def _audit_line(member: Member, audit: AuditFacts) -> str:
    said = ", ".join(_report_line(each) for each in audit.reports) or "as its approval rests on"
    return f"{place_of(member, audit.scope_id)}: audited {audit.last_day}, {said}, due {audit.due}"


def _report_line(report: ReportFacts) -> str:
    verified = f" (verified by audit {report.verified_by})" if report.verified_by is not None else ""
    return f"audit {report.audit_id} {words(report.recommendation)}{verified}"


# ---------------------------------------------------------------------- G5


def critical_findings(member: Member) -> Found:
    """G5: no critical finding and no critical CAPA is open at a scope that was used; what was open then is judged.

    A finding is one from the day on which it was told on site, before any report.
    """
    lines = [f"{each.reference}: {_state(each)} at {each.site} ({each.site_id})" for each in member.critical]
    wrong = [
        f"{each.reference} at {each.site} ({each.site_id}) is critical and {_state(each)}"
        for each in member.critical
        if each.is_open
    ]
    doubtful = [
        f"{each.reference} at {each.site} ({each.site_id}) was critical and open while the batch was made"
        for each in member.critical
        if not each.is_open
    ]
    said = lines or ["critical findings and CAPAs: none open"]
    return Found("No critical finding or CAPA is open.", said, wrong, doubtful)


def _state(critical: CriticalFacts) -> str:
    if critical.told_on is not None:
        return f"was told on site on {critical.told_on}, and is not reported"
    return words(critical.status)
