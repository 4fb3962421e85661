"""People and delegations as people see them: the sponsor all, a CDMO its own colleagues, others themselves (S6)."""

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.delegation import Delegation
from domain.core.people import Actor, Org, Role
from domain.core.personnel import PersonRecord
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.core.queries.keyset import page
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import DelegationRow, PersonRoleRow, PersonRow


class PersonList(View):
    """A page of people."""

    items: tuple[PersonRecord, ...]
    next: str | None = None


class DelegationList(View):
    """The delegations of a person."""

    items: tuple[Delegation, ...]


async def people(
    session: AsyncSession, actor: Actor, *, role: Role | None, cursor: str | None, limit: int
) -> PersonList:
    """People by id, those who hold a role if asked."""
    query = select(PersonRow).where(_sees(actor))
    if role is not None:
        holders = select(PersonRoleRow.person_id).where(col(PersonRoleRow.role) == role.value)
        query = query.where(col(PersonRow.person_id).in_(holders))
    rows, following = await page(session, query, "person_id", cursor=cursor, limit=limit)
    return PersonList(items=tuple(map(_shown, rows)), next=following)


async def one_person(session: AsyncSession, actor: Actor, person_id: str) -> PersonRecord:
    """One person. Raises `Refused(NOT_FOUND)`."""
    query = select(PersonRow).where(col(PersonRow.person_id) == person_id, _sees(actor))
    row = (await session.exec(query)).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such person.", rule="S6")
    return _shown(row)


async def delegations(session: AsyncSession, actor: Actor, person_id: str) -> DelegationList:
    """The delegations that a person gave or received, by id."""
    await one_person(session, actor, person_id)
    query = select(DelegationRow).where(
        or_(col(DelegationRow.delegator) == person_id, col(DelegationRow.delegate) == person_id)
    )
    rows = (await session.exec(query.order_by(col(DelegationRow.delegation_id)).limit(500))).all()
    return DelegationList(items=tuple(Delegation.model_validate(row, from_attributes=True) for row in rows))


async def one_delegation(session: AsyncSession, actor: Actor, person_id: str, delegation_id: str) -> Delegation:
    """A delegation that a person gave. Raises `Refused(NOT_FOUND)`."""
    await one_person(session, actor, person_id)
    row = await session.get(DelegationRow, delegation_id)
    if row is None or row.delegator != person_id:
        raise Refused(Code.NOT_FOUND, "There is no such delegation.")
    return Delegation.model_validate(row, from_attributes=True)


def _sees(actor: Actor) -> ColumnElement[bool]:
    if reads_everything(actor):
        return true()
    if actor.org is Org.CDMO:
        return col(PersonRow.supplier_id) == actor.supplier_id
    return col(PersonRow.person_id) == actor.person


def _shown(row: PersonRow) -> PersonRecord:
    return PersonRecord.model_validate(row, from_attributes=True)
