"""Checks of the audit programme of a year."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.audit_programme import refuse_unless_programme, shortages
from domain.document import RecordVersion, refuse_unless_current
from domain.programme_forms import (
    ProgrammeApproval,
    ProgrammeProposal,
    refuse_proposer,
    refuse_unless_plannable_year,
    stream_of_year,
)
from domain.refusals import Code, Refused
from records.audit_programme import auditors, drafted
from records.checks.changes import part, refuse_unless_allowed
from records.checks.declared import Effect, checks_fact
from records.queries.events import event_of
from records.tables import AuditProgrammeRow, RecordRow

if TYPE_CHECKING:
    from records.writing import Writing


@checks_fact("programme.propose")
async def proposes_a_programme(writing: "Writing", payload: Effect) -> Effect:
    """Every audit that is due by now, within its grace; what auditors cannot do is kept with it."""
    await refuse_unless_allowed(writing, ProgrammeProposal)
    year, proposal = int(str(payload["year"])), ProgrammeProposal.stored(part(payload, "form"))
    refuse_unless_plannable_year(year, writing.at.year)
    newest = await _newest(writing, year)
    if proposal.replaces != (number := newest.version if newest else 0):
        raise Refused(Code.VERSION_STALE, f"The newest version is {number}; take the place of that one.")
    draft, _ = await drafted(writing.session, writing.policies, year, writing.at)
    refuse_unless_programme(proposal.lines, draft)
    limits = (await writing.policy()).limits
    short = shortages(proposal.lines, await auditors(writing.session), limits, year)
    return {"shortages": [each.model_dump(mode="json") for each in short]}


@checks_fact("programme.approve")
async def approves_a_programme(writing: "Writing", payload: Effect) -> Effect:
    """The newest version, once, by another person than who has proposed it (S1)."""
    await refuse_unless_allowed(writing, ProgrammeApproval)
    year, approval = int(str(payload["year"])), ProgrammeApproval.stored(part(payload, "form"))
    newest = await _newest(writing, year)
    if newest is None:
        raise Refused(Code.NOT_FOUND, f"No programme has been proposed for {year}.")
    read = RecordVersion(version=newest.version, sha256=newest.sha256)
    refuse_unless_current(approval.programme, read, "programme")
    if newest.decided_at is not None:
        message = f"Version {newest.version} has been decided on."
        raise Refused(Code.ALREADY_ANSWERED, message, who=newest.decided_by, when=newest.decided_at.isoformat())
    refuse_proposer(writing.actor.persons, await _proposers(writing, newest))
    return {}


async def _newest(writing: "Writing", year: int) -> AuditProgrammeRow | None:
    """The version proposed last; whoever proposes or decides meanwhile waits for this entry."""
    await writing.head(stream_of_year(year))
    query = select(AuditProgrammeRow).where(col(AuditProgrammeRow.year) == year)
    return (await writing.session.exec(query.order_by(col(AuditProgrammeRow.version).desc()).limit(1))).first()


async def _proposers(writing: "Writing", programme: AuditProgrammeRow) -> frozenset[str]:
    stream = stream_of_year(programme.year)
    key = (stream, ProgrammeProposal.action.name, programme.version)
    record = await writing.session.get_one(RecordRow, key)
    return (await event_of(writing.session, stream, record.number)).actor.persons
