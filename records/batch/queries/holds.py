"""Holds on batches as the sponsor's people and inspectors read them."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import ColumnElement, literal, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.hold_view import HoldList, HoldView
from domain.batch.holds.holds import HoldType
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from records.batch.holds.holds import fact_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.site.queries.sites import refuse_unknown_place


class Wanted(NamedTuple):
    """Which holds are asked for; what is `None` is not asked."""

    scope: str | None = None
    batch: str | None = None
    type: HoldType | None = None
    market: str | None = None
    """Those that stop it: its own, and those of all markets."""
    still_open: bool | None = None


async def holds(session: AsyncSession, actor: Actor, wanted: Wanted, *, cursor: str | None, limit: int) -> HoldList:
    """Holds, the newest first.

    Raises `Refused`: WRONG_ORGANISATION for a site, the reasons of holds are the sponsor's own (S6); NOT_FOUND for a
    scope that there is not.
    """
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Holds are the sponsor's own.", rule="S6")
    await refuse_unknown_place(session, scope=wanted.scope)
    order = (col(HoldRow.placed_at), col(HoldRow.hold_id))
    query = select(HoldRow, BatchRow).join(BatchRow, col(BatchRow.batch_id) == col(HoldRow.batch_id))
    query = query.where(*_conditions(wanted))
    if cursor is not None:
        at, hold_id = _key(cursor)
        query = query.where(tuple_(*order) < tuple_(literal(at), literal(hold_id)))
    found = (await session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1))).all()
    rows = cast("list[tuple[HoldRow, BatchRow]]", list(found))
    end = rows[limit - 1][0] if len(rows) > limit else None
    return HoldList(
        items=tuple(_shown(hold, batch) for hold, batch in rows[:limit]),
        next=pages.encode((end.placed_at.isoformat(), end.hold_id)) if end else None,
    )


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (BatchRow.scope_id, wanted.scope),
        (HoldRow.batch_id, wanted.batch),
        (HoldRow.type, wanted.type),
    ):
        if value is not None:
            yield col(column) == value
    if wanted.market is not None:
        yield or_(col(HoldRow.market).is_(None), col(HoldRow.market) == wanted.market)
    if wanted.still_open is not None:
        lifted = col(HoldRow.lifted_at)
        yield lifted.is_(None) if wanted.still_open else lifted.is_not(None)


def _shown(hold: HoldRow, batch: BatchRow) -> HoldView:
    return HoldView(
        **hold.model_dump(),
        batch_number=batch.number,
        site_id=batch.site_id,
        scope_id=batch.scope_id,
        fact=fact_of(hold),
    )


def _key(cursor: str) -> tuple[datetime, str]:
    try:
        at, hold_id = pages.decode(cursor)
        return pages.instant(at), str(hold_id)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
