"""Checks of the audit team, and the team as it stands: without those who declared a conflict, and replaced."""

from sqlmodel import col, select

from domain.audit.plan import AuditPlan
from domain.audit.team import (
    AuditorDeclaration,
    AuditorFacts,
    AuditorReplacement,
    AuditTeam,
    TeamMember,
    TeamNeeds,
    declares_fit,
    needs_of,
    refuse_unless_competent,
    remaining,
    replaced,
    suggested_team,
)
from domain.core.entry import OpenTask
from domain.core.people import AuditorQualification, Role
from domain.core.refusals import broken
from records.audit.tables.audits import AuditRow
from records.core.declared import Effect, checks, checks_event, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.objections import TaskIsReassigned
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.questions import answers
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow
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


@suggests(AuditTeam)
async def suggests_team(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    lookups = await lookups_of(writing, case)
    return suggested_team((await _auditors(lookups)).values(), await needs(lookups))


@checks(AuditTeam)
async def is_competent(writing: Writing, case: CaseRow, form: AuditTeam) -> Effect:
    """Role, qualification, language and independence of every auditor (sections 6 and 11, S13)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_competent(form.members, await _auditors(lookups), await needs(lookups))
    return {}


@checks(AuditorReplacement)
async def replacement_is_competent(writing: Writing, case: CaseRow, form: AuditorReplacement) -> Effect:
    """The new auditor is as fit as the old one (section 10)."""
    lookups = await lookups_of(writing, case)
    after = replaced(await team_of(lookups), form)
    refuse_unless_competent(after, await _auditors(lookups), await needs(lookups))
    return {}


@checks_event("audit.auditor_replaced")
async def notifies_the_site(writing: Writing, payload: Effect) -> Effect:
    """The site is told who comes instead (section 10)."""
    case = await writing.case()
    incoming = await writing.session.get_one(PersonRow, str(payload["incoming"]))
    site = await candidates(writing.session, [Role.CDMO_QA], case.site_id, at=writing.at)
    text = f"{incoming.name} joins the audit team of {case.case_id}. The days of the audit stay as they are."
    await outbox.mail(writing.session, writing.recorded_at, site, subject=f"{case.case_id}: new auditor", text=text)
    return {}


@checks(AuditorDeclaration)
async def notifies_of_a_conflict(writing: Writing, case: CaseRow, form: AuditorDeclaration) -> Effect:
    """Supplier quality, who names the team, learns at once that somebody cannot take part (section 10)."""
    if not declares_fit(form):
        owners = await candidates(writing.session, [Role.SUPPLIER_QUALITY], case.site_id, at=writing.at)
        text = f"{writing.actor.name} declares a conflict of interest and cannot audit. Name somebody else."
        subject = f"{case.case_id}: auditor not independent"
        await outbox.mail(writing.session, writing.recorded_at, owners, subject=subject, text=text)
    return {}


async def needs(lookups: Lookups) -> TeamNeeds:
    """What the plan asks of the team; independence is counted back from the first day (S13)."""
    plan = await lookups.the(AuditPlan)
    audit = await lookups.session.get(AuditRow, lookups.case.case_id)
    first = (audit.first_day if audit else None) or plan.first_day
    last = (audit.last_day if audit else None) or plan.last_day
    since = lookups.before(lookups.limits.auditor_independence, first)
    return needs_of(plan, site_id=lookups.case.site_id, independent_since=since, first_day=first, last_day=last)


async def _auditors(lookups: Lookups) -> dict[str, AuditorFacts]:
    rows = (await lookups.session.exec(select(PersonRow).where(col(PersonRow.auditor).is_not(None)))).all()
    return {row.person_id: _facts_of(row) for row in rows}


def _facts_of(row: PersonRow) -> AuditorFacts:
    return AuditorFacts(
        person_id=row.person_id,
        roles=frozenset(Role(role) for role in row.roles),
        disabled=row.disabled,
        absent_until=row.absent_until,
        qualification=AuditorQualification.model_validate(row.auditor) if row.auditor else None,
    )
