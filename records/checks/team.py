"""The audit team as it stands: named, replaced, and without those who declared a conflict."""

from domain.audit_team import AuditorDeclaration, AuditorReplacement, AuditTeam, TeamMember, remaining, replaced
from records.checks.facts import Facts


async def team_of(facts: Facts) -> tuple[TeamMember, ...]:
    """The members in force. Empty before a team is named."""
    named = await facts.rows(AuditTeam)
    if not named:
        return ()
    since = named[0].number
    members = AuditTeam.stored(named[0].form).members
    declared = {
        row.by_person: AuditorDeclaration.stored(row.form)
        for row in reversed(await facts.rows(AuditorDeclaration))
        if row.number > since
    }
    for row in reversed(await facts.rows(AuditorReplacement)):
        if row.number > since:
            members = replaced(members, AuditorReplacement.stored(row.form))
    return remaining(members, declared)


async def has_declared(facts: Facts, person_id: str) -> bool:
    """Whether a person has declared, fit, since the team was named."""
    named = await facts.rows(AuditTeam)
    return any(
        row.by_person == person_id and row.number > named[0].number
        for row in await facts.rows(AuditorDeclaration)
        if named
    )
