"""G12: what events have said of the lots that the family was made with, and of its own batches, open or closed."""

from collections.abc import Mapping, Sequence

from domain.batch.batch import UseKind
from domain.batch.gate.chain_facts import LotAlikeFacts, LotInDoubtFacts
from domain.batch.making.lots_in_doubt import NamedLots, UsedLot, is_named, may_be_named
from domain.core.names import likenesses, name_key
from domain.event.site_event import ALERTS_OF_LOTS
from records.batch.making.bearing import bearing, lots_used_at
from records.batch.making.users import sites_that_know
from records.batch.site_events import SeenEvent, used_lot
from records.release.gate_evidence.context import GateContext, Relative

Users = Mapping[str, set[str]]
"""By batch the sites that know it: they make a part of it, or have made something of it; and those that mean it by the
number that they tell."""


def numbers_of(context: GateContext) -> set[str]:
    """The numbers of the lots that the family was made with, and of its own batches, as keys."""
    used = {number for each in context.family for lot in materials(each) for number in lot.numbers}
    return used.union(*(own_numbers(each) for each in context.family))


async def users_of(context: GateContext, events: Sequence[SeenEvent]) -> Users:
    """Who uses a batch is looked up only if an event at another site names a number like its own."""
    makers = {each.batch_id: each.sites for each in context.family}
    named = [
        each.batch_id
        for each in context.family
        if any(seen.row.site_id not in each.sites and _alike(own_numbers(each), seen.all_named) for seen in events)
    ]
    users: dict[str, set[str]] = {**makers, **(await sites_that_know(context.session, named) if named else {})}
    for member in (each for each in context.family if each.batch_id in named):
        for seen in events:
            if seen.row.site_id not in users[member.batch_id] and await _is_meant(context, member, seen):
                users[member.batch_id] = users[member.batch_id] | {seen.row.site_id}
    return users


async def _is_meant(context: GateContext, member: Relative, seen: SeenEvent) -> bool:
    """Whether a site that does not know a batch means it by the very number that it tells.

    By the sponsor's number it does, and once a person has said so. Until somebody triages the event it is presumed
    where the site knows nothing with that number (`records.batch.making.bearing`).
    """
    numbers = own_numbers(member) & seen.all_named.numbers
    if not numbers or seen.is_told_apart(numbers):
        return False
    if name_key(member.batch.sponsor_number or "") in numbers or seen.is_said_to_mean(numbers):
        return True
    if seen.is_decided:
        return False
    used = await lots_used_at(context.session, seen.row.site_id, numbers)
    borne = await bearing(context.session, seen.row.site_id, sorted(numbers), used)
    return member.batch_id in [each.batch_id for each in borne.elsewhere]


def materials(member: Relative) -> list[UsedLot]:
    """The lots of materials that a batch was made with."""
    return [used_lot(use) for use in member.uses if use.kind == UseKind.MATERIAL.value]


def own_numbers(member: Relative) -> set[str]:
    """The numbers of a batch, the site's and the sponsor's, as keys."""
    return {name_key(each) for each in (member.batch.number, member.batch.sponsor_number) if each is not None}


def names(member: Relative, seen: SeenEvent, users: Users) -> bool:
    """Whether an event names a batch at a site that knows it, or a lot that it was made with (section 22).

    Such a lot is one that a site of the batch reports, or one of whoever has made it or had it on its way.
    """
    numbers = own_numbers(member) & seen.named.numbers
    if numbers and seen.row.site_id in users[member.batch_id] and not seen.is_told_apart(numbers):
        return True
    here = seen.row.site_id in member.sites
    return any(is_named(lot, seen.named, here=here) for lot in materials(member))


def lots_in_doubt(
    context: GateContext, events: Sequence[SeenEvent], users: Users
) -> dict[str, tuple[LotInDoubtFacts, ...]]:
    """By batch: what calls a lot into question that it was made with, or the batch itself, and what was cleared."""
    return {
        each.batch_id: tuple(
            fact for seen in events for fact in (*_of_materials(each, seen), *_of_itself(each, seen, users))
        )
        for each in context.family
    }


def _of_materials(member: Relative, seen: SeenEvent) -> list[LotInDoubtFacts]:
    if not seen.in_doubt:
        return []
    here, all_named = seen.row.site_id in member.sites, seen.all_named
    return [_fact(lot.reference, lot.numbers, seen) for lot in materials(member) if is_named(lot, all_named, here=here)]


def _of_itself(member: Relative, seen: SeenEvent, users: Users) -> list[LotInDoubtFacts]:
    """What was learned of a batch otherwise stands in its deviations, its results and its holds."""
    numbers = own_numbers(member) & seen.all_named.numbers
    is_one_of_lots = seen.type in ALERTS_OF_LOTS and not seen.is_told_apart(numbers)
    if not is_one_of_lots or seen.row.site_id not in users[member.batch_id] or not numbers:
        return []
    return [_fact(member.batch.number, frozenset(numbers), seen)]


def _fact(lot: str, numbers: frozenset[str], seen: SeenEvent) -> LotInDoubtFacts:
    cleared = seen.cleared(numbers)
    return LotInDoubtFacts(
        lot=lot,
        event_id=seen.row.case_id,
        type=seen.type,
        site=seen.site,
        cleared=f"{cleared['by_name']}: {cleared['reason']} ({', '.join(cleared['evidence'])})" if cleared else None,
    )


def lots_alike(context: GateContext, events: Sequence[SeenEvent], users: Users) -> dict[str, tuple[LotAlikeFacts, ...]]:
    """By batch: its lots, and the batch itself, with a number like one that an event names, and not known as the same.

    Whether it is the same a person says (section 22: what is alike proposes). Of closed events only those count that
    call lots into question.
    """
    doubtful = [each for each in events if each.is_open or each.in_doubt]
    return {
        each.batch_id: tuple(
            LotAlikeFacts(lot=lot, event_id=seen.row.case_id, type=seen.type, site=seen.site)
            for seen in doubtful
            for lot in (*_materials_alike(each, seen), *_itself_alike(each, seen, users))
        )
        for each in context.family
    }


def _materials_alike(member: Relative, seen: SeenEvent) -> list[str]:
    here = seen.row.site_id in member.sites
    return [
        lot.reference
        for lot in materials(member)
        if may_be_named(lot, seen.named, here=here, is_closed=not seen.is_open)
        and not is_named(lot, seen.all_named, here=here)
        and not seen.is_told_apart(lot.numbers)
    ]


def _itself_alike(member: Relative, seen: SeenEvent, users: Users) -> list[str]:
    numbers = own_numbers(member)
    is_known = not numbers.isdisjoint(seen.all_named.numbers) or seen.is_told_apart(numbers)
    if is_known or seen.row.site_id not in users[member.batch_id] or not _alike(numbers, seen.named):
        return []
    return [member.batch.number]


def _alike(numbers: set[str], named: NamedLots) -> bool:
    return any(not likenesses(each).isdisjoint(named.alike) for each in numbers)
