"""G12: what each batch of the family comes from, how it was used, and whether it might be."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import col, select

from domain.batch.batch import Relation
from domain.batch.disposition import SiteVerdict
from domain.batch.gate.chain_facts import ParentFacts, ReleaseFacts, UseFacts
from domain.batch.making.shelf_life import Origin, ShelfLife, too_late
from domain.batch.making.strength import Strength, fault_of, keeps_the_strength
from domain.batch.supply_stage import SupplyStage
from records.batch.making.shelf_life import last_day_as_origin
from records.batch.tables.batches import RetestRow
from records.batch.tables.decisions import HoldRow
from records.release.family import Batch
from records.release.gate_evidence.context import GateContext, Relative
from records.release.releases import Use, Used, releases_for


async def parents_of(
    context: GateContext, holds: Mapping[str, Sequence[HoldRow]]
) -> dict[str, tuple[ParentFacts, ...]]:
    """The batches that each of the family comes from directly."""
    members = {each.batch_id: each for each in context.family}
    uses = [
        Use(
            parent=members[row.parent_id].batch,
            child=members[row.batch_id].batch,
            relation=row.relation,
        )
        for rows in context.parents.values()
        for row in rows
    ]
    releases = await releases_for(context.session, context.policy, uses, context.market, context.own.stage)
    overdue = await _retests_due(context, uses, members)
    strengths: dict[str, tuple[Strength, ...]] = {}
    found: dict[str, tuple[ParentFacts, ...]] = {}
    for use in uses:
        child, parent = use.child.batch_id, use.parent.batch_id
        facts = _parent(context, members[parent], use, releases[child, parent], holds.get(parent, ()))
        if keeps_the_strength(use.relation, members[child].stage, members[parent].stage) and use.child.strength:
            other = fault_of(use.child.strength, _strengths(context, members, parent, strengths))
            facts = facts.model_copy(update={"other_strength": other})
        if (child, parent) in overdue:
            facts = facts.model_copy(update={"retest_due": overdue[child, parent]})
        found[child] = (*found.get(child, ()), facts)
    return found


def uses_of(context: GateContext) -> dict[str, tuple[UseFacts, ...]]:
    """Where and when others of the family were made of each batch."""
    members = {each.batch_id: each for each in context.family}
    found: dict[str, tuple[UseFacts, ...]] = {}
    for step in (step for steps in context.parents.values() for step in steps):
        child = members[step.batch_id]
        own = context.sites.get(child.batch.site_id)
        use = UseFacts(
            batch_id=step.batch_id,
            site_ids=frozenset(child.sites),
            country=own.country if own is not None else None,
            quantity=Decimal(step.quantity) if step.quantity is not None else None,
            began_at=child.batch.started_at,
            ended_at=child.ended_at,
        )
        found[step.parent_id] = (*found.get(step.parent_id, ()), use)
    return found


def _strengths(
    context: GateContext, members: Mapping[str, Relative], batch_id: str, known: dict[str, tuple[Strength, ...]]
) -> tuple[Strength, ...]:
    """What is stated of a batch, or where nothing is, of what it was packed or divided from. `known` is what was found.

    What was registered before a strength had to be that of its parents may state none.
    """
    if batch_id not in known:
        own = members[batch_id]
        if own.batch.strength is not None:
            known[batch_id] = (Strength(f"{own.batch.number} ({batch_id})", own.batch.strength),)
        else:
            steps = [
                step.parent_id
                for step in context.parents.get(batch_id, ())
                if keeps_the_strength(step.relation, own.stage, members[step.parent_id].stage)
            ]
            found = [each for parent in steps for each in _strengths(context, members, parent, known)]
            known[batch_id] = tuple(dict.fromkeys(found))
    return known[batch_id]


async def _retests_due(context: GateContext, uses: Sequence[Use], members: Mapping[str, Relative]) -> dict[Used, date]:
    """The days by which parents were to be tested again, where they were used after that and not tested before."""
    late: dict[Used, tuple[date, date]] = {}
    for use in uses:
        by = use.parent.retest_on
        if by is not None and use.child.started_at is not None:
            used_on = members[use.parent.batch_id].calendar.local_day(use.child.started_at)
            if used_on > by:
                late[use.child.batch_id, use.parent.batch_id] = used_on, by
    tested = await _windows(context, {parent for _, parent in late})
    found: dict[Used, date] = {}
    for (child, parent), (used_on, by) in late.items():
        due = max([by, *(until for tested_on, until in tested[parent] if tested_on <= used_on)])
        if used_on > due:
            found[child, parent] = due
    return found


async def _windows(context: GateContext, batch_ids: Collection[str]) -> dict[str, list[tuple[date, date]]]:
    """The passing retests of batches, each with the last day of its window."""
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    if batch_ids:
        query = select(RetestRow).where(col(RetestRow.batch_id).in_(sorted(batch_ids)))
        for row in (await context.session.exec(query)).all():
            if row.until is not None:
                found[row.batch_id].append((row.tested_on, row.until))
    return found


_WORDS = {"expiry_on": "last day", "retest_on": "day of retest"}


def _outlasted(child: Batch, parent: Relative, relation: Relation, last_day: date | None) -> tuple[str, ...]:
    """The dates of a batch that is made and lasts longer than what it was divided, blended or packed from.

    `last_day` is that of the parent as an origin.
    """
    if child.quantity is None:
        return ()
    batch = parent.batch
    origin = Origin(
        number=batch.number,
        relation=relation,
        stage=parent.stage,
        expiry_on=last_day,
        retest_on=batch.retest_on,
    )
    faults = too_late(child.expiry_on, child.retest_on, [origin])
    return tuple(f"its {_WORDS[field]} {fault}" for field, fault in faults.items())


def _parent(
    context: GateContext, parent: Relative, use: Use, release: ReleaseFacts, holds: Sequence[HoldRow]
) -> ParentFacts:
    batch, used_at = parent.batch, use.child.started_at
    last_day = last_day_as_origin(batch, use.relation, (context.market,))
    life = ShelfLife(last_day=last_day, zone=parent.calendar.tz)
    return ParentFacts(
        batch_id=batch.batch_id,
        number=batch.number,
        relation=use.relation,
        used_at=used_at,
        used_over=used_at is not None and life.is_over(used_at),
        over_now=life.is_over(context.at),
        last_day=last_day,
        extended_for=batch.use_date_trial if last_day != batch.expiry_on else None,
        outlasted=_outlasted(use.child, parent, use.relation, last_day),
        is_starting_material=parent.stage is SupplyStage.STARTING_MATERIAL,
        release=release,
        site_released_at=batch.site_decided_at if batch.site_decision == SiteVerdict.RELEASED.value else None,
        held_at_use=tuple(
            hold.hold_id
            for hold in holds
            if used_at is not None
            and hold.lifted_at is not None
            and hold.placed_at <= used_at < hold.lifted_at
            and hold.market in (None, context.market)
        ),
        is_rejected=batch.site_decision == SiteVerdict.REJECTED.value,
    )
