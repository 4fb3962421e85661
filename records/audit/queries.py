"""Audit programmes as the sponsor's people and inspectors read them; they are no business of a site (S6)."""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.programme import ProgrammeLine, Shortage
from domain.audit.programme_forms import READERS_OF_DRAFTS, refuse_unless_plannable_year
from domain.core.people import Actor, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.audit.programme import drafted
from records.audit.tables.programme import AuditProgrammeRow
from records.core.policies import Policies
from records.core.queries import pages
from records.core.queries.visibility import reads_everything


class ProgrammeDraft(View):
    """What a year asks for, as the records are now. It is the beginning of a proposal."""

    year: int
    lines: tuple[ProgrammeLine, ...]
    shortages: tuple[Shortage, ...]
    """Where auditors cannot do what is drafted."""
    undated: tuple[str, ...]
    """Watched scopes that have no day for their next audit yet."""


class Programme(View):
    """A version of the audit programme of a year."""

    year: int
    version: int
    sha256: str
    """What an approval is bound to."""
    status: str
    """PROPOSED, APPROVED, REJECTED, or SUPERSEDED by a later approved version."""
    lines: tuple[ProgrammeLine, ...]
    shortages: tuple[Shortage, ...]
    summary: str
    proposed_by: str
    """Person id, like `decided_by`."""
    proposed_at: AwareDatetime
    decided_by: str | None
    decided_at: AwareDatetime | None
    reason: str | None
    """Why it was approved or rejected."""


class ProgrammeList(View):
    """A page of programmes."""

    items: tuple[Programme, ...]
    next: str | None = None


async def programme_draft(session: AsyncSession, actor: Actor, year: int, at: datetime) -> ProgrammeDraft:
    """The draft of this year or the next. Raises `Refused`: WRONG_ROLE, RULE_BROKEN."""
    refuse_unless_permitted(actor, by=READERS_OF_DRAFTS)
    refuse_unless_plannable_year(year, at.year)
    draft, undated = await drafted(session, Policies(), year, at)
    return ProgrammeDraft(**dict(draft), undated=undated)


async def programmes(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> ProgrammeList:
    """All versions of all years, the newest first. Raises `Refused(WRONG_ORGANISATION)`."""
    _refuse_outsiders(actor)
    order = (col(AuditProgrammeRow.year), col(AuditProgrammeRow.version))
    query = select(AuditProgrammeRow)
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, _key(cursor))))
    rows = (await session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1))).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return ProgrammeList(
        items=tuple(_shown(row) for row in rows[:limit]),
        next=pages.encode((last.year, last.version)) if last else None,
    )


async def one_programme(session: AsyncSession, actor: Actor, year: int, version: int | None = None) -> Programme:
    """A version of a year's programme, by default the newest. Raises `Refused`: WRONG_ORGANISATION, NOT_FOUND."""
    _refuse_outsiders(actor)
    query = select(AuditProgrammeRow).where(col(AuditProgrammeRow.year) == year)
    if version is not None:
        query = query.where(col(AuditProgrammeRow.version) == version)
    row = (await session.exec(query.order_by(col(AuditProgrammeRow.version).desc()).limit(1))).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, f"There is no such programme for {year}.")
    return _shown(row)


def _refuse_outsiders(actor: Actor) -> None:
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "The audit programme is the sponsor's own.", rule="S6")


def _shown(row: AuditProgrammeRow) -> Programme:
    return Programme.model_validate(row, from_attributes=True)


def _key(cursor: str) -> tuple[int, int]:
    try:
        year, version = map(pages.whole, pages.decode(cursor))
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
    return year, version
