"""What leads to an evaluation of a scope, and how its oversight is notified."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import Subject
from domain.core.entry import Send
from domain.core.events import Event
from domain.core.forms import Process
from records.core.outgoing import outbox
from records.core.reactions import after_entry
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing

LEADS_TO_AN_EVALUATION = frozenset({
    "asl.changed",
    "agreement.effective",
    "audit.dated",
    "audit.declare-full-scope",
    "audit.issued",
    "calendar.changed",
    "case.closed",
    "change.classify",
    "policy.change-policy",
    "policy.loaded",
    "qualification.approve-risk",
    "qualification.confirm-lower-tier",
    "qualification.review-documents",
    "risk.approve-risk",
    "risk.confirm-lower-tier",
    "scope.changed",
    "site.changed",
    *(f"{process.noun}.request" for process in Process if not process.of_product and process is not Process.OVERSIGHT),
})  # fmt: skip
"""Types of events after which dates or flags may be others."""
_EVERYWHERE = frozenset({"policy.change-policy", "policy.loaded"})


@after_entry()
async def notify_oversight(writing: Writing) -> None:
    """Tell the oversight of each scope that the events concern, once; the one that writes them itself is not told."""
    events = [event for event in writing.events if event.type in LEADS_TO_AN_EVALUATION]
    told: set[str] = set()
    for event in events:
        for case_id in await _oversight_of(writing.session, event):
            if case_id in told or case_id == writing.entry.stream:
                continue
            told.add(case_id)
            line = Send(to=case_id, subject=Subject.CHANGED)
            message_id = f"{event.stream}#{event.number}"
            outbox.signal(writing.session, event.recorded_at, case_id, message_id, event.stream, line)


async def oversight_case(session: AsyncSession, scope_id: str) -> str | None:
    """The case that watches a scope; `None` if nobody does."""
    query = select(CaseRow.case_id).where(
        col(CaseRow.process) == Process.OVERSIGHT.value,
        col(CaseRow.trigger) == scope_id,
        col(CaseRow.closed_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first()


async def _oversight_of(session: AsyncSession, event: Event) -> list[str]:
    if event.type in _EVERYWHERE:
        everywhere = select(CaseRow.case_id).where(
            col(CaseRow.process) == Process.OVERSIGHT.value, col(CaseRow.closed_at).is_(None)
        )
        return list((await session.exec(everywhere)).all())
    found = [await oversight_case(session, scope_id) for scope_id in await _scopes_of(session, event)]
    return [case_id for case_id in found if case_id is not None]


async def _scopes_of(session: AsyncSession, event: Event) -> list[str]:
    """The scopes that an event is about: those of its case, the one it names, or all of its site or of its calendar."""
    if event.type == "calendar.changed":
        of_calendar = select(SiteRow.site_id).where(col(SiteRow.calendar_id) == event.stream)
        return await _scopes_at(session, (await session.exec(of_calendar)).all())
    if isinstance(scope_id := event.payload.get("scope_id"), str):
        return [scope_id]
    case = await session.get(CaseRow, event.stream)
    if case is not None and case.process == Process.OVERSIGHT.value:
        return []
    if case is not None and case.scope_ids:
        return [str(scope_id) for scope_id in case.scope_ids]
    site_id = event.stream if event.type == "site.changed" else event.site_id
    return await _scopes_at(session, [site_id]) if site_id is not None else []


async def _scopes_at(session: AsyncSession, sites: Collection[str]) -> list[str]:
    query = select(ScopeRow.scope_id).where(col(ScopeRow.site_id).in_(sites)).order_by(col(ScopeRow.scope_id))
    return list((await session.exec(query)).all())
