"""What stands against a change is so of every batch that was made with it."""

from collections.abc import Mapping

from sqlmodel import col, select

from domain.batch.facts.events import MadeUnderChange
from domain.batch.making.own_lots import batches_meant
from domain.change.facts import ChangeStands
from records.batch.batches import lock_lists
from records.batch.genealogy import in_order, lock_families
from records.batch.holds.holds import open_batches
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchChangeRow
from records.change.tables import ChangeRow
from records.core.reactions import Consequences, establish, reacts
from records.core.writing import Writing


@reacts(ChangeStands, protects=True)
async def is_true_of_what_was_made_with_it(writing: Writing, fact: ChangeStands) -> Consequences:
    """What was reported under the change, its first batch, and what was finished since its first use is looked at."""
    await lock_lists(writing, fact.scope_ids)
    change = await writing.session.get_one(ChangeRow, fact.case_id)
    done = Consequences()
    found = await _made_with_it(writing, fact)
    await lock_families(writing, found)
    for batch_id, where in sorted(found.items(), key=lambda each: in_order(each[0])):
        why = f"It was made under {change.change_id} ({fact.case_id}){where}, which {fact.why}"[:4000]
        done += await establish(writing, MadeUnderChange(batch_id=batch_id, case_id=fact.case_id, why=why))
    return done


async def _made_with_it(writing: Writing, fact: ChangeStands) -> Mapping[str, str]:
    """The batches by id, and for one whose number is only like that of the first batch what was told."""
    reported = select(BatchChangeRow.batch_id).where(col(BatchChangeRow.case_id) == fact.case_id)
    found = dict.fromkeys((await writing.session.exec(reported)).all(), "")
    if fact.first_batch is None:
        return found
    known: dict[str, tuple[str, ...]] = {}
    for scope_id in fact.scope_ids:
        known |= await open_batches(writing.session, scope_id)
    meant = batches_meant([fact.first_batch], known)
    found |= {batch_id: f" (first used in {told}, which may be it)" for batch_id, told in meant.alike.items()}
    since = select(BatchRow.batch_id).where(
        col(BatchRow.batch_id).in_(sorted(known)), col(BatchRow.made_on) >= fact.since
    )
    return found | dict.fromkeys([*meant.named, *(await writing.session.exec(since)).all()], "")
