"""Open tasks of one person who can do them no more: which of them are free, and which stay with that person."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case_actions import Reassignment
from domain.core.people import Org
from records.core.tables.cases import RecordRow, TaskRow
from records.core.tables.master_data import PersonRow


class Standing(NamedTuple):
    """What decides whether a person can do a task at all."""

    roles: frozenset[str]
    sites: frozenset[str]
    """Of a CDMO's person, the sites at which the roles are held."""
    of_cdmo: bool
    disabled: bool

    @classmethod
    def of(cls, person: PersonRow, given: Mapping[str, JsonValue] | None = None) -> "Standing":
        """A person as they are, or with the fields of a change."""
        after = {"roles": person.roles, "sites": person.sites, "disabled": person.disabled, **(given or {})}
        roles, sites = (frozenset(map(str, after[name] or ())) for name in ("roles", "sites"))
        return cls(roles, sites, person.org == Org.CDMO.value, bool(after["disabled"]))

    def can_do(self, task: TaskRow) -> bool:
        """Whether the person is enabled and holds a role of the task at its site."""
        at_site = not self.of_cdmo or task.site_id in self.sites
        return not self.disabled and at_site and bool(self.roles & set(task.roles))


async def freed(session: AsyncSession, person: PersonRow, after: Standing) -> list[TaskRow]:
    """The tasks that were open to a role when a person assigned them to this one, who can do them no more.

    What a procedure asked of one person is not among them, even where it was reassigned since: that it is this person
    is the rule. Another one comes in by a decision, never by an absence (section 16, law 4).
    """
    query = select(TaskRow).where(col(TaskRow.state) == "OPEN", col(TaskRow.assignee) == person.person_id)
    tasks = [task for task in (await session.exec(query)).all() if not after.can_do(task)]
    open_to_all = await _opened_to_all(session, {task.case_id for task in tasks}) if tasks else set()
    return [task for task in tasks if task.task_id in open_to_all]


async def _opened_to_all(session: AsyncSession, cases: set[str]) -> set[str]:
    """The reassigned tasks that nobody had been assigned to: the first reassignment of each took it from nobody."""
    query = (
        select(RecordRow)
        .where(col(RecordRow.case_id).in_(sorted(cases)), col(RecordRow.action) == Reassignment.action.name)
        .order_by(col(RecordRow.case_id), col(RecordRow.version))
    )
    first: dict[str, RecordRow] = {}
    for row in (await session.exec(query)).all():
        first.setdefault(str(row.form["task_id"]), row)
    return {task_id for task_id, row in first.items() if row.effect["from"] is None}
