"""Who acts: the person as the records know them now, in their own right or under a delegation (S11)."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor, Org, Role
from domain.core.refusals import Code, Refused
from records.core.tables.master_data import DelegationRow, PersonRow


async def actor_of(
    session: AsyncSession, person_id: str, user: str, *, at: datetime, on_behalf_of: str | None = None
) -> Actor:
    """The person behind an account as they are now. Raises `Refused` if nobody, disabled, or nothing was delegated."""
    row = await session.get(PersonRow, person_id)
    if row is None:
        raise Refused(Code.NOT_SIGNED_IN, "Sign in again.")
    if row.disabled:
        raise Refused(Code.ACCOUNT_DISABLED, "This account is disabled.", rule="section 10, person leaves")
    actor = as_actor(row, user)
    return actor if on_behalf_of is None else await _delegated(session, actor, on_behalf_of, at)


def as_actor(row: PersonRow, user: str) -> Actor:
    """The person behind an account, whether they may act or not."""
    return Actor(
        person=row.person_id,
        user=user,
        name=row.name,
        org=Org(row.org),
        roles=frozenset(Role(role) for role in row.roles),
        supplier_id=row.supplier_id,
        sites=frozenset(row.sites),
    )


async def _delegated(session: AsyncSession, actor: Actor, delegator_id: str, at: datetime) -> Actor:
    """The actor with the roles of accepted delegations and no others; what was lent to the delegator does not pass."""
    query = select(DelegationRow).where(
        col(DelegationRow.delegate) == actor.person,
        col(DelegationRow.delegator) == delegator_id,
        col(DelegationRow.accepted),
        col(DelegationRow.valid_from) <= at.date(),
        col(DelegationRow.valid_to) >= at.date(),
    )
    delegations = (await session.exec(query)).all()
    delegator = await session.get(PersonRow, delegator_id)
    held = set(delegator.roles) if delegator is not None and not delegator.disabled else set()
    roles = frozenset(Role(role) for row in delegations for role in row.roles if role in held)
    if delegator is None or not roles:
        raise Refused(Code.WRONG_ROLE, "You hold no delegation of this person today.", rule="S11")
    sites = actor.sites & frozenset(delegator.sites)
    return actor.model_copy(update={"roles": roles, "sites": sites, "on_behalf_of": delegator_id})
