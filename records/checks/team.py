"""The audit team as it stands: named, without those who declared a conflict, and replaced."""

from domain.audit_team import (
    AuditorDeclaration,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    declares_fit,
    remaining,
    replaced,
)
from records.checks.facts import Facts


async def team_of(facts: Facts) -> tuple[TeamMember, ...]:
    """The members in force. Empty before a team is named."""
    named = await facts.rows(AuditTeam)
    if not named:
        return ()
    since = named[0].number
    members = AuditTeam.stored(named[0].form).members
    first = {member.person_id for member in members}
    declared = {
        row.by_person: (row.number, AuditorDeclaration.stored(row.form))
        for row in reversed(await facts.rows(AuditorDeclaration))
        if row.number > since
    }
    members = remaining(members, {person: form for person, (_, form) in declared.items() if person in first})
    for row in reversed(await facts.rows(AuditorReplacement)):
        form = AuditorReplacement.stored(row.form)
        number, declaration = declared.get(form.incoming.person_id, (0, None))
        if declaration is not None and number > row.number > since and declares_fit(declaration):
            members = replaced(members, form)
    return members


async def has_declared(facts: Facts, person_id: str) -> bool:
    """Whether what a person declared last, since the team was named, leaves no conflict of interest."""
    named = await facts.rows(AuditTeam)
    declared = [
        AuditorDeclaration.stored(row.form)
        for row in await facts.rows(AuditorDeclaration)
        if named and row.by_person == person_id and row.number > named[0].number
    ]
    return bool(declared) and declares_fit(declared[0])
