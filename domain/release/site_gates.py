"""Gates G1 to G5: whether the site was, and is, fit to make the batch (domain specification, section 8)."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.asl.asl import AslStatus
from domain.audit.outcome import Recommendation
from domain.batch.gate_facts import AgreementFacts, AuditFacts, CertificateFacts, ScopeFacts
from domain.batch.gate_results import Found
from domain.batch.holds import stops_release
from domain.release.evidence import BatchEvidence
from domain.site.certificate import CertificateType, is_valid_on
from domain.site.site import Activity

NOT_MADE = "manufacture has not ended"


def certificate_types(activity: Activity) -> frozenset[CertificateType]:
    """What shows that a site may do an activity: a GMP certificate or an authorisation; for storage a wholesale one."""
    stores = {CertificateType.WDA} if activity is Activity.STORAGE else set()
    return frozenset({CertificateType.GMP_CERT, CertificateType.MIA} | stores)


def supplier_status(evidence: BatchEvidence) -> Found:
    """G1: every site and scope was approved throughout manufacture and is not stopped for release now.

    A suspension of new orders alone does not stop release (`domain.batch.holds.stops_release`). What is released under
    a conditional status needs every release-relevant condition met (section 4); a subcontractor is named in the quality
    agreement (EU GMP Chapter 7, 7.11).
    """
    wrong = [NOT_MADE] if evidence.last_day is None else []
    for each in evidence.scopes:
        wrong += _status_faults(each)
    if not evidence.scopes:
        wrong.append("no site and scope is known")
    return Found("Every site and scope was and is approved.", [_status_line(each) for each in evidence.scopes], wrong)


def _status_faults(scope: ScopeFacts) -> list[str]:
    faults: list[str] = []
    statuses = (scope.at_manufacture, *scope.during)
    if bad := [status for status in statuses if status is None or not status.is_active]:
        faults.append(f"{scope.scope_id} was {_status(bad[0])} while the batch was made")
    if scope.now is None or stops_release(scope.now, scope.reach_now):
        faults.append(f"{scope.scope_id} is {_status(scope.now)}{_reach(scope)} now")
    if scope.now is not AslStatus.APPROVED and scope.conditions_open:
        faults.append(f"{scope.scope_id} has conditions that are not met: {', '.join(scope.conditions_open)}")
    if scope.is_subcontractor and not scope.approved_in_agreement:
        faults.append(f"{scope.scope_id} is a subcontractor that the quality agreement does not name")
    return faults


def _status_line(scope: ScopeFacts) -> str:
    held = " > ".join(dict.fromkeys(_status(each) for each in (scope.at_manufacture, *scope.during)))
    return f"{scope.scope_id}: {held} at manufacture, {_status(scope.now)}{_reach(scope)} now"


def _status(status: AslStatus | None) -> str:
    return status.value if status is not None else "not on the list"


def _reach(scope: ScopeFacts) -> str:
    return f"({scope.reach_now})" if scope.reach_now is not None else ""


def quality_agreement(evidence: BatchEvidence) -> Found:
    """G2: a quality agreement was in force for every site and scope on every day of manufacture."""
    if evidence.first_day is None or evidence.last_day is None:
        return Found("", wrong=[NOT_MADE])
    wrong = []
    for scope in evidence.scopes:
        own = [each for each in evidence.agreements if each.scope_id == scope.scope_id]
        gap = uncovered(own, evidence.first_day, evidence.last_day)
        if gap is not None:
            wrong.append(f"no quality agreement was in force for {scope.scope_id} on {gap}")
    lines = [_agreement_line(each) for each in evidence.agreements]
    return Found("A quality agreement was in force throughout manufacture.", lines, wrong)


def _agreement_line(agreement: AgreementFacts) -> str:
    return f"{agreement.scope_id}: {agreement.qta_id} v{agreement.version}, {agreement.first} to {agreement.last}"


def uncovered(agreements: Iterable[AgreementFacts], first: date, last: date) -> date | None:
    """The first day from `first` to `last` on which no version was in force; `None` if there is none."""
    day = first
    for each in sorted(agreements, key=lambda known: known.first):
        if each.first <= day <= each.last:
            day = each.last + timedelta(days=1)
    return day if day <= last else None


def certificates(evidence: BatchEvidence) -> Found:
    """G3: a verified certificate or authorisation names the activity, at manufacture and now; else it is judged.

    The authority may have extended what has ended on paper, or none is issued where the site is: then the certifier
    writes why the site counts as compliant (section 5).
    """
    if evidence.first_day is None or evidence.last_day is None:
        return Found("", wrong=[NOT_MADE])
    doubtful = []
    for scope in evidence.scopes:
        own = [each for each in evidence.certificates if each.scope_id == scope.scope_id and each.covers_activity]
        activity = scope.activity or "its activity"
        if not any(each.is_verified and _counted_on(each, evidence.today) for each in own):
            doubtful.append(f"no valid certificate of {scope.scope_id} names {activity} now")
        doubtful += [
            f"none of {scope.scope_id} named {activity} on {day}"
            for day in dict.fromkeys((evidence.first_day, evidence.last_day))
            if not any(_counted_on(each, day) for each in own)
        ]
    return Found("Valid certificates name the activity.", [_line(each) for each in evidence.certificates], (), doubtful)


def _counted_on(certificate: CertificateFacts, day: date) -> bool:
    begun = certificate.inspected_on is None or certificate.inspected_on <= day
    return begun and is_valid_on(certificate.valid_to, day)


def _line(certificate: CertificateFacts) -> str:
    ends = certificate.valid_to or "no end"
    name = f"{certificate.scope_id}: {certificate.certificate_id} {certificate.type} {certificate.number}".rstrip()
    return f"{name} to {ends}{'' if certificate.covers_activity else ', other activities'}"


def audits(evidence: BatchEvidence) -> Found:
    """G4: the last full-scope audit of every scope is within its interval, its recommendation positive and known.

    Overdue it may be justified for a time (policy limit `gate_audit_overdue_max`), for an active substance in the Union
    never beyond three years [V14]. What an audit recommends under conditions is judged.
    """
    wrong: list[str] = []
    doubtful: list[str] = []
    for each in evidence.audits:
        bad, open_to_doubt = _audit_faults(each, evidence.today)
        wrong += bad
        doubtful += open_to_doubt
    if evidence.audits_known is False:
        wrong.append("the certifier does not know what the audits recommend")
    if {each.scope_id for each in evidence.audits} != {each.scope_id for each in evidence.scopes}:
        wrong.append("of a scope no audit is known")
    lines = [_audit_line(each) for each in evidence.audits]
    return Found("Audits are within their interval, with a positive recommendation.", lines, wrong, doubtful)


def _audit_faults(audit: AuditFacts, today: date) -> tuple[list[str], list[str]]:
    """What is wrong with the audits of a scope, and what is doubtful."""
    wrong: list[str] = []
    doubtful: list[str] = []
    if audit.due is None:
        wrong.append(f"{audit.scope_id} was never audited")
    elif audit.never_after is not None and today > audit.never_after:
        wrong.append(f"the last audit of {audit.scope_id} was more than three years ago ({audit.last_day})")
    elif today > audit.due:
        late = f"the audit of {audit.scope_id} was due on {audit.due}"
        may_be_judged = audit.justifiable_until is not None and today <= audit.justifiable_until
        (doubtful if may_be_judged else wrong).append(late)
    if audit.recommendation is Recommendation.UNACCEPTABLE:
        wrong.append(f"{audit.reported} found {audit.scope_id} unacceptable")
    elif audit.recommendation is Recommendation.CONDITIONAL:
        doubtful.append(f"{audit.reported} recommends {audit.scope_id} under conditions")
    return wrong, doubtful


def _audit_line(audit: AuditFacts) -> str:
    said = f"{audit.reported} {audit.recommendation}" if audit.recommendation else "as its approval rests on"
    return f"{audit.scope_id}: audited {audit.last_day}, {said}, due {audit.due}"


def critical_findings(evidence: BatchEvidence) -> Found:
    """G5: no critical finding and no critical CAPA is open at a scope that was used."""
    lines = [f"{each.reference}: {each.status} at {each.site_id}" for each in evidence.critical]
    wrong = [f"{each.reference} is critical and {each.status}" for each in evidence.critical]
    return Found("No critical finding or CAPA is open.", lines or ["critical findings and CAPAs: none open"], wrong)
