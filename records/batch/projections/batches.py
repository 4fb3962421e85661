"""Batches, how they were made, and their holds, as functions of the journal."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.batch.holds.holds import BatchState
from domain.batch.making.lots_in_doubt import UsedLot
from domain.batch.making.manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch.making.materials import Comparator, Material, Use, uses
from domain.batch.making.request import BatchRegistration
from domain.core.events import Event
from domain.core.facts import FactName
from domain.core.names import likenesses, name_key
from domain.policy.market_rule import rule_before_rows
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.batch.tables.process import ParameterResultRow
from records.core.likenesses import keep_likenesses
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.likenesses import Likened


@follows(*BatchRegistration.action.event_types(), order=-1)
async def register_batch(session: AsyncSession, event: Event) -> None:
    """A batch is known, with its markets, its parents and the holds that it inherits from them."""
    form, effect = submitted(event, BatchRegistration), part(event, "effect")
    session.add(
        BatchRow(
            batch_id=event.stream,
            number=form.number,
            number_key=name_key(form.number),
            sponsor_number_key=name_key(form.sponsor_number) if form.sponsor_number is not None else None,
            site_id=form.site_id,
            scope_id=form.scope_id,
            state=BatchState.OPEN.value,
            sponsor_number=form.sponsor_number,
            product=str(effect["product"]),
            strength=form.strength,
            size=str(form.size),
            unit=form.unit,
            markets=[*form.markets],
            supply_stage=form.supply_stage.value if form.supply_stage is not None else None,
            pack=form.pack.model_dump(mode="json") if form.pack is not None else None,
            order_number=form.order_number,
            mbr_version=form.mbr_version,
            planned_start=form.planned_start,
            planned_end=form.planned_end,
            yield_low=_decimal(form.yield_low),
            yield_high=_decimal(form.yield_high),
        )
    )
    called = [each for each in (form.number, form.sponsor_number) if each is not None]
    await keep_likenesses(session, Likened.BATCH, event.stream, set[str]().union(*map(likenesses, called)))
    rules, deciders = effect.get("rules", {}), effect.get("deciders", {})
    for market in form.markets:
        rule = str(rules.get(market, rule_before_rows(market).value))
        row = BatchMarketRow(batch_id=event.stream, market=market, rule=rule, deciders=deciders.get(market))
        row.imports = market in effect["imports"] if "imports" in effect else None
        session.add(row)
    takes = effect.get("takes", {})
    for parent in form.parents:
        session.add(
            BatchParentRow(
                batch_id=event.stream,
                parent_id=parent.batch_id,
                relation=parent.relation.value,
                quantity=_decimal(parent.quantity) or takes.get(parent.batch_id),
                theoretical_yield=_decimal(parent.theoretical_yield),
            )
        )
    for step in form.subcontracted:
        approved = bool(effect["approved_steps"].get(step.scope_id, False))
        use = Use(UseKind.SCOPE, step.scope_id, step.step)
        await keep_use(session, event.stream, use, approved=approved)
    for hold in effect["inherits"]:
        _add_hold(session, event, hold)


def _decimal(value: Decimal | None) -> str | None:
    return str(value) if value is not None else None


async def keep_use(session: AsyncSession, batch_id: str, use: Use, *, approved: bool = True) -> None:
    """Keep what a batch shares with others, once, however it is written."""
    same = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == batch_id,
        col(BatchUseRow.kind) == use.kind.value,
        col(BatchUseRow.key) == use.key,
        col(BatchUseRow.issuer) == use.issuer,
    )
    if (await session.exec(same.limit(1))).first() is None:
        session.add(
            BatchUseRow(
                batch_id=batch_id,
                kind=use.kind.value,
                reference=use.reference,
                issuer=use.issuer,
                key=use.key,
                detail=use.detail,
                approved=approved,
                **(_lot(use.material) if use.material is not None else {}),
            )
        )
        await session.flush()
    if use.material is not None:
        await keep_likenesses(session, Likened.MATERIAL, batch_id, UsedLot.reported(use.material).alike)


def _lot(material: Material) -> dict[str, Any]:
    return {
        "material": material.name,
        "lot": material.lot,
        "chain": [each.model_dump(mode="json") for each in material.chain] or None,
        "certificate": material.certificate.document_id if material.certificate is not None else None,
        "comparator": _comparator(material.comparator) if material.comparator is not None else None,
        "part": material.part.value if material.part is not None else None,
        "maker_site_id": material.maker_site_id,
        "came_from": material.came_from,
    }


def _comparator(comparator: Comparator) -> dict[str, Any]:
    known = comparator.model_dump(mode="json", exclude={"pedigree"})
    return {**known, "pedigree": [each.document_id for each in comparator.pedigree]}


@follows(*ManufactureStart.action.event_types())
async def start_batch(session: AsyncSession, event: Event) -> None:
    """Manufacture has begun; the parameter set is bound."""
    form, effect = submitted(event, ManufactureStart), part(event, "effect")
    row = await session.get_one(BatchRow, event.stream)
    row.started_at, row.started_on = form.started_at, date.fromisoformat(str(effect["started_on"]))
    row.parameter_set_id = str(effect["parameter_set_id"]) if effect["parameter_set_id"] is not None else None
    for use in uses(form.materials, form.equipment):
        await keep_use(session, event.stream, use)


@follows(*ParameterReport.action.event_types())
async def keep_values(session: AsyncSession, event: Event) -> None:
    """Every actual value is kept, also those that were reported before; what is corrected counts no more."""
    form = submitted(event, ParameterReport)
    for line, (each, compared) in enumerate(zip(form.values, part(event, "effect")["compared"], strict=True)):
        session.add(
            ParameterResultRow(
                batch_id=event.stream,
                number=event.number,
                line=line,
                parameter=each.parameter,
                value=str(each.value),
                unit=each.unit,
                measured_at=each.measured_at,
                **compared,
            )
        )
        if each.corrects is not None:
            of = each.corrects.of
            earlier = await session.get_one(ParameterResultRow, (event.stream, of.number, of.line))
            earlier.superseded_by = event.number


@follows(*ManufactureEnd.action.event_types())
async def finish_batch(session: AsyncSession, event: Event) -> None:
    """Manufacture has ended."""
    form, row = submitted(event, ManufactureEnd), await session.get_one(BatchRow, event.stream)
    row.made_on, row.quantity, row.yield_percent = form.finished_on, str(form.quantity), str(form.yield_percent)
    row.expiry_on, row.retest_on, row.finished_at = form.expiry_on, form.retest_on, form.finished_at
    row.sample_quantity = str(form.sample_quantity) if form.sample_quantity is not None else None
    row.retained_samples, row.stability, row.environment = form.retained_samples, form.stability, form.environment
    row.yield_deviation = form.yield_deviation


@follows("batch.held")
async def hold_batch(session: AsyncSession, event: Event) -> None:
    """A hold is placed."""
    _add_hold(session, event, event.payload)


def _add_hold(session: AsyncSession, event: Event, hold: Mapping[str, JsonValue]) -> None:
    market, inherited = hold.get("market"), hold.get("inherited_from")
    fact = FactName.model_validate(hold["fact"]) if hold.get("fact") else None
    session.add(
        HoldRow(
            hold_id=str(hold["hold_id"]),
            batch_id=event.stream,
            type=str(hold["type"]),
            reason=str(hold["reason"]),
            placed_by=str(hold.get("placed_by") or event.actor.person),
            by_hand=bool(hold.get("by_hand")),
            placed_in=str(hold["placed_in"]),
            placed_at=event.occurred_at,
            market=str(market) if market else None,
            inherited_from=str(inherited) if inherited else None,
            fact_kind=fact.kind if fact else None,
            fact_identity=fact.identity if fact else None,
        )
    )
