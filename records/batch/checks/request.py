"""Checks of the registration of a batch."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlmodel import col, select

from domain.agreement.agreement import SubcontractedWork, unapproved
from domain.batch.batch import BatchStage, Relation
from domain.batch.holds.holds import BatchState
from domain.batch.making.descent import refuse_beyond_left, refuse_unless_descends, refuse_unless_left
from domain.batch.making.lots_in_doubt import refuse_lots_in_doubt
from domain.batch.making.mass_balance import Taken, refuse_unless_planned, refuse_unless_repacked
from domain.batch.making.pack import KnownPack, Pack, keeps_the_pack, refuse_other_pack
from domain.batch.making.request import (
    BatchRegistration,
    refuse_unless_orderable,
    refuse_unless_registrable,
    used_scopes,
)
from domain.batch.making.shelf_life import uses_as_it_is
from domain.batch.making.stage_of_origin import Origin, refuse_unless_comes_from, refuse_unless_packed
from domain.batch.making.stage_rules import refuse_unless_country_known, rule_at_stage
from domain.batch.relations import WORKED_AGAIN
from domain.batch.supply_stage import SupplyStage, refuse_unless_fitting
from domain.core.names import likenesses, name_key
from domain.core.people import Org
from domain.core.refusals import Code, Refused, broken
from domain.core.text import in_a_title
from domain.policy.market_rule import MarketRule, row_of
from domain.site.site import Activity, ProductStage
from records.agreement.in_force import agreement_in_force, terms_of
from records.asl.statements import statement_in_force
from records.batch.batches import lock_lists, orders_stopped_by
from records.batch.genealogy import in_order
from records.batch.holds.holds import inherited
from records.batch.making.lots_in_doubt import falsified_parents
from records.batch.making.shelf_life import life_as_origin
from records.batch.making.strength import refuse_other_strength
from records.batch.questions import LeftOf
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.declared import Effect, Requested, opens
from records.core.likenesses import owners_alike
from records.core.questions import ask
from records.core.tables.cases import CaseRow
from records.core.tables.likenesses import Likened
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes


@opens(BatchRegistration)
async def opens_a_batch(writing: Writing, form: BatchRegistration) -> Requested:
    """A batch binds only to sites and scopes that are qualified and bound by a quality agreement (Chapter 7)."""
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    scope_ids = used_scopes(form)
    await _refuse_unknown_steps(writing, form)
    await writing.head(form.site_id)
    await lock_lists(writing, scope_ids)
    calendar = await writing.policies.calendar_of(writing.session, form.site_id, writing.at)
    today = calendar.local_day(writing.at)
    await _refuse_unless_orderable(writing, scope_ids, today)
    statement = await statement_in_force(writing.session, form.scope_id, writing.at)
    rows = (await writing.policy()).markets
    refuse_unless_registrable(form, statement.markets if statement else (), rows)
    scope = await writing.session.get_one(ScopeRow, form.scope_id)
    refuse_unless_fitting(form.supply_stage, Activity(scope.activity), ProductStage(scope.stage))
    country = (await writing.session.get_one(SiteRow, form.site_id)).country
    found = [row for market in form.markets if (row := _row(rows, market, form)) is not None]
    refuse_unless_country_known(form.supply_stage, found, country, form.site_id)
    await _refuse_known_number(writing, form)
    inherits = await _inherited(writing, form)
    refuse_lots_in_doubt(await falsified_parents(writing, form))
    await _refuse_unless_staged(writing, form, Activity(scope.activity))
    takes = await _taken(writing, form)
    return requested.model_copy(
        update={
            "title": f"Batch {in_a_title(form.number)} of {in_a_title(scope.product)} at {form.site_id}",
            "kind": next((each.relation.value for each in form.parents), "NEW"),
            "markets": frozenset(form.markets),
            "effect": {
                "product": scope.product,
                "approved_steps": await _approved_steps(writing, form, today),
                "inherits": [*inherits],
                "takes": takes,
                **_rules(form, rows, country),
            },
        }
    )


def _rules(form: BatchRegistration, rows: Iterable[MarketRule], country: str | None) -> Effect:
    """Under which rule each market is decided, and by whom: as the policy says it now, for as long as the batch is."""
    found = {market: row for market in form.markets if (row := _row(rows, market, form)) is not None}
    rules = {market: rule_at_stage(form.supply_stage, row, country) for market, row in found.items()}
    return {
        "rules": {market: rule.value for market, rule in rules.items()},
        "imports": [market for market, row in found.items() if row.import_area],
        "deciders": {market: [*found[market].deciders] for market, rule in rules.items() if rule.is_of_a_product},
    }


def _row(rows: Iterable[MarketRule], market: str, form: BatchRegistration) -> MarketRule | None:
    row = row_of(rows, market)
    return row.for_supply(clinical=form.supply_stage is SupplyStage.CLINICAL_SUPPLY) if row is not None else None


async def _refuse_unknown_steps(writing: Writing, form: BatchRegistration) -> None:
    faults = {
        f"subcontracted.{index}.scope_id": "unknown"
        for index, step in enumerate(form.subcontracted)
        if await writing.session.get(ScopeRow, step.scope_id) is None
    }
    if faults:
        raise broken("section 8, register", "A subcontracted step names no known scope.", **faults)


async def _refuse_unless_orderable(writing: Writing, scope_ids: Sequence[str], today: date) -> None:
    """The site hears that no orders are taken, not what the sponsor holds against it (S6)."""
    stopped = {each: await orders_stopped_by(writing.session, each, writing.at) for each in scope_ids}
    if writing.actor.org is Org.CDMO:
        stopped = {each: ["ask the sponsor"] if reasons else [] for each, reasons in stopped.items()}
    agreed = [each for each in scope_ids if await agreement_in_force(writing.session, each, today) is not None]
    refuse_unless_orderable(stopped, agreed, scope_ids)


async def _refuse_known_number(writing: Writing, form: BatchRegistration) -> None:
    """Only the new record of a batch that was rejected wrongly has the number of that batch, however often it was."""
    same = await _corrected(writing, {each.batch_id for each in form.parents if each.relation is Relation.CORRECTION})
    query = select(BatchRow.batch_id).where(
        col(BatchRow.site_id) == form.site_id,
        col(BatchRow.number_key) == name_key(form.number),
        col(BatchRow.batch_id).not_in(same),
    )
    known = (await writing.session.exec(query.order_by(col(BatchRow.batch_id)).limit(1))).first()
    if known is not None:
        message = f"{form.number} is {known}. A number is used once."
        raise Refused(Code.CONFLICT, message, fields={"number": f"is {known}"}, who=known)
    if form.sponsor_number is not None:
        await _refuse_known_to_sponsor(writing, form.sponsor_number, same)


async def _refuse_known_to_sponsor(writing: Writing, number: str, same: Collection[str]) -> None:
    """The sponsor gives a number once, wherever its batches are made; whose it is, a site is not told (S6).

    What was called off before it was made has given its number back.
    """
    alike = col(BatchRow.batch_id).in_(owners_alike(Likened.BATCH, likenesses(number)))
    query = (
        select(BatchRow.batch_id, BatchRow.sponsor_number)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchRow.batch_id))
        .where(alike, col(BatchRow.batch_id).not_in(same), col(CaseRow.stage) != BatchStage.CANCELLED.value)
    )
    rows = (await writing.session.exec(query.order_by(col(BatchRow.batch_id)))).all()
    known = next((each for each, own in rows if own is not None and name_key(own) == name_key(number)), None)
    if known is None:
        return
    which = "that of another batch" if writing.actor.org is Org.CDMO else known
    message = f"{number} is {which}. A number is used once."
    raise Refused(Code.CONFLICT, message, fields={"sponsor_number": f"is {which}"})


async def _corrected(writing: Writing, batch_ids: set[str]) -> set[str]:
    """All records of the same goods: what these have corrected, and what was to correct that and was turned down."""
    found, edge = set(batch_ids), set(batch_ids)
    while edge:
        query = select(BatchParentRow.parent_id).where(
            col(BatchParentRow.batch_id).in_(sorted(edge)), col(BatchParentRow.relation) == Relation.CORRECTION.value
        )
        edge = set((await writing.session.exec(query)).all()) - found
        found |= edge
    others = select(BatchParentRow.batch_id).where(
        col(BatchParentRow.parent_id).in_(sorted(found)), col(BatchParentRow.relation) == Relation.CORRECTION.value
    )
    return found | set((await writing.session.exec(others)).all())


async def _inherited(writing: Writing, form: BatchRegistration) -> list[Effect]:
    """The parents must allow the relation; what holds them holds this batch as well."""
    session, parents = writing.session, [parent.batch_id for parent in form.parents]
    for index, batch_id in enumerate(parents):
        row = await session.get(BatchRow, batch_id)
        if row is None or (writing.actor.org is Org.CDMO and row.site_id not in writing.actor.sites):
            raise broken("section 8, genealogy", "There is no such batch.", **{f"parents.{index}.batch_id": "unknown"})
    for batch_id in sorted(parents, key=in_order):
        await writing.head(batch_id)
    for index, parent in enumerate(form.parents):
        row = await session.get_one(BatchRow, parent.batch_id, populate_existing=True)
        is_gone = row.state != BatchState.OPEN.value and not row.released
        case = await session.get(CaseRow, parent.batch_id)
        stage, closed = (case.stage, case.closed_at is not None) if case is not None else ("", False)
        refuse_unless_descends(index, parent.relation, stage, form.unit, row.unit, is_gone=is_gone, closed=closed)
        if uses_as_it_is(parent.relation):
            life = await life_as_origin(writing, row, parent.relation, form.markets)
            life.refuse_if_over(writing.at, f"parents.{index}.batch_id")
    if Relation.CORRECTION in form.relations():
        await _refuse_second_correction(writing, parents)
    return await inherited(writing, {each.batch_id: each.relation for each in form.parents}, form.markets)


async def _refuse_unless_staged(writing: Writing, form: BatchRegistration, activity: Activity) -> None:
    """Its stage fits what it comes from, and what is packed has been made. The parents are known and locked."""
    if form.supply_stage is None:
        return
    origins = [await _origin(writing, each.batch_id, each.relation) for each in form.parents]
    await refuse_other_strength(writing, form, [each.stage for each in origins])
    await _refuse_other_pack(writing, form)
    refuse_unless_comes_from(form.supply_stage, origins)
    packing = await writing.session.get_one(ScopeRow, form.packed_by) if form.packed_by is not None else None
    refuse_unless_packed(
        form.supply_stage, activity, Activity(packing.activity) if packing is not None else None, origins
    )


async def _refuse_other_pack(writing: Writing, form: BatchRegistration) -> None:
    """Goods that stay as they are stay in their packs."""
    rows = [
        await writing.session.get_one(BatchRow, each.batch_id) for each in form.parents if keeps_the_pack(each.relation)
    ]
    packed = [row for row in rows if row.pack is not None]
    known = [KnownPack(f"{row.number} ({row.batch_id})", Pack.model_validate(row.pack)) for row in packed]
    refuse_other_pack(form.pack, known)


async def _origin(writing: Writing, batch_id: str, relation: Relation) -> Origin:
    row = await writing.session.get_one(BatchRow, batch_id)
    stated = SupplyStage(row.supply_stage) if row.supply_stage is not None else None
    scope = await writing.session.get_one(ScopeRow, row.scope_id)
    return Origin.of(relation, stated, Activity(scope.activity), ProductStage(scope.stage))


async def _taken(writing: Writing, form: BatchRegistration) -> Effect:
    """What comes from a batch is no more than is left of it, and no more is planned than is taken.

    The parents are locked. Returns what is left of those that are worked again as a whole, which this batch takes.
    """
    left = [amount for parent in form.parents for amount in await ask(writing, LeftOf(parent.batch_id))]
    refuse_beyond_left([parent.quantity for parent in form.parents], left)
    whole = {
        index: rest
        for index, (parent, rest) in enumerate(zip(form.parents, left, strict=True))
        if parent.relation in WORKED_AGAIN
    }
    refuse_unless_left(whole)
    taken: dict[int, Taken] = {}
    for place, parent in enumerate(form.parents):
        row = await writing.session.get_one(BatchRow, parent.batch_id)
        if parent.quantity is not None:
            unit = row.unit or form.unit
            taken[place] = Taken(parent.relation, parent.quantity, unit, parent.theoretical_yield)
    refuse_unless_repacked(form.unit, taken)
    refuse_unless_planned(form.unit, form.size, taken.values())
    return {form.parents[index].batch_id: f"{rest:f}" for index, rest in whole.items()}


async def _refuse_second_correction(writing: Writing, parents: Sequence[str]) -> None:
    """The same goods are corrected once, unless that was turned down."""
    query = (
        select(BatchParentRow.batch_id)
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .where(
            col(BatchParentRow.parent_id).in_(parents),
            col(BatchParentRow.relation) == Relation.CORRECTION.value,
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
    )
    known = (await writing.session.exec(query.limit(1))).first()
    if known is not None:
        fields = {"parents.0.batch_id": f"is corrected by {known}"}
        raise Refused(Code.CONFLICT, f"{known} corrects that rejection.", fields=fields, who=known)


async def _approved_steps(writing: Writing, form: BatchRegistration, today: date) -> dict[str, bool]:
    """Every subcontracted step is approved by the agreement in force, for this work and product (Chapter 7, 7.11)."""
    agreement = await agreement_in_force(writing.session, form.scope_id, today)
    if agreement is None or not form.subcontracted:
        return {}
    product = (await writing.session.get_one(ScopeRow, form.scope_id)).product
    faults: dict[str, str] = {}
    for index, step in enumerate(form.subcontracted):
        scope = await writing.session.get_one(ScopeRow, step.scope_id)
        site = await writing.session.get_one(SiteRow, scope.site_id)
        work = SubcontractedWork(
            places=(site.site_id, site.name, site.address),
            product=product,
            activity=Activity(scope.activity),
            step=step.step,
            first=form.planned_start,
            last=form.planned_end,
        )
        fault = unapproved(terms_of(agreement), work)
        if fault is not None:
            faults[f"subcontracted.{index}.scope_id"] = f"is a subcontractor that the quality agreement {fault}"
    if faults:
        raise broken("G1", "A subcontractor is approved before it is named.", **faults)
    return dict.fromkeys((step.scope_id for step in form.subcontracted), True)
