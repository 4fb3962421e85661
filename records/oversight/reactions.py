"""What follows for the oversight of a site: it begins with the first active status, and routine ends with the last."""

from sqlmodel import col, select

from domain.asl.asl import stream_of
from domain.asl.facts import StatusStated
from domain.core.case import Subject
from domain.core.entry import Send
from domain.core.forms import Process
from domain.oversight.oversight import OversightRequest
from records.core.opening import open_case
from records.core.outgoing import outbox
from records.core.reactions import Consequences, reacts
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.oversight.watching import oversight_case

_ROUTINE = (Process.RENEWAL, Process.AGREEMENT, Process.RISK, Process.REVIEW)
"""What is done again and again as long as a site is used; a qualification is left to those who decide on it."""


@reacts(StatusStated, order=40)
async def withdraws_routine(writing: Writing, fact: StatusStated) -> Consequences:
    """Tell the open routine cases of a scope that is not used any more that they are withdrawn."""
    if not fact.status.is_final:
        return Consequences()
    query = select(CaseRow).where(
        col(CaseRow.site_id) == fact.site_id,
        col(CaseRow.process).in_([process.value for process in _ROUTINE]),
        col(CaseRow.closed_at).is_(None),
    )
    stream = stream_of(fact.scope_id)
    for case in (await writing.session.exec(query.order_by(col(CaseRow.case_id)))).all():
        if fact.scope_id in case.scope_ids and case.case_id != writing.entry.stream:
            line = Send(to=case.case_id, subject=Subject.WITHDRAWN)
            outbox.signal(writing.session, writing.recorded_at, case.case_id, f"{stream}#{fact.number}", stream, line)
    return Consequences()


@reacts(StatusStated, order=50)
async def watches(writing: Writing, fact: StatusStated) -> Consequences:
    """An active status is watched from then on."""
    if not fact.status.is_active or await oversight_case(writing.session, fact.scope_id) is not None:
        return Consequences()
    request = OversightRequest(site_id=fact.site_id, scope_id=fact.scope_id)
    return Consequences(opened=(await open_case(writing, Process.OVERSIGHT, request),))
