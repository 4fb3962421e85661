"""The audit team as it stands: named, without those who declared a conflict, and replaced."""

from domain.audit.team import (
    AuditorDeclaration,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    declares_fit,
    remaining,
    replaced,
)
from domain.core.refusals import broken
from records.core.lookups import Lookups, lookups_of
from records.core.objections import TaskIsReassigned
from records.core.questions import answers
from records.core.writing import Writing


async def team_of(lookups: Lookups) -> tuple[TeamMember, ...]:
    """The members in force. Empty before a team is named."""
    named = await lookups.rows(AuditTeam)
    if not named:
        return ()
    since = named[0].number
    members = AuditTeam.stored(named[0].form).members
    first = {member.person_id for member in members}
    declared = {
        row.by_person: (row.number, AuditorDeclaration.stored(row.form))
        for row in reversed(await lookups.rows(AuditorDeclaration))
        if row.number > since
    }
    members = remaining(members, {person: form for person, (_, form) in declared.items() if person in first})
    for row in reversed(await lookups.rows(AuditorReplacement)):
        form = AuditorReplacement.stored(row.form)
        number, declaration = declared.get(form.incoming.person_id, (0, None))
        if declaration is not None and number > row.number > since and declares_fit(declaration):
            members = replaced(members, form)
    return members


async def has_declared(lookups: Lookups, person_id: str) -> bool:
    """Whether what a person declared last, since the team was named, leaves no conflict of interest."""
    named = await lookups.rows(AuditTeam)
    declared = [
        AuditorDeclaration.stored(row.form)
        for row in await lookups.rows(AuditorDeclaration)
        if named and row.by_person == person_id and row.number > named[0].number
    ]
    return bool(declared) and declares_fit(declared[0])


@answers(TaskIsReassigned)
async def refuses_other_auditors(writing: Writing, asked: TaskIsReassigned) -> None:
    """A declaration stays with its auditor; what an auditor does goes to another one of the team (S13, section 10)."""
    if asked.task.action == AuditorDeclaration.action.name:
        raise broken("S13", "A declaration is made by the auditor it is about.", task_id="cannot change hands")
    team = await _fit_auditors(await lookups_of(writing, asked.case))
    if asked.task.assignee in team and asked.to not in team:
        message = "This is a step of the audit team; replace the auditor instead."
        raise broken("section 10, auditor unavailable", message, to="is not in the audit team")


async def _fit_auditors(lookups: Lookups) -> set[str]:
    """The auditors of the case who have declared that they are fit to audit the site."""
    members = [member.person_id for member in await team_of(lookups)]
    return {person_id for person_id in members if await has_declared(lookups, person_id)}
