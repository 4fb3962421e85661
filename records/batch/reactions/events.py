"""What an event at a site says of lots is true of the batches that they are, and of those that were made with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from domain.batch.batch import UseKind
from domain.batch.deviations.deviation import GRAVE
from domain.batch.facts.batch_fact import BatchFact, LearnedOfBatch
from domain.batch.facts.events import BatchFalsified, BatchRecalled, ComplaintOfBatch, MadeWhereStopped, MaterialInDoubt
from domain.batch.facts.quality import GraveDeviationReported, ResultOutsideReported
from domain.batch.holds.holds import BatchState
from domain.batch.making.lots_in_doubt import NamedLots, is_named
from domain.batch.results.oos import OosKind
from domain.core.names import name_key
from domain.event.facts import Concluded, LotsNamed
from domain.event.site_event import EventSeverity, EventType, calls_lots_into_question
from records.batch.genealogy import ancestors, lock_families
from records.batch.holds.holds import makes_a_part
from records.batch.making.bearing import bearing
from records.batch.making.own_lots import issuers_at
from records.batch.site_events import used_lot
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.reactions import Consequences, establish, reacts, revoke_about
from records.core.writing import Writing

_GRAVE = frozenset({each.value for each in GRAVE})
_TOLD = 300
"""Characters of a description that stand in the reason of a hold."""


@reacts(LotsNamed, protects=True)
async def is_true_of_each_batch(writing: Writing, fact: LotsNamed) -> Consequences:
    """What an event says is so of every batch that it names, and of every batch that was made with a lot it names.

    What only asks for a look at a release is asked where there is one; before, gate G7 lists the event.

    A number that is known is the batch, wherever it was told (`_told_elsewhere`). Numbers that are not known stay with
    the triage. That a lot of another maker has the same number says nothing by itself; gate G12 puts it before the
    certifier.
    """
    used = await _made_with(writing, fact)
    named = await _named(writing, fact, used)
    concerned = {batch.batch_id for batch in (*named, *(batch for batch, _ in used))}
    above = [each for batch_id in concerned for each in await ancestors(writing.session, batch_id)]
    await lock_families(writing, concerned.union(above))
    done = Consequences()
    found = [(batch, _said_of(fact, batch)) for batch in named]
    found += [(batch, _said_with(fact, batch, use)) for batch, use in used]
    for batch, said in found:
        if batch.is_out or not isinstance(said, LearnedOfBatch):
            done += await establish(writing, said)
    return done


@reacts(Concluded)
async def says_no_more(writing: Writing, fact: Concluded) -> Consequences:
    """What was said of batches was looked at. What follows from a triage are its outcomes.

    That a batch is recalled stands for ever.
    """
    for kind in (
        GraveDeviationReported,
        ResultOutsideReported,
        BatchFalsified,
        ComplaintOfBatch,
        MaterialInDoubt,
        MadeWhereStopped,
    ):
        await revoke_about(writing, kind, fact.case_id)
    return Consequences()


def _here(fact: LotsNamed) -> ColumnElement[bool]:
    """The batches of which the site of the event, or a scope that it names, makes a part."""
    return or_(col(BatchRow.site_id) == fact.site_id, *(makes_a_part(scope_id) for scope_id in fact.scope_ids))


async def _named(writing: Writing, fact: LotsNamed, used: Sequence[tuple[BatchRow, BatchUseRow]]) -> list[BatchRow]:
    """The batches with these very numbers: of those that its site knows, and of those that only others know."""
    named = await bearing(writing.session, fact.site_id, fact.lots, [use for _, use in used])
    return [*named.here, *(each for each in named.elsewhere if _told_elsewhere(fact, each))]


def _told_elsewhere(fact: LotsNamed, batch: BatchRow) -> bool:
    """Whether what is told at a site that does not know a batch is so of it before a person has said whether it is.

    Its sponsor's number is given once. A number of its site may be that of another maker as well, which the records do
    not know: who triages the event says so. Until then what stops a batch, or is critical, stops it.
    """
    is_certain = fact.is_said or name_key(batch.sponsor_number or "") in set(map(name_key, fact.lots))
    is_grave = fact.severity is EventSeverity.CRITICAL or not isinstance(_said_of(fact, batch), LearnedOfBatch)
    return is_certain or is_grave


async def _made_with(writing: Writing, fact: LotsNamed) -> list[tuple[BatchRow, BatchUseRow]]:
    """By lot: one that the site of the event uses, or one that it has made.

    A lot that it uses is the same wherever else it is used: by number and maker (section 22).
    """
    wanted = sorted(set(map(name_key, fact.lots)))
    ends = or_(*(col(BatchUseRow.key).endswith(key, autoescape=True) for key in wanted))
    query = (
        select(BatchRow, BatchUseRow, _here(fact))
        .join(BatchUseRow, col(BatchUseRow.batch_id) == col(BatchRow.batch_id))
        .where(col(BatchUseRow.kind) == UseKind.MATERIAL.value, ends, col(BatchRow.state) != BatchState.CLOSED.value)
        .order_by(col(BatchRow.batch_id), col(BatchUseRow.reference))
    )
    found = (await writing.session.exec(query)).all()
    makers = await issuers_at(writing.session, fact.site_id) if found else ()
    of_site = NamedLots.told(fact.lots, makers)
    used_here = [use.detail for _, use, is_here in found if is_here and is_named(used_lot(use), of_site, here=True)]
    named = NamedLots.told(fact.lots, (*makers, *used_here))
    return [(batch, use) for batch, use, is_here in found if is_named(used_lot(use), named, here=is_here)]


class _Source(TypedDict):
    """What facts of one event about one batch have in common."""

    batch_id: str
    case_id: str
    received_at: datetime | None


def _source(fact: LotsNamed, batch: BatchRow) -> _Source:
    return {"batch_id": batch.batch_id, "case_id": fact.case_id, "received_at": fact.received_at}


def _who(fact: LotsNamed) -> str:
    return f"{fact.case_id} ({fact.type.words} {fact.number})"


def _said_of(fact: LotsNamed, batch: BatchRow) -> BatchFact:
    of = _source(fact, batch)
    match fact.type:
        case EventType.DEVIATION if fact.severity.value in _GRAVE:
            return GraveDeviationReported(**of, deviation_id=fact.number, deviation_class=fact.severity.value)
        case EventType.OOS:
            result = fact.description[:_TOLD]
            return ResultOutsideReported(**of, kind=OosKind.OOS, oos_id=fact.number, result=result)
        case EventType.RECALL:
            return BatchRecalled(**of, number=batch.number, event=fact.number)
        case EventType.FALSIFICATION | EventType.SERIALISATION_ALERT:
            return BatchFalsified(**of, number=batch.number, event=fact.number, what=fact.type.words)
        case EventType.COMPLAINT if fact.severity.value in _GRAVE:
            return ComplaintOfBatch(**of, number=batch.number, event=fact.number)
    return LearnedOfBatch(**of, why=f"{_who(fact)} names {batch.number}")


def _said_with(fact: LotsNamed, batch: BatchRow, use: BatchUseRow) -> BatchFact:
    """A lot of a material is doubtful by what it is about, or by how grave it is."""
    of = _source(fact, batch)
    if calls_lots_into_question(fact.type, fact.severity):
        return MaterialInDoubt(**of, lot=use.reference, told=fact.type, event=fact.number)
    why = f"{_who(fact)} names {use.reference}, which {batch.number} was made with"
    return LearnedOfBatch(**of, why=why)
