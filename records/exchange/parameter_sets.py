"""Which parameters hold for a scope at an instant, and how a set becomes agreed, effective or withdrawn."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Audience
from domain.exchange.parameter_rules import Version
from domain.exchange.parameters import ParameterContent, ParameterSetStatus
from records.core.writing import Writing
from records.exchange.tables.parameters import ParameterSetRow

_VERSION = (col(ParameterSetRow.major), col(ParameterSetRow.minor))
_NEWEST = tuple(column.desc() for column in _VERSION)


async def effective_set(session: AsyncSession, scope_id: str, at: datetime) -> ParameterSetRow | None:
    """The parameter set of a scope that was effective at an instant; `None` if none was."""
    query = (
        select(ParameterSetRow)
        .where(col(ParameterSetRow.scope_id) == scope_id, col(ParameterSetRow.effective_at) <= at)
        .order_by(col(ParameterSetRow.effective_at).desc(), col(ParameterSetRow.set_id).desc())
    )
    return (await session.exec(query.limit(1))).first()


async def newest_set(session: AsyncSession, scope_id: str) -> ParameterSetRow | None:
    """The set of a scope that was agreed on last, effective or not; the next one takes its place."""
    query = select(ParameterSetRow).where(
        col(ParameterSetRow.scope_id) == scope_id,
        col(ParameterSetRow.status) != ParameterSetStatus.WITHDRAWN.value,
    )
    return (await session.exec(query.order_by(*_NEWEST).limit(1))).first()


async def standing_sets(session: AsyncSession, scope_id: str) -> Sequence[ParameterSetRow]:
    """The set of a scope that is in effect, and those that were agreed on and wait."""
    query = select(ParameterSetRow).where(
        col(ParameterSetRow.scope_id) == scope_id,
        col(ParameterSetRow.status).in_((ParameterSetStatus.AGREED.value, ParameterSetStatus.EFFECTIVE.value)),
    )
    return (await session.exec(query.order_by(*_NEWEST))).all()


async def newest_version(session: AsyncSession, scope_id: str) -> Version | None:
    """The greatest version that a set of the scope has had, whatever became of it."""
    query = select(ParameterSetRow).where(col(ParameterSetRow.scope_id) == scope_id)
    row = (await session.exec(query.order_by(*_NEWEST).limit(1))).first()
    return Version(row.major, row.minor) if row else None


async def replaces_another(session: AsyncSession, set_id: str) -> bool:
    """Whether a set takes the place of one that was effective before it."""
    row = await session.get_one(ParameterSetRow, set_id)
    query = select(ParameterSetRow.set_id).where(
        col(ParameterSetRow.scope_id) == row.scope_id,
        col(ParameterSetRow.set_id) != set_id,
        col(ParameterSetRow.effective_at).is_not(None),
    )
    return (await session.exec(query.limit(1))).first() is not None


def content_of(row: ParameterSetRow) -> ParameterContent:
    """What a set says, as an earlier version of the program may have stored it."""
    return ParameterContent.model_validate(row.content, extra="ignore")


async def put_into_effect(writing: Writing, set_id: str) -> None:
    """A set takes effect now, unless a later version of the scope did so before. The list of the scope is locked."""
    row = await writing.session.get_one(ParameterSetRow, set_id)
    if row.status != ParameterSetStatus.AGREED.value:
        return
    query = select(ParameterSetRow).where(
        col(ParameterSetRow.scope_id) == row.scope_id,
        col(ParameterSetRow.effective_at).is_not(None),
        tuple_(*_VERSION) > tuple_(literal(row.major), literal(row.minor)),
    )
    later = (await writing.session.exec(query.order_by(*_NEWEST).limit(1))).first()
    if later is not None:
        await _note(writing, row, "parameters.overtaken", {"by": later.set_id})
    else:
        await _note(writing, row, "parameters.effective", {})


async def withdraw(writing: Writing, set_id: str) -> None:
    """A set that is agreed on and not effective is given up; any other stays what it is."""
    row = await writing.session.get_one(ParameterSetRow, set_id)
    if row.status == ParameterSetStatus.AGREED.value:
        await _note(writing, row, "parameters.withdrawn", {})


async def _note(writing: Writing, row: ParameterSetRow, type_: str, payload: dict[str, JsonValue]) -> None:
    told: dict[str, JsonValue] = {"site_id": row.site_id, **payload}
    await writing.append(type_, told, stream=row.set_id, audience=Audience.SHARED)
