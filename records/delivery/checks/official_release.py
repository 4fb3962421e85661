"""Checks of official batch releases: entered by one person, compared by another."""

from sqlmodel import col, or_, select

from domain.batch.facts.quality import SpecificationNotMet
from domain.core.days import latest_day
from domain.core.refusals import Code, Refused
from domain.delivery.official_release import (
    OfficialReleaseCheck,
    OfficialReleaseEntry,
    OfficialResult,
    refuse_taken,
    refuse_unless_of_the_batch,
)
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.checks.proposals import refuse_unless_decidable
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.writing import Writing
from records.delivery.shipping import locked_batch
from records.delivery.tables import OfficialReleaseRow


@checks_event("official_release.enter")
async def enters_an_official_release(writing: Writing, payload: Effect) -> Effect:
    """Of a batch and market that there are, under a number that is of no other batch."""
    await refuse_unless_allowed(writing, OfficialReleaseEntry)
    release_id, form = writing.entry.stream, OfficialReleaseEntry.stored(part(payload, "form"))
    await refuse_unless_kept(writing.session, form, writing.actor, writing.at)
    batch = await writing.session.get(BatchRow, form.batch_id)
    if batch is not None:
        await locked_batch(writing, form.batch_id)
    refuse_taken(release_id, taken=(await writing.head(release_id)).number > 0)
    session = writing.session
    markets = select(BatchMarketRow.market).where(col(BatchMarketRow.batch_id) == form.batch_id)
    others = select(OfficialReleaseRow).where(
        col(OfficialReleaseRow.batch_id) != form.batch_id,
        or_(col(OfficialReleaseRow.agrees).is_(None), col(OfficialReleaseRow.agrees).is_(True)),
    )
    refuse_unless_of_the_batch(
        form,
        markets=(await session.exec(markets)).all(),
        others=[(each.batch_id, each.number, each.laboratory) for each in (await session.exec(others)).all()],
        made_on=batch.made_on if batch is not None else None,
        latest_day=latest_day(writing.at),
    )
    if form.result is OfficialResult.DOES_NOT_COMPLY:
        finding = f"{form.laboratory} has not released it officially: certificate {form.number}"
        case_id = form.batch_id
        fact = SpecificationNotMet(batch_id=form.batch_id, case_id=case_id, market=form.market, finding=finding)
        await establish(writing, fact)
    return {}


@checks_event("official_release.check")
async def checks_an_official_release(writing: Writing, payload: Effect) -> Effect:
    """Once, by another person than who has entered it (S1)."""
    await refuse_unless_allowed(writing, OfficialReleaseCheck)
    release_id, form = writing.entry.stream, OfficialReleaseCheck.stored(part(payload, "form"))
    await writing.head(release_id)
    row = await writing.session.get(OfficialReleaseRow, release_id, populate_existing=True)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such official batch release.")
    await writing.head(row.batch_id)
    action = OfficialReleaseEntry.action.name
    await refuse_unless_decidable(writing, release_id, action, row, form.entry, "entry")
    return {}
