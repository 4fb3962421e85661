"""Business ids, and whether an actor may still act at the instant of writing."""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.forms import Action, Meaning
from domain.people import Actor, Role, refuse_unless_permitted
from domain.refusals import Code, Refused
from records.tables import CounterRow, DelegationRow, PersonRow, TaskRow

ROLE_COOL_OFF = timedelta(hours=24)
"""An administrator who changed a role may not approve under it for this long (S10)."""


async def next_id(session: AsyncSession, prefix: str) -> str:
    """The next business id of a prefix; unique for ever."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    await session.exec(dialect.insert(CounterRow).values(prefix=prefix, value=0).on_conflict_do_nothing())
    row = await session.get_one(CounterRow, prefix, with_for_update=True, populate_existing=True)
    row.value += 1
    return f"{prefix}-{row.value}"


async def refuse_unless_still_permitted(
    session: AsyncSession, actor: Actor, action: Action, task: TaskRow | None, site_id: str | None, at: datetime
) -> None:
    """Check the actor against the people on record now: enabled, still in the role, assigned, not barred."""
    person = await session.get(PersonRow, actor.person)
    if person is None or person.disabled:
        raise Refused(Code.ACCOUNT_DISABLED, "This account is disabled.", rule="section 10, person leaves")
    held = frozenset(Role(role) for role in person.roles)
    if actor.on_behalf_of is not None:
        held |= await delegated_roles(session, actor.person, at)
    current = actor.model_copy(update={"roles": actor.roles & held, "sites": frozenset(person.sites)})
    refuse_unless_permitted(
        current,
        by=action.by,
        assignee=task.assignee if task else None,
        barred=task.barred if task else None,
        site_id=site_id,
    )
    if (
        action.meaning in {Meaning.APPROVED, Meaning.CERTIFIED, Meaning.WAIVED}
        and person.roles_changed_by == actor.person
        and person.roles_changed_at is not None
        and at - person.roles_changed_at < ROLE_COOL_OFF
    ):
        raise Refused(Code.ROLE_TOO_FRESH, "You changed your own roles less than 24 hours ago.", rule="S10")


async def delegated_roles(session: AsyncSession, delegate: str, at: datetime) -> frozenset[Role]:
    """Roles that were delegated to a person and accepted, on the day of `at` (S11)."""
    query = select(DelegationRow).where(
        col(DelegationRow.delegate) == delegate,
        col(DelegationRow.accepted),
        col(DelegationRow.valid_from) <= at.date(),
        col(DelegationRow.valid_to) >= at.date(),
    )
    return frozenset(Role(role) for row in (await session.exec(query)).all() for role in row.roles)
