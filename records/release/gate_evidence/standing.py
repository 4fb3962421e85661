"""G1 and G2: the approved supplier list and the quality agreements over the time of manufacture."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.batch.gate_facts import AgreementFacts, ScopeFacts
from domain.qualification.conditions import ConditionStatus
from domain.site.site import Activity
from records.agreement.in_force import versions_for
from records.agreement.tables import AgreementRow
from records.asl.statements import reach_of, status_of
from records.asl.tables.listing import AslRow, ConditionRow
from records.core.tables.master_data import ScopeRow
from records.release.gate_evidence.context import GateContext


async def statuses_of(context: GateContext) -> tuple[ScopeFacts, ...]:
    """The status of every scope used: at the start, until the end of manufacture, and now."""
    return tuple([await _status_of(context, scope) for scope in context.scopes])


async def _status_of(context: GateContext, scope: ScopeRow) -> ScopeFacts:
    query = select(AslRow).where(col(AslRow.scope_id) == scope.scope_id).order_by(col(AslRow.number))
    statements = (await context.session.exec(query)).all()
    now = _in_force(statements, context.at)
    start = _in_force(statements, context.batch.started_at) if context.batch.started_at is not None else None
    return ScopeFacts(
        scope_id=scope.scope_id,
        site_id=scope.site_id,
        activity=Activity(scope.activity),
        at_manufacture=status_of(start),
        reach_at_manufacture=reach_of(start),
        during=tuple(status_of(_in_force(statements, each)) for each in _instants(context, statements)),
        now=status_of(now),
        reach_now=reach_of(now),
        is_subcontractor=scope.scope_id != context.batch.scope_id,
        approved_in_agreement=scope.scope_id not in context.unnamed,
        conditions_open=await _open_conditions(context, scope.scope_id, statements),
    )


def _in_force(statements: Sequence[AslRow], at: datetime) -> AslRow | None:
    """As `domain.asl.asl.in_force`: of those effective by then the one recorded last."""
    effective = [each for each in statements if each.effective_from <= at]
    return effective[-1] if effective else None


def _instants(context: GateContext, statements: Sequence[AslRow]) -> list[datetime]:
    """When another status may have begun while the batch was made, and the end of manufacture."""
    started_at, made_on = context.batch.started_at, context.batch.made_on
    if started_at is None or made_on is None:
        return []
    end = min(context.calendar.end_of(made_on), context.at)
    return [*sorted(each.effective_from for each in statements if started_at < each.effective_from < end), end]


async def _open_conditions(context: GateContext, scope_id: str, statements: Sequence[AslRow]) -> tuple[str, ...]:
    """Release-relevant conditions of every decision that no later unconditional approval has replaced."""
    decisions: set[str] = set()
    for each in statements:
        if each.effective_from <= context.at:
            decisions = set() if each.status == AslStatus.APPROVED.value else {*decisions, each.decided_in}
    query = select(ConditionRow).where(
        col(ConditionRow.case_id).in_(decisions),
        col(ConditionRow.scope_id) == scope_id,
        col(ConditionRow.release_relevant),
        col(ConditionRow.status) != ConditionStatus.MET.value,
    )
    rows = (await context.session.exec(query.order_by(col(ConditionRow.case_id), col(ConditionRow.number)))).all()
    return tuple(f"{row.case_id}/{row.number}" for row in rows)


async def agreements_of(context: GateContext) -> tuple[AgreementFacts, ...]:
    """The versions of the agreements that were in force while the batch was made."""
    first, last = context.batch.started_on, context.batch.made_on
    if first is None or last is None:
        return ()
    session = context.session
    found = [each for scope in context.scopes for each in _in_force_by_day(await versions_for(session, scope.scope_id))]
    return tuple(each for each in found if each.first <= last and first <= each.last)


def _in_force_by_day(versions: Sequence[AgreementRow]) -> list[AgreementFacts]:
    """Each version from its first day until the next one takes effect, or it lapses."""
    effective = [
        (row.effective_from, row.number, row.version, row) for row in versions if row.effective_from is not None
    ]
    ordered = sorted(effective, key=lambda each: each[:3])
    found: list[AgreementFacts] = []
    for index, (first, _, _, row) in enumerate(ordered):
        following = [begins - timedelta(days=1) for begins, *_ in ordered[index + 1 : index + 2]]
        if row.lapses_on is not None and first <= (last := min([row.lapses_on, *following])):
            found.append(
                AgreementFacts(scope_id=row.scope_id, qta_id=row.qta_id, version=row.version, first=first, last=last)
            )
    return found
