"""Specifications as people find them: the sponsor all of them, a site what is approved for its own scopes (S6)."""

from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, false, literal, true, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.specification import SpecificationStatus, SpecifiedTest
from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.batch.results.specifications import specifications_in_force
from records.batch.tables.analysis import SpecificationRow
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.site.queries.sites import refuse_unknown_place


class SpecificationView(View):
    """One version of the registered specification of a scope's product."""

    spec_id: str
    version: int
    sha256: str
    """What an approval is bound to."""
    scope_id: str
    site_id: str
    status: SpecificationStatus
    markets: tuple[str, ...]
    registration: str
    """Where it is registered."""
    printed_as: tuple[str, ...] = ()
    """The numbers under which certificates print it, beside its own."""
    effective_from: AwareDatetime
    """Never before its approval."""
    former_valid_until: date | None = None
    """Last day on which a batch may be certified to the version that it replaces in its markets."""
    tests: tuple[SpecifiedTest, ...]
    proposed_at: AwareDatetime
    decided_at: AwareDatetime | None
    proposed_by: str | None = None
    """Person id, like `decided_by`; for the sponsor's people, like the reasons."""
    reason: str | None = None
    decided_by: str | None = None
    decision: str | None = None


class SpecificationList(View):
    """A page of versions of specifications."""

    items: tuple[SpecificationView, ...]
    next: str | None = None
    """Cursor of the next page; absent on the last one."""


class SpecificationHistory(View):
    """The specification of a scope in all its versions, the newest first."""

    spec_id: str
    scope_id: str
    in_force: dict[str, int]
    """The version in force now, by market."""
    versions: tuple[SpecificationView, ...]


async def specifications(
    session: AsyncSession, actor: Actor, *, scope: str | None, cursor: str | None, limit: int
) -> SpecificationList:
    """Versions of specifications by scope. Raises `Refused(NOT_FOUND)` for a scope that there is not."""
    await refuse_unknown_place(session, scope=scope)
    order = (col(SpecificationRow.spec_id), col(SpecificationRow.version))
    query = select(SpecificationRow).where(_sees(actor))
    if scope is not None:
        query = query.where(col(SpecificationRow.scope_id) == scope)
    if cursor is not None:
        query = query.where(tuple_(*order) > tuple_(*map(literal, _key(cursor))))
    rows = (await session.exec(query.order_by(*order).limit(limit + 1))).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return SpecificationList(
        items=tuple(_shown(row, actor) for row in rows[:limit]),
        next=pages.encode((last.spec_id, last.version)) if last else None,
    )


async def specification(session: AsyncSession, actor: Actor, scope_id: str, at: datetime) -> SpecificationHistory:
    """The specification of a scope. Raises `Refused(NOT_FOUND)`."""
    query = select(SpecificationRow).where(col(SpecificationRow.scope_id) == scope_id, _sees(actor))
    rows = (await session.exec(query.order_by(col(SpecificationRow.version).desc()))).all()
    if not rows:
        raise Refused(Code.NOT_FOUND, "There is no such specification.", rule="S6")
    markets = sorted({market for row in rows for market in row.markets})
    in_force = await specifications_in_force(session, scope_id, markets, at)
    return SpecificationHistory(
        spec_id=rows[0].spec_id,
        scope_id=scope_id,
        in_force={market: row.version for market, row in in_force.items()},
        versions=tuple(_shown(row, actor) for row in rows),
    )


async def one_version(session: AsyncSession, actor: Actor, spec_id: str, version: int) -> SpecificationView:
    """One version. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(SpecificationRow, (spec_id, version))
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such specification.")
    return _shown(row, actor)


def _sees(actor: Actor) -> ColumnElement[bool]:
    if reads_everything(actor):
        return true()
    if actor.org is not Org.CDMO or not actor.sites:
        return false()
    own = col(SpecificationRow.site_id).in_(sorted(actor.sites))
    return and_(own, col(SpecificationRow.status) == SpecificationStatus.APPROVED.value)


def _shown(row: SpecificationRow, actor: Actor) -> SpecificationView:
    hidden = set() if reads_everything(actor) else {"proposed_by", "reason", "decided_by", "decision"}
    return SpecificationView.model_validate(row.model_dump(exclude=hidden))


def _key(cursor: str) -> tuple[str, int]:
    try:
        spec_id, version = pages.decode(cursor)
        return str(spec_id), pages.whole(version)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
