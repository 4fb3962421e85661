"""G14: what stands against any decision: events at the sites of the family, and holds on its batches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from domain.batch.batch import Relation
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.holds.holds import HoldType
from domain.event.site_event import ALERTS, ALERTS_OF_LOTS
from records.batch.site_events import SeenEvent
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.tables.master_data import PersonRow
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.named_lots import Users, names


def events_about(
    context: GateContext, events: Sequence[SeenEvent], users: Users
) -> dict[str, tuple[SiteEventFacts, ...]]:
    """By batch: open recalls, alerts and statements of non-compliance that touch a scope used, or the lot."""
    return {
        each.batch_id: tuple(
            SiteEventFacts(
                event_id=seen.row.case_id,
                type=seen.type,
                site_id=seen.row.site_id,
                site=seen.site,
                followed_by=seen.followed_by,
                since=seen.row.received_at,
            )
            for seen in events
            if seen.is_open and is_alert_about(each, seen, users)
        )
        for each in context.family
    }


def is_alert_about(member: Relative, seen: SeenEvent, users: Users) -> bool:
    """Whether gate G14 is closed by an event for what one batch has contributed.

    What names lots touches those, what was made with them and what comes from that; an act against the site touches
    all that is made there.
    """
    if seen.type not in ALERTS:
        return False
    if names(member, seen, users):
        return True
    names_others = seen.type in ALERTS_OF_LOTS and bool(seen.row.lots)
    return not names_others and seen.row.site_id in member.sites and member.touched_by(seen.row.scope_ids)


async def reviewed_again(context: GateContext) -> dict[str, datetime]:
    """The batches of the family whose release is reviewed again, for what was not learned of one that comes from them.

    Each with the instant since when.

    What was learned of that one is looked at there: it cannot wait for itself.
    """
    depths = {each.batch_id: each.depth for each in context.family}
    doubted = [each.batch_id for each in context.family if each.batch.review_open]
    if not doubted:
        return {}
    query = select(ReviewDemandRow).where(
        col(ReviewDemandRow.batch_id).in_(doubted), col(ReviewDemandRow.reviewed_at).is_(None)
    )
    found: dict[str, datetime] = {}
    for row in (await context.session.exec(query.order_by(col(ReviewDemandRow.number)))).all():
        if depths.get(row.cause, depths[row.batch_id]) >= depths[row.batch_id]:
            found.setdefault(row.batch_id, row.demanded_at)
    return found


async def holds_of(context: GateContext) -> dict[str, list[HoldRow]]:
    """Every hold that was ever placed on a batch of the family, by batch, the oldest first."""
    query = select(HoldRow).where(col(HoldRow.batch_id).in_(context.batch_ids))
    found: dict[str, list[HoldRow]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(HoldRow.placed_at), col(HoldRow.hold_id)))).all():
        found[row.batch_id].append(row)
    return found


async def placers_of(context: GateContext, holds: Mapping[str, Sequence[HoldRow]]) -> dict[str, str]:
    """The names of who has placed holds by hand that stand, by person."""
    placers = {row.placed_by for rows in holds.values() for row in rows if row.by_hand and row.lifted_at is None}
    if not placers:
        return {}
    query = select(PersonRow.person_id, PersonRow.name).where(col(PersonRow.person_id).in_(sorted(placers)))
    return dict((await context.session.exec(query)).all())


def standing(
    context: GateContext, member: Relative, holds: Mapping[str, Sequence[HoldRow]], placers: Mapping[str, str]
) -> tuple[HoldFacts, ...]:
    """The holds that stand on a batch.

    A day of retest that has passed holds the batch alone, not what was made from it in time.
    """
    return tuple(
        HoldFacts(
            hold_id=row.hold_id,
            type=HoldType(row.type),
            reason=row.reason,
            market=row.market,
            since=row.placed_at,
            fact=row.fact_kind,
            placed_by=placers.get(row.placed_by) if row.by_hand else None,
            inherited_from=row.inherited_from,
        )
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
