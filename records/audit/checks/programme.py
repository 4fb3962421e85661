"""Checks of the audit programme of a year."""

from sqlmodel import col, select

from domain.audit.programme import refuse_unless_programme, shortages
from domain.audit.programme_forms import (
    PROGRAMME,
    ProgrammeApproval,
    ProgrammeProposal,
    refuse_unless_plannable_year,
)
from domain.core.refusals import Code, Refused
from records.audit.programme import auditors, drafted
from records.audit.tables.programme import AuditProgrammeRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.checks.proposals import refuse_unless_decidable, refuse_unless_next
from records.core.declared import Effect, checks_event
from records.core.writing import Writing


@checks_event("programme.propose")
async def proposes_a_programme(writing: Writing, payload: Effect) -> Effect:
    """Every audit that is due by now, within its grace; what auditors cannot do is kept with it."""
    await refuse_unless_allowed(writing, ProgrammeProposal)
    year, proposal = int(str(payload["year"])), ProgrammeProposal.stored(part(payload, "form"))
    refuse_unless_plannable_year(year, writing.at.year)
    newest = await _newest(writing, year)
    refuse_unless_next(proposal.replaces, newest)
    draft, _ = await drafted(writing.session, writing.policies, year, writing.at)
    refuse_unless_programme(proposal.lines, draft)
    limits = (await writing.policy()).limits
    short = shortages(proposal.lines, await auditors(writing.session), limits, year)
    return {"shortages": [each.model_dump(mode="json") for each in short]}


@checks_event("programme.approve")
async def approves_a_programme(writing: Writing, payload: Effect) -> Effect:
    """The newest version, once, by another person than who has proposed it (S1)."""
    await refuse_unless_allowed(writing, ProgrammeApproval)
    year, approval = int(str(payload["year"])), ProgrammeApproval.stored(part(payload, "form"))
    newest = await _newest(writing, year)
    if newest is None:
        raise Refused(Code.NOT_FOUND, f"No programme has been proposed for {year}.")
    record, action = PROGRAMME.of(year), ProgrammeProposal.action.name
    await refuse_unless_decidable(writing, record, action, newest, approval.programme, "programme")
    return {}


async def _newest(writing: Writing, year: int) -> AuditProgrammeRow | None:
    """The version proposed last; whoever proposes or decides meanwhile waits for this entry."""
    await writing.head(PROGRAMME.of(year))
    query = select(AuditProgrammeRow).where(col(AuditProgrammeRow.year) == year)
    return (await writing.session.exec(query.order_by(col(AuditProgrammeRow.version).desc()).limit(1))).first()
