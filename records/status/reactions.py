"""What follows for status cases: they are opened where people have to decide, and told what is decided elsewhere."""

from domain.asl.asl import AslStatus, SuspensionScope, stream_of
from domain.asl.facts import StatusInDoubt, StatusLeftToPeople, StatusStated
from domain.asl.request import StatusKind, StatusReason, StatusRequest, fits, is_overtaken
from domain.audit.facts import AuditFact, AuditUnacceptable, CapaCritical, FindingCritical
from domain.core.case import Subject
from domain.core.entry import Send
from domain.core.facts import DecisionProposedByEscalation
from domain.core.forms import Process
from domain.site.facts import CertificateStopped
from records.asl.statements import locked_statement, reach_of, status_of
from records.asl.tables.listing import AslRow
from records.core.opening import open_case
from records.core.outgoing import outbox
from records.core.reactions import Consequences, establish, reacts
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.status.cases import is_decided, is_status_case, open_status_cases

_KINDS = {"SUSPEND": StatusKind.SUSPENSION, "PROBATION": StatusKind.PROBATION}
"""What the escalation steps of the policy propose."""


@reacts(StatusInDoubt)
async def puts_it_before_people(writing: Writing, fact: StatusInDoubt) -> Consequences:
    """Open a status case for each scope whose status the proposal would change; people decide on each.

    A second proposal of the same kind joins the open case. Scopes are taken in one order, so that two entries
    never wait for each other.
    """
    case = await writing.session.get_one(CaseRow, fact.case_id)
    owner = fact.case_id if fact.is_told else None
    opened: list[str] = []
    for scope_id in sorted(fact.scope_ids):
        stated = await locked_statement(writing, scope_id)
        if not fits(fact.kind, status_of(stated), reach_of(stated), fact.reach):
            continue
        request = StatusRequest(
            kind=fact.kind,
            site_id=case.site_id,
            scope_id=scope_id,
            reason_code=fact.reason_code,
            narrative=fact.why,
            proposed_scope=fact.reach,
            evidence=fact.evidence,
            source=case.case_id,
        )
        opened.append(await open_case(writing, Process.STATUS, request, owner=owner, requester=fact.requester))
    return Consequences(opened=tuple(opened))


@reacts(FindingCritical, CapaCritical, AuditUnacceptable, order=30)
async def proposes_a_suspension(writing: Writing, fact: AuditFact) -> Consequences:
    """A suspension is put before people, unless the audit asks for that decision itself."""
    if isinstance(fact, FindingCritical) and fact.suspension_is_asked:
        return Consequences()
    doubt = StatusInDoubt(
        case_id=fact.case_id,
        kind=StatusKind.SUSPENSION,
        reason_code=StatusReason.OTHER if isinstance(fact, AuditUnacceptable) else StatusReason.CRITICAL_FINDING,
        why=fact.why,
        reach=SuspensionScope.NEW_ORDERS_AND_RELEASE,
        scope_ids=fact.scope_ids,
        is_told=False,
    )
    return await establish(writing, doubt)


@reacts(CertificateStopped, order=30)
async def proposes_a_suspension_with_the_authority(writing: Writing, fact: CertificateStopped) -> Consequences:
    """What the authority has stopped is put before people for the site's status as well."""
    doubt = StatusInDoubt(
        case_id=fact.case_id,
        kind=StatusKind.SUSPENSION,
        reason_code=StatusReason.REGULATORY_ACTION,
        why=fact.why,
        reach=SuspensionScope.NEW_ORDERS_AND_RELEASE,
        scope_ids=(fact.scope_id,),
        is_told=False,
    )
    return await establish(writing, doubt)


@reacts(DecisionProposedByEscalation)
async def propose_by_escalation(writing: Writing, fact: DecisionProposedByEscalation) -> Consequences:
    """What an escalation step proposes is put before the people who decide."""
    kind = _KINDS.get(fact.proposes)
    if kind is None:
        return Consequences()
    case = await writing.case()
    reach = SuspensionScope.NEW_ORDERS if kind is StatusKind.SUSPENSION else None
    late = StatusReason.CAPA_LATE if case.process == Process.CAPA.value else StatusReason.NO_ANSWER
    doubt = StatusInDoubt(
        case_id=case.case_id,
        kind=kind,
        reason_code=late,
        why=f"{case.case_id}: {fact.says}",
        reach=reach,
        scope_ids=tuple(await _scopes(writing, case)),
        is_told=False,
    )
    return await establish(writing, doubt)


async def _scopes(writing: Writing, case: CaseRow) -> list[str]:
    """The scopes of a case; those of the audit that a CAPA comes from."""
    owner = await writing.session.get(CaseRow, case.owner) if case.owner else None
    from_audit = owner is not None and owner.process == Process.AUDIT.value
    return list(owner.scope_ids if from_audit and owner is not None else case.scope_ids)


@reacts(StatusLeftToPeople)
async def leads_out(writing: Writing, fact: StatusLeftToPeople) -> Consequences:
    """Open the case that leads out of the status: people assess in it what was released, and review the status."""
    request = StatusRequest(
        kind=StatusKind.SUSPENSION,
        site_id=fact.site_id,
        scope_id=fact.scope_id,
        reason_code=fact.reason_code,
        narrative=fact.why,
        proposed_scope=fact.reach,
        source=fact.case_id,
        in_force=True,
    )
    return Consequences(opened=(await open_case(writing, Process.STATUS, request),))


@reacts(StatusStated, order=30)
async def notifies_overtaken_cases(writing: Writing, fact: StatusStated) -> Consequences:
    """Tell the other status cases of a scope that a statement leaves nothing to do for, now or once it takes effect."""
    before = await writing.session.get_one(AslRow, (fact.scope_id, fact.before)) if fact.before else None
    by_status_case = await is_status_case(writing.session, fact.case_id)
    for case in await open_status_cases(writing.session, fact.site_id, fact.scope_id, *StatusKind):
        overtaken = is_overtaken(
            StatusKind(case.kind),
            decided=await is_decided(writing.session, case),
            before=AslStatus(before.status) if before else None,
            after=fact.status,
            scope=fact.suspension_scope,
            by_status_case=by_status_case and fact.case_id != case.case_id,
        )
        if overtaken and case.case_id not in (fact.case_id, writing.entry.stream):
            stream, line = stream_of(fact.scope_id), Send(to=case.case_id, subject=Subject.CHANGED)
            outbox.signal(writing.session, writing.recorded_at, case.case_id, f"{stream}#{fact.number}", stream, line)
    return Consequences()
