"""Checks of the registered specification of a scope."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.document import RecordVersion, refuse_unless_current
from domain.refusals import Code, Refused
from domain.specification import stream_of
from domain.specification_forms import (
    SpecificationApproval,
    SpecificationProposal,
    refuse_proposer,
    refuse_unless_proposable,
)
from records.checks.changes import part, refuse_unless_allowed, text_of
from records.checks.declared import Effect, checks_fact
from records.queries.events import event_of
from records.tables import RecordRow, ScopeRow, SpecificationRow

if TYPE_CHECKING:
    from records.writing import Writing


@checks_fact("specification.propose")
async def proposes_a_specification(writing: "Writing", payload: Effect) -> Effect:
    """A version of a known scope that takes the place of the newest one."""
    await refuse_unless_allowed(writing, SpecificationProposal)
    scope_id, proposal = text_of(payload, "scope_id"), SpecificationProposal.stored(part(payload, "form"))
    refuse_unless_proposable(proposal, writing.at)
    scope = await writing.session.get(ScopeRow, scope_id)
    if scope is None:
        raise Refused(Code.NOT_FOUND, "There is no such scope.")
    newest = await _newest(writing, scope_id)
    if proposal.replaces != (number := newest.version if newest else 0):
        raise Refused(Code.VERSION_STALE, f"The newest version is {number}; take the place of that one.")
    return {"site_id": scope.site_id}


@checks_fact("specification.approve")
async def approves_a_specification(writing: "Writing", payload: Effect) -> Effect:
    """The newest version, once, by another person than who has proposed it (S1)."""
    await refuse_unless_allowed(writing, SpecificationApproval)
    scope_id, approval = text_of(payload, "scope_id"), SpecificationApproval.stored(part(payload, "form"))
    newest = await _newest(writing, scope_id)
    if newest is None:
        raise Refused(Code.NOT_FOUND, f"No specification has been proposed for {scope_id}.")
    read = RecordVersion(version=newest.version, sha256=newest.sha256)
    refuse_unless_current(approval.specification, read, "specification")
    if newest.decided_at is not None:
        message = f"Version {newest.version} has been decided on."
        raise Refused(Code.ALREADY_ANSWERED, message, who=newest.decided_by, when=newest.decided_at.isoformat())
    refuse_proposer(writing.actor.persons, await _proposers(writing, newest))
    return {"site_id": newest.site_id}


async def _newest(writing: "Writing", scope_id: str) -> SpecificationRow | None:
    """The version proposed last; whoever proposes or decides meanwhile waits for this entry."""
    await writing.head(stream_of(scope_id))
    query = select(SpecificationRow).where(col(SpecificationRow.spec_id) == stream_of(scope_id))
    return (await writing.session.exec(query.order_by(col(SpecificationRow.version).desc()).limit(1))).first()


async def _proposers(writing: "Writing", row: SpecificationRow) -> frozenset[str]:
    key = (row.spec_id, SpecificationProposal.action.name, row.version)
    record = await writing.session.get_one(RecordRow, key)
    return (await event_of(writing.session, row.spec_id, record.number)).actor.persons
