"""What the status in force demands of the decision on a qualification: a reopening, or the rules of a reinstatement."""

from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.asl.lifting import critical_to, refuse_leads, refuse_while_hindered
from domain.qualification.decision import QualificationOutcome, ends_a_suspension, refuse_unless_reopened
from domain.qualification.request import QualificationRequest, Reopening
from records.asl.statements import locked_statement, status_of
from records.asl.tables.listing import AslRow
from records.audit.leads import leads_of_scope
from records.core.lookups import Lookups
from records.core.tables.cases import RecordRow
from records.qualification.lifting import hindrances


async def refuse_if_ended_since(lookups: Lookups, outcome: QualificationOutcome) -> None:
    """Raise `Refused` when the scope was disqualified or retired and this case was not reopened after that."""
    before = await locked_statement(lookups.writing, lookups.case.scope_ids[0])
    if before is None:
        return
    disqualified = before.status == AslStatus.DISQUALIFIED.value
    begun = await _reopened(lookups) if disqualified else (await lookups.rows(QualificationRequest))[0]
    known = begun is not None and await _is_known(lookups, before, begun)
    refuse_unless_reopened(outcome, status_of(before), known=known)


async def _reopened(lookups: Lookups) -> RecordRow | None:
    """The yes to the reopening of this case, if there is one."""
    rows = [row for row in await lookups.rows(Reopening) if Reopening.stored(row.form).reopen]
    return rows[0] if rows else None


async def _is_known(lookups: Lookups, statement: AslRow, begun: RecordRow) -> bool:
    """Whether the status was on the list already when the case began; a statement that repeats it counts as it."""
    query = select(AslRow.recorded_at).where(
        col(AslRow.scope_id) == statement.scope_id,
        col(AslRow.status) == statement.status,
        col(AslRow.decided_in) == statement.decided_in,
    )
    first = (await lookups.session.exec(query.order_by(col(AslRow.number)).limit(1))).one()
    return first < begun.recorded_at


async def refuse_unless_liftable(lookups: Lookups, outcome: QualificationOutcome) -> None:
    """Raise `Refused` when a signature would end a suspension against section 5, or by who led an audit (S2)."""
    (scope_id,) = lookups.case.scope_ids
    if ends_a_suspension(outcome, status_of(await locked_statement(lookups.writing, scope_id))):
        refuse_leads(lookups.writing.actor.persons, await leads_of_scope(lookups, scope_id))
        refuse_while_hindered(critical_to(await hindrances(lookups)))
