"""Checks of the registered specification of a scope."""

from sqlmodel import col, select

from domain.batch.results.specification import stream_of
from domain.batch.results.specification_forms import (
    SpecificationApproval,
    SpecificationProposal,
    refuse_unless_proposable,
)
from domain.core.refusals import Code, Refused
from records.batch.tables.analysis import SpecificationRow
from records.core.checks.changes import part, refuse_unless_allowed, text_of
from records.core.checks.proposals import refuse_unless_decidable, refuse_unless_next
from records.core.declared import Effect, checks_event
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


@checks_event("specification.propose")
async def proposes_a_specification(writing: Writing, payload: Effect) -> Effect:
    """A version of a known scope that takes the place of the newest one."""
    await refuse_unless_allowed(writing, SpecificationProposal)
    scope_id, proposal = text_of(payload, "scope_id"), SpecificationProposal.stored(part(payload, "form"))
    refuse_unless_proposable(proposal, writing.at)
    scope = await writing.session.get(ScopeRow, scope_id)
    if scope is None:
        raise Refused(Code.NOT_FOUND, "There is no such scope.")
    newest = await _newest(writing, scope_id)
    refuse_unless_next(proposal.replaces, newest)
    return {"site_id": scope.site_id}


@checks_event("specification.approve")
async def approves_a_specification(writing: Writing, payload: Effect) -> Effect:
    """The newest version, once, by another person than who has proposed it (S1)."""
    await refuse_unless_allowed(writing, SpecificationApproval)
    scope_id, approval = text_of(payload, "scope_id"), SpecificationApproval.stored(part(payload, "form"))
    newest = await _newest(writing, scope_id)
    if newest is None:
        raise Refused(Code.NOT_FOUND, f"No specification has been proposed for {scope_id}.")
    action = SpecificationProposal.action.name
    await refuse_unless_decidable(writing, newest.spec_id, action, newest, approval.specification, "specification")
    return {"site_id": newest.site_id}


async def _newest(writing: Writing, scope_id: str) -> SpecificationRow | None:
    """The version proposed last; whoever proposes or decides meanwhile waits for this entry."""
    await writing.head(stream_of(scope_id))
    query = select(SpecificationRow).where(col(SpecificationRow.spec_id) == stream_of(scope_id))
    return (await writing.session.exec(query.order_by(col(SpecificationRow.version).desc()).limit(1))).first()
