"""Gates G1 to G5: whether each site was, and is, fit to make a batch of the family (domain specification, 19)."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.outcome import Recommendation
from domain.batch.gate.results import Ask, Found, Needed
from domain.batch.gate.site_facts import (
    AgreementFacts,
    AuditFacts,
    CertificateFacts,
    DeclarationFacts,
    InspectionFacts,
    ReportFacts,
    ScopeFacts,
    StatusFacts,
)
from domain.batch.holds.holds import stops_release
from domain.batch.supply_stage import SupplyStage
from domain.event.site_event import GOOD_OUTCOMES, AuthorityOutcome
from domain.inspection.authorities import authority_key, is_fda
from domain.release.evidence import Member
from domain.release.gate_words import words
from domain.site.certificate import CertificateType, is_valid_on
from domain.site.site import Activity, is_for_eu

_GOOD_FOR_US = GOOD_OUTCOMES | {AuthorityOutcome.VAI}
"""Outcomes of an inspection by the FDA that stand in the way of no release."""
_BAD = frozenset({AuthorityOutcome.OAI, AuthorityOutcome.NON_COMPLIANT})
_OF_THE_SUBSTANCE = frozenset({SupplyStage.INTERMEDIATE, SupplyStage.API})


def certificate_types(activity: Activity) -> frozenset[CertificateType]:
    """What shows that a site may do an activity: a GMP certificate or an authorisation; for storage a wholesale one."""
    stores = {CertificateType.WDA} if activity is Activity.STORAGE else set()
    return frozenset({CertificateType.GMP_CERT, CertificateType.MIA} | stores)


def _place(scope: ScopeFacts) -> str:
    """A scope with its site, as it is told."""
    return f"{scope.scope_id} at {scope.site} ({scope.site_id})" if scope.site_id else scope.scope_id


def _place_of(member: Member, scope_id: str) -> str:
    return next((_place(each) for each in member.scopes if each.scope_id == scope_id), scope_id)


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
    return f"{_place(scope)} was {_stood(status)} while the batch was made{lifted}"


def _status_faults(scope: ScopeFacts) -> list[str]:
    faults: list[str] = []
    bad = [
        each
        for each in scope.during
        if (each.status is None or not each.status.is_active) and not _is_open_to_judgement(each)
    ]
    if bad:
        faults.append(f"{_place(scope)} was {_stood(bad[0])} while the batch was made")
    if scope.now is None or stops_release(scope.now, scope.reach_now):
        faults.append(f"{_place(scope)} is {_stood(_now(scope))} now")
    if scope.now is not AslStatus.APPROVED and scope.conditions_open:
        faults.append(f"{_place(scope)} has conditions that are not met: {', '.join(scope.conditions_open)}")
    if scope.is_subcontractor and scope.not_approved_for is not None:
        faults.append(f"{_place(scope)} is a subcontractor that the quality agreement {scope.not_approved_for}")
    return faults


def _now(scope: ScopeFacts) -> StatusFacts:
    return StatusFacts(status=scope.now, reach=scope.reach_now)


def _status_line(scope: ScopeFacts) -> str:
    held = " > ".join(dict.fromkeys(_stood(each) for each in scope.during)) or "not on the list"
    return f"{_place(scope)}: {held} at manufacture, {_stood(_now(scope))} now"


def _stood(facts: StatusFacts) -> str:
    reach = f" {words(facts.reach)}" if facts.reach is not None else ""
    return f"{words(facts.status)}{reach}" if facts.status is not None else "not on the list"


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
        gap = uncovered(own, member.first_day, last_day)
        if gap is not None:
            fault = f"no quality agreement was in force for {_place(scope)} on {gap}"
            (doubtful if any(each.first <= member.today for each in own) else wrong).append(fault)
            asks |= {Needed(Ask.SITE_STATEMENT, scope.site_id), Needed(Ask.DEVIATION, member.batch_id)}
    made = [each for each in member.agreements if each.first <= last_day and member.first_day <= each.last]
    lines = [_agreement_line(each) for each in made]
    well = "A quality agreement was in force throughout manufacture."
    return Found(well, lines, wrong, doubtful, asks=frozenset(asks))


def _agreement_line(agreement: AgreementFacts) -> str:
    return f"{agreement.scope_id}: {agreement.qta_id} v{agreement.version}, {agreement.first} to {agreement.last}"


def uncovered(agreements: Iterable[AgreementFacts], first: date, last: date) -> date | None:
    """The first day from `first` to `last` on which no version was in force; `None` if there is none."""
    day = first
    for each in sorted(agreements, key=lambda known: known.first):
        if each.first <= day <= each.last:
            day = each.last + timedelta(days=1)
    return day if day <= last else None


# ---------------------------------------------------------------------- G3


def certificates(member: Member) -> Found:
    """G3: the evidence that the stage asks for names the activity, at manufacture and now; else it is judged.

    A starting material rests on the qualification of its supplier. For a dosage form it is a GMP certificate or an
    authorisation. For an intermediate or active substance a GMP certificate counts if there is one; without it, in the
    Union, a declaration of a qualified person that is in force and covers the site (Directive 2001/83/EC, Article
    46(f)), and where none is in force the certifier names the one that covered it.
    For the United States an inspection by the FDA counts as well. What an authority has found in its last inspection
    counts in every market, whatever was declared: what a site that is not compliant makes is not for the Union, the
    rest is judged. The authority may have extended what has ended on paper, or none is issued where the site is: then
    the certifier writes why the site counts as compliant (section 5).
    """
    if member.supply_stage is SupplyStage.STARTING_MATERIAL:
        lines = [f"{_place(each)}: qualified as supplier, see G1" for each in member.scopes]
        return Found("Its supplier is qualified.", lines)
    bare = _bare(member)
    wrong = [fault for scope in member.scopes for fault in _not_compliant(member, scope)]
    lines = [_line(each) for each in member.certificates]
    lines += [_inspection_line(each) for each in member.inspections]
    if _is_declared(member):
        lines += [_declaration_line(member, each) for each in member.declarations]
    asks = frozenset(Needed(Ask.QP_DECLARATION, scope) for scope in _undeclared(member))
    doubtful = [doubt for scope in member.scopes for doubt in _inspection_doubts(member, scope)]
    doubtful += [doubt for found in bare.values() for doubt in found]
    return Found("Valid certificates name the activity.", lines, wrong, doubtful, asks=asks)


def _undeclared(member: Member) -> list[str]:
    """The scopes of which a judgement names the declaration that covered them: nothing else shows their GMP."""
    return [scope_id for scope_id, found in _bare(member).items() if found] if _is_declared(member) else []


def _is_declared(member: Member) -> bool:
    """Whether a declaration of a qualified person shows the GMP of who makes it."""
    return member.supply_stage in _OF_THE_SUBSTANCE and is_for_eu([member.market])


def _bare(member: Member) -> dict[str, list[str]]:
    """What no paper shows of each scope; nothing where a qualified person has declared on it."""
    if member.supply_stage is SupplyStage.STARTING_MATERIAL:
        return {}
    return {
        scope.scope_id: [] if _has_declaration(member, scope) else _certificate_doubts(member, scope)
        for scope in member.scopes
    }


def _has_declaration(member: Member, scope: ScopeFacts) -> bool:
    own = (each for each in member.declarations if each.scope_id == scope.scope_id)
    return _is_declared(member) and any(_counts_no_more(member, each) is None for each in own)


def _counts_no_more(member: Member, declaration: DeclarationFacts) -> str | None:
    """Why a declaration does not count today; `None` if it does."""
    scope = next(each for each in member.scopes if each.scope_id == declaration.scope_id)
    if declaration.withdrawn_on is not None:
        return f"withdrawn on {declaration.withdrawn_on}"
    if declaration.valid_until < member.today:
        return "over"
    if declaration.unacceptable is not None:
        return f"not counting: {declaration.unacceptable} found it unacceptable"
    if scope.now is None or not scope.now.is_active:
        return f"not counting: the site is {_stood(_now(scope))}"
    return None


def _declaration_line(member: Member, declaration: DeclarationFacts) -> str:
    why = _counts_no_more(member, declaration)
    said = f"{declaration.number} for {declaration.holder} on {declaration.audit_id}, {declaration.declared_on}"
    return f"{declaration.scope_id}: declared in {said} to {declaration.valid_until}{f', {why}' if why else ''}"


def _certificate_doubts(member: Member, scope: ScopeFacts) -> list[str]:
    own = [each for each in member.certificates if each.scope_id == scope.scope_id and each.covers_activity]
    inspected = [each for each in _at(member, scope) if is_fda(each.authority)] if _is_us(member) else []
    activity = f"the {words(scope.activity)}" if scope.activity is not None else "its activity"
    doubtful: list[str] = []
    if not any(each.is_verified and _counted_on(each, member.today) for each in own) and not inspected:
        doubtful.append(f"no valid certificate of {_place(scope)} names {activity} now")
    doubtful += [
        f"none of {_place(scope)} named {activity} on {day}"
        for day in dict.fromkeys((member.first_day, member.last_day))
        if day is not None and not any(_counted_on(each, day) for each in own) and not _seen_by(inspected, day)
    ]
    return doubtful


def _inspection_doubts(member: Member, scope: ScopeFacts) -> list[str]:
    return [_found(each, scope) for each in _last_of_each(member, scope) if _is_in_doubt(member, each)]


def _not_compliant(member: Member, scope: ScopeFacts) -> list[str]:
    return [_found(each, scope) for each in _last_of_each(member, scope) if _closes(member, each)]


def _closes(member: Member, inspection: InspectionFacts) -> bool:
    """What a site that is not compliant makes is not for the Union (Directive 2001/83/EC, Article 111)."""
    return inspection.outcome is AuthorityOutcome.NON_COMPLIANT and is_for_eu([member.market])


def _is_in_doubt(member: Member, inspection: InspectionFacts) -> bool:
    """Of the FDA for the United States whatever is not good; of every authority what is bad."""
    if _is_us(member) and is_fda(inspection.authority):
        return inspection.outcome not in _GOOD_FOR_US
    return inspection.outcome in _BAD and not _closes(member, inspection)


def _at(member: Member, scope: ScopeFacts) -> list[InspectionFacts]:
    return [each for each in member.inspections if each.scope_id == scope.scope_id]


def _last_of_each(member: Member, scope: ScopeFacts) -> list[InspectionFacts]:
    """The last inspection of each authority; they come the oldest first."""
    return list({authority_key(each.authority): each for each in _at(member, scope)}.values())


def _found(inspection: InspectionFacts, scope: ScopeFacts) -> str:
    by = "the FDA" if is_fda(inspection.authority) else inspection.authority
    return f"{inspection.case_id}: {by} found {_place(scope)}: {words(inspection.outcome)}"


def _is_us(member: Member) -> bool:
    return member.market == "US"


def _seen_by(inspected: Iterable[InspectionFacts], day: date) -> bool:
    """Whether the FDA had inspected by a day, and its last outcome until then was good."""
    until = [each.outcome for each in inspected if each.last_day <= day]
    return bool(until) and until[-1] in _GOOD_FOR_US


def _counted_on(certificate: CertificateFacts, day: date) -> bool:
    begun = certificate.inspected_on is None or certificate.inspected_on <= day
    return begun and is_valid_on(certificate.valid_to, day)


def _inspection_line(inspection: InspectionFacts) -> str:
    outcome = words(inspection.outcome)
    return f"{inspection.scope_id}: {inspection.authority} {inspection.case_id} {outcome}, {inspection.last_day}"


def _line(certificate: CertificateFacts) -> str:
    ends = certificate.valid_to or "no end"
    name = f"{certificate.certificate_id} {words(certificate.type)} {certificate.number}".rstrip()
    return f"{certificate.scope_id}: {name} to {ends}{'' if certificate.covers_activity else ', other activities'}"


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
        place = _place_of(member, each.scope_id)
        if not _rests_on_qualification(member, each):
            overdue, may_be_judged = _overdue(each, place, member.today)
            if overdue is not None:
                (doubtful if may_be_judged else wrong).append(overdue)
        wrong += [f"{report.audit_id} found {place} unacceptable" for report in each.reports if _is_bad(report)]
        doubtful += _audit_doubts(each, place)
    lines = [_audit_line(each) for each in member.audits if not _rests_on_qualification(member, each)]
    lines += [f"{each.scope_id}: no audit is due" for each in member.audits if _rests_on_qualification(member, each)]
    well = "Audits are within their interval, with a positive recommendation."
    return Found(well, lines, wrong, doubtful)


def _rests_on_qualification(member: Member, audit: AuditFacts) -> bool:
    """Whether a starting material rests on the qualification of its supplier alone, as nobody has audited it."""
    return member.supply_stage is SupplyStage.STARTING_MATERIAL and audit.due is None


def _is_bad(report: ReportFacts) -> bool:
    return report.recommendation is Recommendation.UNACCEPTABLE and report.verified_by is None


def _overdue(audit: AuditFacts, place: str, today: date) -> tuple[str | None, bool]:
    """What is late, and whether it may be judged."""
    if audit.due is None:
        return f"{place} was never audited", False
    if today <= audit.due:
        return None, False
    late = f"the audit of {place} was due on {audit.due}, the last one was on {audit.last_day}"
    in_time = audit.justifiable_until is not None and today <= audit.justifiable_until
    return late, in_time or audit.is_api_for_union


def _audit_doubts(audit: AuditFacts, place: str) -> list[str]:
    doubtful = [
        f"{report.audit_id} recommends {place} under conditions"
        for report in audit.reports
        if report.recommendation is Recommendation.CONDITIONAL and report.verified_by is None
    ]
    critical = set(audit.critical_under_way)
    doubtful += [f"{each} has told {place} of a critical finding, and is not reported" for each in sorted(critical)]
    return doubtful + [
        f"{each} at {place} is over, and not reported" for each in audit.unreported if each not in critical
    ]


def _audit_line(audit: AuditFacts) -> str:
    said = ", ".join(_report_line(each) for each in audit.reports) or "as its approval rests on"
    return f"{audit.scope_id}: audited {audit.last_day}, {said}, due {audit.due}"


def _report_line(report: ReportFacts) -> str:
    verified = f" (verified by {report.verified_by})" if report.verified_by is not None else ""
    return f"{report.audit_id} {words(report.recommendation)}{verified}"


# ---------------------------------------------------------------------- G5


def critical_findings(member: Member) -> Found:
    """G5: no critical finding and no critical CAPA is open at a scope that was used; what was open then is judged."""
    lines = [f"{each.reference}: {words(each.status)} at {each.site} ({each.site_id})" for each in member.critical]
    wrong = [
        f"{each.reference} at {each.site} ({each.site_id}) is critical and {words(each.status)}"
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
