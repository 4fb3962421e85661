"""Facts as the sponsor's people and inspectors read them: what is true of something, why, and what followed."""

from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import literal, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.fact_view import FactList, FactView
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from records.core.queries import pages
from records.core.queries.visibility import reads_everything, sees_streams
from records.core.tables.facts import FactRow, FactSubjectRow


class Wanted(NamedTuple):
    """Which facts are asked for; what is `None` is not asked."""

    about: str | None = None
    """Those about it, and those that have had a consequence for it."""
    kind: str | None = None
    as_of: datetime | None = None
    """Those that stood at an instant."""


async def facts(session: AsyncSession, actor: Actor, wanted: Wanted, *, cursor: str | None, limit: int) -> FactList:
    """Facts, the newest first. Raises `Refused(WRONG_ORGANISATION)` for a site: they are the sponsor's own (S6)."""
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Facts are the sponsor's own.", rule="S6")
    query = select(FactRow).where(sees_streams(actor, cast("Any", col(FactRow.stream))))
    if wanted.about is not None:
        query = query.join(FactSubjectRow, col(FactSubjectRow.fact_id) == col(FactRow.fact_id))
        query = query.where(col(FactSubjectRow.subject) == wanted.about)
    if wanted.kind is not None:
        query = query.where(col(FactRow.kind) == wanted.kind)
    if wanted.as_of is not None:
        revoked = col(FactRow.revoked_at)
        query = query.where(col(FactRow.established_at) <= wanted.as_of)
        query = query.where(or_(revoked.is_(None), revoked > wanted.as_of))
    order = (col(FactRow.established_at), col(FactRow.fact_id))
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, _key(cursor))))
    rows = (await session.exec(query.order_by(*(each.desc() for each in order)).limit(limit + 1))).all()
    end = rows[limit - 1] if len(rows) > limit else None
    return FactList(
        as_of=wanted.as_of,
        items=tuple(FactView.model_validate(row, from_attributes=True) for row in rows[:limit]),
        next=pages.encode((end.established_at.isoformat(), end.fact_id)) if end else None,
    )


def _key(cursor: str) -> tuple[datetime, str]:
    try:
        at, fact_id = pages.decode(cursor)
        return pages.instant(at), str(fact_id)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
