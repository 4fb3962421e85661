"""What an event at a site says of batches is true of them as if it had been reported of the batch itself."""

from sqlmodel import col, or_, select

from domain.batch.deviations.deviation import GRAVE
from domain.batch.facts import (
    BatchFact,
    BatchFalsified,
    BatchRecalled,
    GraveDeviationReported,
    ResultOutsideReported,
)
from domain.batch.holds.holds import BatchState
from domain.batch.results.oos import OosKind
from domain.core.names import name_key
from domain.event.facts import LotsNamed
from domain.event.site_event import EventType
from records.batch.genealogy import ancestors, lock_families
from records.batch.holds.holds import makes_a_part
from records.batch.tables.batches import BatchRow
from records.core.reactions import Consequences, establish, reacts, revoke_about
from records.core.writing import Writing

_GRAVE = frozenset({each.value for each in GRAVE})
_MOST = 1000
_TOLD = 300
"""Characters of a description that stand in the reason of a hold."""


@reacts(LotsNamed, protects=True)
async def is_true_of_each_batch(writing: Writing, fact: LotsNamed) -> Consequences:
    """A grave deviation, a failing result, a recall or an alert is so of every batch that the event names.

    Numbers that are not known stay with the triage.
    """
    found = await _named(writing, fact)
    named = {batch.batch_id for batch in found}
    above = [each for batch_id in named for each in await ancestors(writing.session, batch_id, _MOST)]
    await lock_families(writing, named.union(above))
    done = Consequences()
    for batch in found:
        if (said := _said_of(fact, batch)) is not None:
            done += await establish(writing, said)
    return done


async def conclude_event(writing: Writing, event_id: str) -> None:
    """An event is triaged: what it said of batches was looked at. What follows from the triage are its outcomes."""
    for kind in (GraveDeviationReported, ResultOutsideReported, BatchFalsified):
        await revoke_about(writing, kind, event_id)


async def _named(writing: Writing, fact: LotsNamed) -> list[BatchRow]:
    wanted = {name_key(lot) for lot in fact.lots}
    of_scopes = or_(*(makes_a_part(scope_id) for scope_id in fact.scope_ids))
    query = select(BatchRow).where(of_scopes, col(BatchRow.state) != BatchState.CLOSED.value)
    return [batch for batch in (await writing.session.exec(query)).all() if name_key(batch.number) in wanted]


def _said_of(fact: LotsNamed, batch: BatchRow) -> BatchFact | None:
    match fact.type:
        case EventType.DEVIATION if fact.severity.value in _GRAVE:
            return GraveDeviationReported(
                batch_id=batch.batch_id,
                case_id=fact.case_id,
                deviation_id=fact.number,
                deviation_class=fact.severity.value,
            )
        case EventType.OOS:
            result = fact.description[:_TOLD]
            return ResultOutsideReported(
                batch_id=batch.batch_id, case_id=fact.case_id, kind=OosKind.OOS, oos_id=fact.number, result=result
            )
        case EventType.FALSIFICATION | EventType.SERIALISATION_ALERT:
            return BatchFalsified(
                batch_id=batch.batch_id,
                case_id=fact.case_id,
                number=batch.number,
                event=fact.number,
                what=fact.type.words,
            )
        case EventType.RECALL:
            return BatchRecalled(batch_id=batch.batch_id, case_id=fact.case_id, number=batch.number, event=fact.number)
    return None
