"""Checks of what is reported while a batch is made."""

from collections.abc import Sequence
from decimal import Decimal

from sqlmodel import col, select

from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.quality import ParametersBeyondRange
from domain.batch.making.lots_in_doubt import refuse_lots_in_doubt
from domain.batch.making.manufacture import (
    ManufactureEnd,
    ManufactureStart,
    Measured,
    ParameterReport,
    ReportedLine,
    measured,
    outside,
    refuse_unless_correctable,
    refuse_unless_finished,
    refuse_unless_measurable,
    refuse_unless_startable,
)
from domain.batch.making.mass_balance import refuse_unless_balanced
from domain.batch.making.materials import (
    refuse_unless_chained,
    refuse_unless_of_comparators,
    refuse_unless_sourced,
)
from domain.batch.making.own_lots import NamedLot, refuse_own
from domain.batch.supply_stage import SupplyStage, has_parameters
from domain.core.names import name_key
from domain.core.refusals import Code, Refused
from domain.exchange.parameters import ParameterClass
from domain.site.site import Activity, ProductStage
from records.asl.statements import reach_of, statement_in_force
from records.batch.batches import bound_parameters, counting_values
from records.batch.making.lots_in_doubt import doubts_about, falsified_lots, falsified_origins
from records.batch.making.mass_balance import deviations_of, expected_of, yield_limits_of
from records.batch.making.own_lots import issuers_of, own_batches
from records.batch.making.shelf_life import dates_of, origins_of, refuse_origins_past_their_day
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow
from records.core.declared import Effect, checks
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.exchange.parameter_sets import effective_set


@checks(ManufactureStart)
async def starts(writing: Writing, case: CaseRow, form: ManufactureStart) -> Effect:
    """Binds the parameter set that was effective as manufacture began (section 7). Without one nothing is made.

    A step that has no critical parameters binds its master instruction, which the registration names.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id)
    statement = await statement_in_force(writing.session, batch.scope_id, writing.at)
    refuse_unless_startable(form, reach=reach_of(statement), now=writing.at)
    await refuse_origins_past_their_day(writing, batch.batch_id, form.started_at, "started_at")
    refuse_unless_chained(form.materials)
    named = [each.maker_site_id for each in form.materials if each.maker_site_id is not None]
    refuse_unless_sourced(form.materials, await issuers_of(writing.session, named))
    lots = [NamedLot(each.name, each.lot, each.manufacturer) for each in form.materials]
    refuse_own(lots, await own_batches(writing.session, [each.lot for each in lots]))
    doubts = await doubts_about(writing.session, batch, form.materials)
    refuse_lots_in_doubt(await falsified_lots(writing, doubts, form.started_at))
    refuse_lots_in_doubt(await falsified_origins(writing, batch, form.started_at))
    bound = await effective_set(writing.session, batch.scope_id, form.started_at)
    scope = await writing.session.get_one(ScopeRow, batch.scope_id)
    refuse_unless_of_comparators(
        form.materials,
        for_trials=scope.stage == ProductStage.CLINICAL.value,
        is_of_a_comparator=await _is_of_a_comparator(writing, batch, Activity(scope.activity)),
    )
    if bound is None and has_parameters(Activity(scope.activity)):
        raise Refused(Code.NOT_OPEN, "No parameter set was effective as manufacture began.", rule="G6")
    for each in doubts:
        await establish(writing, each.fact(batch.batch_id))
    lookups = await lookups_of(writing, case)
    return {
        "parameter_set_id": bound.set_id if bound is not None else None,
        "started_on": lookups.calendar.local_day(form.started_at).isoformat(),
    }


async def _is_of_a_comparator(writing: Writing, batch: BatchRow, activity: Activity) -> bool:
    """Whether it is clinical supply that a site packs which does nothing else, and no dosage form of ours is in it."""
    if batch.supply_stage != SupplyStage.CLINICAL_SUPPLY.value or activity is not Activity.PACKAGING:
        return False
    stages = [origin.supply_stage for _, origin in await origins_of(writing.session, batch.batch_id)]
    return all(stage is not None and SupplyStage(stage).is_of_the_substance for stage in stages)


@checks(ParameterReport)
async def compares(writing: Writing, case: CaseRow, form: ParameterReport) -> Effect:
    """Each value is compared; one outside its proven acceptable range holds the batch at once (G6).

    After a release also one that only leaves its normal range has it reviewed, unless a deviation is about it.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id)
    parameters = await bound_parameters(writing.session, batch)
    assert batch.started_at is not None, "Values are reported after the start."
    refuse_unless_measurable(form, parameters, started_at=batch.started_at, now=writing.at)
    counting = await counting_values(writing.session, batch.batch_id)
    lines = {ReportedLine(number=row.number, line=row.line): row.parameter for row in counting}
    refuse_unless_correctable(form, lines, roles=writing.actor.roles)
    known = {name_key(parameter.name): parameter for parameter in parameters}
    found = [(each.parameter, measured(each.value, each.unit, known[name_key(each.parameter)])) for each in form.values]
    beyond = sorted({name for name, each in found if not each.in_par})
    if beyond:
        fact = ParametersBeyondRange(batch_id=batch.batch_id, case_id=case.case_id, parameters=tuple(beyond))
        await establish(writing, fact)
    if batch.is_out:
        await _looked_at_again(writing, batch, found)
    return {
        "compared": [
            {"in_nor": each.in_nor, "in_par": each.in_par, "parameter_class": each.parameter_class.value}
            for _, each in found
        ],
        "deviations_needed": {name: least.value for name, least in outside(found).items()},
    }


async def _looked_at_again(writing: Writing, batch: BatchRow, found: Sequence[tuple[str, Measured]]) -> None:
    """A value outside its normal range that is told after a release needs a deviation as it did before (G6)."""
    query = select(BatchDeviationRow.parameter).where(
        col(BatchDeviationRow.batch_id) == batch.batch_id, col(BatchDeviationRow.parameter).is_not(None)
    )
    known = {name_key(str(each)) for each in (await writing.session.exec(query)).all()}
    lacking = {name_key(name): name for name, each in found if each.in_par and not each.in_nor}
    if names := sorted(name for key, name in lacking.items() if key not in known):
        why = f"Outside the normal range without a deviation: {', '.join(names)}"
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=batch.batch_id, why=why[:4000]))


@checks(ManufactureEnd)
async def finishes(writing: Writing, case: CaseRow, form: ManufactureEnd) -> Effect:
    """Every critical parameter has a value, the dates fit, and no more was made than what was taken gives."""
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    assert batch.started_at is not None, "It ends after its start."
    parameters = await bound_parameters(writing.session, batch)
    refuse_unless_finished(
        form,
        started_at=batch.started_at,
        now=writing.at,
        calendar=lookups.calendar,
        critical=[each.name for each in parameters if each.parameter_class is ParameterClass.CPP],
        reported=[row.parameter for row in await counting_values(writing.session, case.case_id)],
        origins=dates_of(await origins_of(writing.session, case.case_id), batch.markets),
        is_finished=batch.supply_stage == SupplyStage.FINISHED.value,
    )
    refuse_unless_balanced(
        unit=batch.unit or "1",
        quantity=form.quantity,
        yield_percent=form.yield_percent,
        deviation=form.yield_deviation,
        expected=await expected_of(writing, batch),
        limits=yield_limits_of(batch),
        deviations=await deviations_of(writing, batch.batch_id),
        samples=form.sample_quantity or Decimal(0),
    )
    return {}
