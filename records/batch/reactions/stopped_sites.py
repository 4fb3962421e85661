"""What stops all that a site makes reaches what is released of it, and of what comes from that."""

from collections.abc import Collection

from sqlmodel import or_, select

from domain.batch.facts.events import MadeWhereStopped
from domain.batch.holds.holds import BatchState
from domain.event.facts import SiteStopped
from records.batch.batches import lock_lists
from records.batch.genealogy import descendants, in_order
from records.batch.holds.holds import makes_a_part
from records.batch.tables.batches import BatchRow
from records.core.reactions import Consequences, establish, reacts
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing


@reacts(SiteStopped, protects=True)
async def has_what_is_released_reviewed(writing: Writing, fact: SiteStopped) -> Consequences:
    """What of a site's scopes is released, and what is released of all that comes from it, is reviewed at once.

    What is not decided waits for the triage anyway (gate G14).
    """
    await lock_lists(writing, fact.scope_ids)
    site = await writing.session.get_one(SiteRow, fact.site_id)
    done = Consequences()
    for batch in await _released_from(writing, fact.scope_ids):
        why = f"{fact.type.words} {fact.number} at {site.name}, on which the release of {batch.number} rests"
        said = MadeWhereStopped(
            batch_id=batch.batch_id,
            case_id=fact.case_id,
            why=why,
            received_at=fact.received_at,
            event=fact.number,
            told=fact.type,
            site=site.name,
        )
        done += await establish(writing, said)
    return done


async def _released_from(writing: Writing, scope_ids: Collection[str]) -> list[BatchRow]:
    """The released batches of scopes, and those that come from any batch of them over all steps. They are locked."""
    made = select(BatchRow.batch_id).where(or_(*(makes_a_part(scope_id) for scope_id in scope_ids)))
    family = await descendants(writing.session, (await writing.session.exec(made)).all()) if scope_ids else ()
    found = []
    for batch_id in sorted(family, key=in_order):
        batch = await writing.session.get_one(BatchRow, batch_id)
        if batch.is_out and batch.state != BatchState.CLOSED.value:
            await writing.head(batch_id)
            found.append(await writing.session.get_one(BatchRow, batch_id, populate_existing=True))
    return [batch for batch in found if batch.is_out]
