"""Parameter sets as people read them: a site those of its own scopes, the sponsor all (S6).

What a restricted exchange has agreed on only those of the sponsor read who read the exchange.
"""

from sqlalchemy import ColumnElement, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.exchange.parameter_difference import ContentDifference, difference
from domain.exchange.parameter_rules import Version
from domain.exchange.parameters import ParameterSetStatus
from domain.exchange.views import ParameterSetList, ParameterSetSummary, ParameterSetView
from records.core.queries import pages
from records.core.queries.visibility import is_unrestricted, reads_everything
from records.exchange.parameter_sets import content_of
from records.exchange.tables.parameters import ParameterSetRow


async def parameter_sets(
    session: AsyncSession,
    actor: Actor,
    *,
    scope: str | None,
    status: ParameterSetStatus | None,
    cursor: str | None,
    limit: int,
) -> ParameterSetList:
    """Parameter sets, the one that was agreed on last first."""
    query = select(ParameterSetRow).where(_sees_sets(actor))
    if scope is not None:
        query = query.where(col(ParameterSetRow.scope_id) == scope)
    if status is not None:
        query = query.where(col(ParameterSetRow.status) == status.value)
    order = (col(ParameterSetRow.agreed_at), col(ParameterSetRow.set_id))
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, _key(cursor))))
    rows = (await session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1))).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return ParameterSetList(
        items=tuple(_summary(row) for row in rows[:limit]),
        next=pages.encode((last.agreed_at.isoformat(), last.set_id)) if last else None,
    )


async def one_parameter_set(session: AsyncSession, actor: Actor, set_id: str) -> ParameterSetView:
    """One set. What is to be filed is the sponsor's own. Raises `Refused(NOT_FOUND)`."""
    row, inside = await _visible(session, actor, set_id, "set_id"), reads_everything(actor)
    return ParameterSetView(
        **dict(_summary(row)),
        content=content_of(row),
        sha256=row.sha256,
        deferred=tuple(row.deferred),
        filings=tuple(row.filings) if inside else (),
        filing_change=row.filing_change if inside else None,
    )


async def difference_of_sets(session: AsyncSession, actor: Actor, set_id: str, to: str) -> ContentDifference:
    """What the set `to` says otherwise. Raises `Refused(NOT_FOUND)`, naming the set that there is not."""
    old, new = await _visible(session, actor, set_id, "set_id"), await _visible(session, actor, to, "to")
    return difference(content_of(old), content_of(new))


def _sees_sets(actor: Actor) -> ColumnElement[bool]:
    if reads_everything(actor):
        return is_unrestricted(actor, col(ParameterSetRow.case_id))
    return col(ParameterSetRow.site_id).in_(sorted(actor.sites))


async def _visible(session: AsyncSession, actor: Actor, set_id: str, field: str) -> ParameterSetRow:
    query = select(ParameterSetRow).where(col(ParameterSetRow.set_id) == set_id, _sees_sets(actor))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such parameter set.", fields={field: "unknown"}, rule="S6")
    return row


def _summary(row: ParameterSetRow) -> ParameterSetSummary:
    version, url = str(Version(row.major, row.minor)), f"/v1/parameter-sets/{row.set_id}"
    return ParameterSetSummary.model_validate({**row.model_dump(), "version": version, "url": url})


def _key(cursor: str) -> tuple[object, str]:
    try:
        at, set_id = pages.decode(cursor)
        return pages.instant(at), str(set_id)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
