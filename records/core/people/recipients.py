"""Who is told: the people behind roles, with deputies for the absent (section 9)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.clocks import Level
from domain.core.forms import Process
from domain.core.people import Org, Role
from domain.policy.policy import Policy
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.master_data import PersonRoleRow, PersonRow


async def candidates(
    session: AsyncSession,
    roles: Iterable[Role],
    site_id: str,
    *,
    assignee: str | None = None,
    barred: Mapping[str, str] | None = None,
    at: datetime,
) -> list[PersonRow]:
    """Those who may act: the assignee, or everybody in the roles who is not barred. The absent give way to deputies."""
    if assignee is not None:
        named = await session.get(PersonRow, assignee)
        people = [named] if named else []
    else:
        query = select(PersonRoleRow.person_id).where(
            col(PersonRoleRow.role).in_([role.value for role in roles]),
            col(PersonRoleRow.site_id).in_(["", site_id]),
        )
        ids = sorted(set((await session.exec(query)).all()))
        people = [row for person_id in ids if (row := await session.get(PersonRow, person_id)) is not None]
    present: dict[str, PersonRow] = {}
    for person in people:
        standing = await _standing_in(session, person, barred or {}, at)
        if standing is not None:
            present[standing.person_id] = standing
    return list(present.values())


async def people_at_level(
    session: AsyncSession,
    policy: Policy,
    level: Level,
    to: tuple[Role, ...] | None,
    task: TaskRow,
    case: CaseRow,
    at: datetime,
    *,
    barred: Mapping[str, str],
) -> list[PersonRow]:
    """The recipients of an escalation, but those who are `barred`.

    From a level at which nobody is left it goes up to the next one.
    """
    cdmo = task.org == Org.CDMO.value
    roles = to or policy.recipients(level, org=task.org, batch=case.process == Process.BATCH.value)
    recipients = policy.escalation[level].cdmo if cdmo else policy.escalation[level].sponsor
    people: list[PersonRow] = []
    if recipients.actor or recipients.manager:
        own = [Role(role) for role in task.roles]
        people = await candidates(session, own, case.site_id, assignee=task.assignee, barred=barred, at=at)
    if recipients.manager:
        managers = [row for p in people if p.manager and (row := await session.get(PersonRow, p.manager))]
        people += [row for row in managers if row not in people]
    if roles:
        others = await candidates(session, roles, case.site_id, barred=barred, at=at)
        people += [row for row in others if row not in people]
    if not people and level is not Level.L4:
        return await people_at_level(session, policy, level.next(), None, task, case, at, barred=barred)
    return people


async def _standing_in(
    session: AsyncSession, person: PersonRow, barred: Mapping[str, str], at: datetime
) -> PersonRow | None:
    absent = person.absent_until is not None and person.absent_until >= at.date()
    if not (person.disabled or absent or person.person_id in barred):
        return person
    deputy = await session.get(PersonRow, person.deputy) if person.deputy else None
    return deputy if deputy is not None and not deputy.disabled and deputy.person_id not in barred else None
