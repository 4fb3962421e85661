"""Checks of grounds that are raised: the same follows as if they had been stated with the rejection."""

from domain.batch.market_refusal import Refusal
from domain.core.refusals import Code, Refused
from domain.core.repeats import refuse_repeated
from domain.release.raised_grounds import GroundsRaised, raised, refuse_unless_next
from records.batch.market_refusals import refusal_of, refuse_in_markets
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.checks.changes import part, refuse_unless_allowed, text_of
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.writing import Writing
from records.release.grounds import times_raised


@checks_event("grounds.raise")
async def raises_grounds(writing: Writing, payload: Effect) -> Effect:
    """Of a market that has refused the batch, whether or not anything is open in its case."""
    await refuse_unless_allowed(writing, GroundsRaised)
    batch_id, form = text_of(payload, "batch_id"), GroundsRaised.stored(part(payload, "form"))
    refuse_repeated(form)
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    batch = await writing.session.get(BatchRow, batch_id)
    if batch is None:
        raise Refused(Code.NOT_FOUND, "There is no such batch.")
    await writing.head(batch_id)
    refuse_unless_next(form.earlier, await times_raised(writing.session, batch_id))
    row = await writing.session.get(BatchMarketRow, (batch_id, form.market), populate_existing=True)
    known = refusal_of(row) if row is not None else None
    grounds = raised(form, known)
    assert known is not None, "Nothing is raised where nothing was refused."
    refusal: Refusal = known.model_copy(
        update={"grounds": grounds, "because": form.reason, "by": writing.actor.person, "at": writing.at}
    )
    await refuse_in_markets(writing, [refusal])
    return {"site_id": batch.site_id, "how": refusal.how.value, "grounds": [each.value for each in grounds]}
