"""Checks of what becomes true of a batch by a date. The standing clock writes it; here it is still true, or refused."""

from domain.batch.facts.shelf_life import RetestDue
from domain.batch.making.shelf_life import ends_after
from domain.core.refusals import Code, Refused
from records.batch.making.shelf_life import retest_day_of, shelf_life_of
from records.batch.notifying import notify_batch
from records.batch.standing import ended
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks_event
from records.core.reactions import establish
from records.core.writing import Writing


@checks_event("batch.expired")
async def ends(writing: Writing, payload: Effect) -> Effect:
    """Its last day has passed, as its date stands now. The batch is locked: its stream is that of the entry."""
    batch = await writing.session.get_one(BatchRow, writing.entry.stream, populate_existing=True)
    life = await shelf_life_of(writing.session, writing.policies, batch, writing.at)
    if batch.expired_at is not None or life.last_day is None or not life.is_over(writing.at):
        raise Refused(Code.NOT_OPEN, f"The shelf life of {batch.batch_id} goes on, or has been ended.")
    done = await establish(writing, ended(batch, ends_after(life.last_day, life.zone), life.over_in_words))
    return {"held": [*done.held]}


@checks_event("batch.retest_due")
async def is_due_for_retest(writing: Writing, payload: Effect) -> Effect:
    """Its day of retest has passed, as it stands now."""
    batch = await writing.session.get_one(BatchRow, writing.entry.stream, populate_existing=True)
    zone = (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).tz
    day = retest_day_of(batch)
    if batch.retest_due_at is not None or day is None or writing.at < ends_after(day, zone):
        raise Refused(Code.NOT_OPEN, f"{batch.batch_id} is not due for retest, or is known to be.")
    done = await establish(writing, RetestDue(batch_id=batch.batch_id, retest_on=day, zone=zone))
    return {"held": [*done.held]}


@checks_event("batch.extension_ended")
async def extension_ends(writing: Writing, payload: Effect) -> Effect:
    """The last day of the authority's extension has passed, as it stands now."""
    batch = await writing.session.get_one(BatchRow, writing.entry.stream, populate_existing=True)
    zone = (await writing.policies.calendar_of(writing.session, batch.site_id, writing.at)).tz
    day = batch.extended_to
    if not batch.extended_markets or day is None or writing.at < ends_after(day, zone):
        raise Refused(Code.NOT_OPEN, f"No extension of {batch.batch_id} has ended.")
    await notify_batch(writing, batch.batch_id)
    return {}
