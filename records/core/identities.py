"""Business ids, and whether an actor may still act at the instant of writing."""

from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.days import Span
from domain.core.forms import Action, Form, Meaning
from domain.core.people import Actor, Role, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from records.core.people.actors import actor_of
from records.core.tables.cases import TaskRow
from records.core.tables.journal import CounterRow
from records.core.tables.master_data import PersonRow

_APPROVALS = {Meaning.APPROVED, Meaning.CERTIFIED, Meaning.WAIVED}


async def next_id(session: AsyncSession, prefix: str) -> str:
    """The next business id of a prefix; unique for ever."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    await session.exec(dialect.insert(CounterRow).values(prefix=prefix, value=0).on_conflict_do_nothing())
    row = await session.get_one(CounterRow, prefix, with_for_update=True, populate_existing=True)
    row.value += 1
    return f"{prefix}-{row.value}"


async def refuse_unless_still_permitted(
    session: AsyncSession,
    actor: Actor,
    action: Action,
    *,
    at: datetime,
    cool_off: Span,
    by: frozenset[Role] | None = None,
    task: TaskRow | None = None,
    form: Form | None = None,
    site_id: str | None = None,
) -> None:
    """Check the actor against the people on record now: enabled, still in the role, assigned, not barred.

    `by` are those who may take the action this time, by default whom it names.
    `cool_off`: an administrator who changed a role of their own may not approve under it for so long (S10).
    """
    assignee = task.assignee if task else None
    now = await actor_of(session, actor.person, actor.user, at=at, on_behalf_of=actor.on_behalf_of)
    refuse_unless_permitted(
        now.model_copy(update={"roles": actor.roles & now.roles}),
        by=action.by if by is None else by,
        assignee=form.assigned_to(assignee) if form else assignee,
        barred=form.bars(task.barred) if task and form else None,
        site_id=site_id,
    )
    person = await session.get_one(PersonRow, actor.person)
    fresh = person.roles_changed_at is not None and at - person.roles_changed_at < timedelta(hours=cool_off.n)
    if action.meaning in _APPROVALS and person.roles_changed_by == actor.person and fresh:
        raise Refused(Code.ROLE_TOO_FRESH, f"You changed your own roles less than {cool_off} ago.", rule="S10")
