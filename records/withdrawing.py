"""Routine cases that end because their site is not used for the scope any more."""

from sqlmodel import col, select

from domain.asl import stream_of
from domain.case import Subject
from domain.entry import Tell
from domain.forms import Process
from records import outbox
from records.tables import CaseRow
from records.writing import Writing

_ROUTINE = (Process.RENEWAL, Process.AGREEMENT, Process.RISK, Process.REVIEW)
"""What is done again and again as long as a site is used; a qualification is left to those who decide on it."""


async def withdraw_routine(writing: Writing, site_id: str, scope_id: str, number: int) -> None:
    """Tell the open routine cases of a scope that they are withdrawn, by the statement of this number."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == site_id,
        col(CaseRow.process).in_([process.value for process in _ROUTINE]),
        col(CaseRow.closed_at).is_(None),
    )
    stream = stream_of(scope_id)
    for case in (await writing.session.exec(query.order_by(col(CaseRow.case_id)))).all():
        if scope_id in case.scope_ids and case.case_id != writing.entry.stream:
            line = Tell(to=case.case_id, subject=Subject.WITHDRAWN)
            outbox.signal(writing.session, writing.recorded_at, case.case_id, f"{stream}#{number}", stream, line)
