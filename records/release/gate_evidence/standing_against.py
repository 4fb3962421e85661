"""G14: what stands against any decision: events at the sites of the family, and holds on its batches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import col, or_, select

from domain.batch.batch import Relation
from domain.batch.gate.facts import HoldFacts, SiteEventFacts
from domain.batch.holds.holds import HoldType
from domain.core.forms import Process
from domain.core.names import name_key
from domain.event.site_event import EventType
from domain.release.decision_gates import ALERTS
from records.batch.tables.batches import HoldRow, ReviewDemandRow
from records.core.tables.cases import CaseRow
from records.event.tables import SiteEventRow
from records.release.gate_evidence.context import GateContext, Relative

_OF_LOTS = frozenset({EventType.RECALL.value, EventType.FALSIFICATION.value, EventType.SERIALISATION_ALERT.value})
"""What concerns lots, where it names any, and not all that a site makes."""


Events = Sequence[tuple[SiteEventRow, CaseRow]]
"""Events at sites, with their cases."""


async def events_at(context: GateContext) -> Events:
    """Every event at the sites of the family that is an alert, or whose triage is not over, by its number."""
    query = (
        select(SiteEventRow, CaseRow)
        .join(CaseRow, col(CaseRow.case_id) == col(SiteEventRow.case_id))
        .where(
            col(SiteEventRow.site_id).in_(context.site_ids),
            or_(col(SiteEventRow.type).in_(sorted(ALERTS)), col(CaseRow.closed_at).is_(None)),
        )
        .order_by(col(CaseRow.number))
    )
    return (await context.session.exec(query)).all()


async def events_about(context: GateContext, events: Events) -> dict[str, tuple[SiteEventFacts, ...]]:
    """By batch: open recalls, alerts and statements of non-compliance that touch a scope used, or the lot."""
    found = [(event, case) for event, case in events if event.type in ALERTS]
    followed = await _still_open(context, [_opened_by(event) for event, _ in found])
    is_open = [event for event, case in found if case.closed_at is None or followed & set(_opened_by(event))]
    lots = {event.case_id: set(map(name_key, event.lots)) for event in is_open}
    return {
        each.batch_id: tuple(
            SiteEventFacts(event_id=event.case_id, type=event.type, site_id=event.site_id)
            for event in is_open
            if _touches(each, lots[event.case_id], event)
        )
        for each in context.family
    }


async def reviewed_again(context: GateContext) -> frozenset[str]:
    """The batches of the family whose release is reviewed again, for what was not learned of one that comes from them.

    What was learned of that one is looked at there: it cannot wait for itself.
    """
    depths = {each.batch_id: each.depth for each in context.family}
    doubted = [each.batch_id for each in context.family if each.batch.review_open]
    if not doubted:
        return frozenset()
    query = select(ReviewDemandRow.batch_id, ReviewDemandRow.cause).where(
        col(ReviewDemandRow.batch_id).in_(doubted), col(ReviewDemandRow.reviewed_at).is_(None)
    )
    demands = (await context.session.exec(query)).all()
    return frozenset(of for of, cause in demands if depths.get(cause, depths[of]) >= depths[of])


def _touches(member: Relative, lots: set[str], event: SiteEventRow) -> bool:
    """What names lots touches those alone and what comes from them; an act against the site all that is made there."""
    if name_key(member.batch.number) in lots:
        return True
    if event.site_id not in member.sites:
        return False
    names_others = event.type in _OF_LOTS and bool(event.lots)
    return not names_others and member.touched_by(event.scope_ids)


def _opened_by(event: SiteEventRow) -> list[str]:
    """The cases that the triage of an event has opened."""
    opened = [each for ids in (event.opened or {}).values() if isinstance(ids, list) for each in ids]
    return [each for each in opened if isinstance(each, str)]


async def _still_open(context: GateContext, opened: Sequence[Sequence[str]]) -> set[str]:
    """An event stays open until it is triaged, and then until every case is closed that its triage has opened."""
    query = select(CaseRow.case_id).where(
        col(CaseRow.case_id).in_(sorted({each for ids in opened for each in ids})),
        col(CaseRow.process) != Process.BATCH.value,
        col(CaseRow.closed_at).is_(None),
    )
    return set((await context.session.exec(query)).all()) if any(opened) else set()


async def holds_of(context: GateContext) -> dict[str, list[HoldRow]]:
    """Every hold that was ever placed on a batch of the family, by batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(context.batch_ids))
    found: dict[str, list[HoldRow]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all():
        found[row.batch_id].append(row)
    return found


def standing(context: GateContext, member: Relative, holds: Mapping[str, Sequence[HoldRow]]) -> tuple[HoldFacts, ...]:
    """The holds that stand on a batch.

    A day of retest that has passed holds the batch alone, not what was made from it in time.
    """
    return tuple(
        HoldFacts(hold_id=row.hold_id, type=HoldType(row.type), reason=row.reason, market=row.market)
        for row in holds.get(member.batch_id, ())
        if row.lifted_at is None and not _concerns_the_rest_alone(context, member, row)
    )


def _concerns_the_rest_alone(context: GateContext, member: Relative, hold: HoldRow) -> bool:
    """Whether a hold is for a day of retest, and all that was made from the batch was begun before that."""
    begun = [
        (child.batch.started_at, row.relation)
        for child in context.family
        for row in context.parents.get(child.batch_id, ())
        if row.parent_id == member.batch_id
    ]
    made_in_time = all(
        relation is Relation.INTERMEDIATE and start is not None and start < hold.placed_at for start, relation in begun
    )
    return hold.type == HoldType.RETEST_DUE.value and bool(begun) and made_in_time
