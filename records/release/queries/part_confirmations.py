"""What is to be confirmed of a batch and by whom, as the sponsor's people read it, and each site its own."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.release.confirmation_facts import PartFacts
from domain.release.confirmation_gates import that_counts
from domain.release.part_confirmation import PartConfirmationList, PartConfirmationView, PartView
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies
from records.core.queries.visibility import reads_everything
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.parts import parts_of
from records.release.gate_evidence.standing import Agreements
from records.release.gate_evidence.submitted import Submitted
from records.release.tables import PartConfirmationRow


async def part_confirmations(
    session: AsyncSession, policies: Policies, actor: Actor, batch_id: str, at: datetime
) -> PartConfirmationList:
    """What a qualified person of a site confirms of a batch, in any market that needs one certified.

    A site sees what it has done and what it answers for. Raises `Refused(NOT_FOUND)`.
    """
    batch = await session.get(BatchRow, batch_id)
    parts = await _parts(session, policies, batch, at) if batch is not None else {}
    query = select(PartConfirmationRow).where(col(PartConfirmationRow.batch_id) == batch_id)
    order = (col(PartConfirmationRow.confirmed_at), col(PartConfirmationRow.number))
    rows = (await session.exec(query.order_by(*order))).all()
    if not reads_everything(actor):
        parts = {
            site_id: own
            for site_id, each in parts.items()
            if (own := [one for one in each if actor.sites & {site_id, one.by_site_id}])
        }
        rows = [row for row in rows if row.site_id in actor.sites]
    if batch is None or not (parts or rows or reads_everything(actor) or batch.site_id in actor.sites):
        raise Refused(Code.NOT_FOUND, "There is no such batch.")
    shown = [_part(each) for of_site in parts.values() for each in of_site]
    return PartConfirmationList(parts=tuple(shown), items=tuple(map(_view, rows)))


async def part_confirmation(session: AsyncSession, actor: Actor, number: str) -> PartConfirmationView:
    """One confirmation. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(PartConfirmationRow, number)
    if row is None or not (reads_everything(actor) or row.site_id in actor.sites):
        raise Refused(Code.NOT_FOUND, "There is no such confirmation.")
    return _view(row)


async def _parts(
    session: AsyncSession, policies: Policies, batch: BatchRow, at: datetime
) -> dict[str, list[PartFacts]]:
    """The parts of the batch itself, by the site that has made them; each once, of whatever market asks for it.

    Markets that count as one, such as the states of the Union, ask for the same.
    """
    policy = await policies.in_force(session, at)
    found: dict[str, dict[str, PartFacts]] = {}
    looked_at: set[str] = set()
    for market in batch.markets:
        row = policy.market_rule(market)
        if row is not None and row.rule is DecisionRule.QP and row.market not in looked_at:
            looked_at.add(row.market)
            context = await GateContext.at_batch(session, policies, batch, market, at)
            submitted = await Submitted.in_cases(session, context.batch_ids)
            parts = await parts_of(context, await Agreements.of_all(context), submitted)
            sites = {scope.scope_id: scope.site_id for scope in context.own.scopes}
            for each in parts.get(batch.batch_id, ()):
                found.setdefault(sites[each.scope_id], {}).setdefault(each.scope_id, each)
    return {site_id: [*parts.values()] for site_id, parts in found.items()}


def _part(facts: PartFacts) -> PartView:
    given = that_counts(facts) if facts.by_site_id is not None else None
    return PartView(
        scope_id=facts.scope_id,
        place=facts.place,
        by_site=facts.by_site_id,
        agreement=facts.along.qta_id if facts.along is not None else None,
        agreement_version=facts.along.version if facts.along is not None else None,
        article=facts.along.article if facts.along is not None else None,
        statement=facts.statement,
        confirmed=given.number if given is not None else None,
    )


def _view(row: PartConfirmationRow) -> PartConfirmationView:
    return PartConfirmationView.model_validate(row.model_dump())
