"""Checks of official batch releases: entered by one person, compared by another, taken back by one.

Each locks the batch, with what it rests on, before the record.
"""

from typing import NamedTuple

from sqlmodel import col, or_, select

from domain.batch.facts.quality import SpecificationNotMet
from domain.core.days import latest_day
from domain.core.names import name_key
from domain.core.refusals import Code, Refused
from domain.delivery.official_release import (
    OfficialReleaseCheck,
    OfficialReleaseEntry,
    OfficialReleaseWithdrawal,
    OfficialResult,
    Said,
    refuse_taken,
    refuse_unless_of_the_batch,
    refuse_unless_withdrawable,
)
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.checks.proposals import refuse_unless_decidable
from records.core.declared import Effect, checks_event
from records.core.documents.references import refuse_unless_kept
from records.core.reactions import establish
from records.core.writing import Writing
from records.delivery.official_release import concerned_by, said_by, waiting_with
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
        batch = await locked_batch(writing, form.batch_id)
    refuse_taken(release_id, taken=(await writing.head(release_id)).number > 0)
    session = writing.session
    markets = select(BatchMarketRow.market).where(col(BatchMarketRow.batch_id) == form.batch_id)
    others = select(OfficialReleaseRow).where(
        col(OfficialReleaseRow.number_key) == name_key(form.number),
        col(OfficialReleaseRow.batch_id) != form.batch_id,
        col(OfficialReleaseRow.withdrawn_at).is_(None),
        or_(col(OfficialReleaseRow.agrees).is_(None), col(OfficialReleaseRow.agrees).is_(True)),
    )
    refuse_unless_of_the_batch(
        form,
        markets=(await session.exec(markets)).all(),
        others=[(each.batch_id, each.number, each.laboratory) for each in (await session.exec(others)).all()],
        made_on=batch.made_on if batch is not None else None,
        latest_day=latest_day(writing.at),
    )
    if batch is None or form.result is not OfficialResult.DOES_NOT_COMPLY:
        return {}
    finding = f"{form.laboratory} has not released it officially: certificate {form.number}"
    said = Said(form.market, form.result, form.dated, writing.at, agrees=None)
    return await _stops(writing, batch, said, finding, record=release_id)


@checks_event("official_release.check")
async def checks_an_official_release(writing: Writing, payload: Effect) -> Effect:
    """Once, by another person than who has entered it (S1)."""
    await refuse_unless_allowed(writing, OfficialReleaseCheck)
    release_id, form = writing.entry.stream, OfficialReleaseCheck.stored(part(payload, "form"))
    row, batch = await _locked(writing, release_id)
    action = OfficialReleaseEntry.action.name
    await refuse_unless_decidable(writing, release_id, action, row, form.entry, "entry")
    said = said_by(row)._replace(agrees=form.agrees)
    return {"waits": {**await waiting_with(writing, batch, said, record=release_id)}}


@checks_event("official_release.withdraw")
async def withdraws_an_official_release(writing: Writing, payload: Effect) -> Effect:
    """One that counts, by one person: it stops goods."""
    await refuse_unless_allowed(writing, OfficialReleaseWithdrawal)
    release_id, form = writing.entry.stream, OfficialReleaseWithdrawal.stored(part(payload, "form"))
    row, batch = await _locked(writing, release_id)
    refuse_unless_withdrawable(said_by(row), row.withdrawn_by, row.withdrawn_at)
    finding = f"The official batch release {row.number} of {row.laboratory} was taken back: {form.reason}"
    return await _stops(writing, batch, said_by(row)._replace(withdrawn=True), finding[:4000], record=release_id)


async def _stops(writing: Writing, batch: BatchRow, said: Said, finding: str, *, record: str) -> Effect:
    """The batch is held, and a release reviewed, for each market that it concerns. Its goods wait there."""
    waits = await waiting_with(writing, batch, said, record=record)
    for market in await concerned_by(writing, batch.batch_id, said.market):
        fact = SpecificationNotMet(
            batch_id=batch.batch_id, case_id=batch.batch_id, market=market.market, finding=finding
        )
        await establish(writing, fact)
    return {"waits": {**waits}}


class _Locked(NamedTuple):
    row: OfficialReleaseRow
    batch: BatchRow


async def _locked(writing: Writing, release_id: str) -> _Locked:
    """The record and its batch as they are now. The batch is locked first, as at the entry."""
    row = await writing.session.get(OfficialReleaseRow, release_id)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such official batch release.")
    batch = await locked_batch(writing, row.batch_id)
    await writing.head(release_id)
    return _Locked(await writing.session.get_one(OfficialReleaseRow, release_id, populate_existing=True), batch)
