"""Checks of corrections of what was said at the end of manufacture, and what follows from them."""

from decimal import Decimal

from pydantic import JsonValue
from sqlmodel import col, select

from domain.batch.batch import MarketDecision, Relation
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.shelf_life import OriginCorrected, RetestDue, ShelfLifeEnded
from domain.batch.making.lot_correction import changes_of_lots, known_of_lots, refuse_unless_of_its_lots
from domain.batch.making.manufacture_correction import (
    CERTIFIED,
    FIELDS,
    RULE,
    Bounds,
    Change,
    ManufactureCorrection,
    ManufactureCorrectionConfirmation,
    changes_of,
    in_text,
    refuse_unless_as_proposed,
    refuse_unless_correctable,
    refuse_while_another_waits,
)
from domain.batch.making.mass_balance import refuse_unless_balanced
from domain.batch.making.shelf_life import is_limited_by, too_late
from domain.batch.supply_stage import SupplyStage
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused, broken
from records.batch.genealogy import lock_families
from records.batch.making.corrections import column_of, lots_of
from records.batch.making.mass_balance import deviations_of, expected_of, yield_limits_of
from records.batch.making.own_lots import issuers_of
from records.batch.making.shelf_life import dates_of, last_day_as_origin, origins_of, shelf_life_of
from records.batch.questions import LeftOf
from records.batch.standing import ended
from records.batch.tables.batches import BatchCorrectionRow, BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.case_records import CaseRecords
from records.core.checks.proposals import refuse_who_proposed
from records.core.declared import Effect, checks, suggests
from records.core.questions import ask
from records.core.reactions import establish, revoke_about
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing

_NONE = Decimal(0)
_BALANCED = frozenset({"quantity", "yield_percent", "yield_deviation", "sample_quantity"})


@checks(ManufactureCorrection)
async def corrects(writing: Writing, case: CaseRow, form: ManufactureCorrection) -> Effect:
    """What lets no more through takes effect at once, with all that follows; the rest waits for a second person.

    Only what waits itself waits for another one: a shorter life is never kept back (section 16, law 4).
    """
    batch = await _locked(writing, case)
    changes = await _changes(writing, batch, form)
    refuse_unless_correctable(form, changes, await _bounds(writing, batch, form))
    await _refuse_unless_balanced(writing, batch, changes)
    waits = any(each.is_permissive for each in changes)
    if waits:
        refuse_while_another_waits(waits=await _waiting(writing, batch) is not None)
    else:
        version = await writing.next_version(batch.batch_id, form.action.name)
        await _take_effect(writing, batch, changes, version, form.reason)
    return {"changes": _told(changes), "waits": waits}


@suggests(ManufactureCorrectionConfirmation)
async def suggests_the_correction(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The version of the correction that waits."""
    read = await _to_confirm(writing, case)
    return {"correction": RecordVersion(version=read.version, sha256=read.sha256).model_dump(mode="json")}


@checks(ManufactureCorrectionConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: ManufactureCorrectionConfirmation) -> Effect:
    """The correction that was read, if it still fits what has happened since."""
    batch, row = await _locked(writing, case), await _to_confirm(writing, case)
    current = RecordVersion(version=row.version, sha256=row.sha256)
    refuse_unless_current(form.correction, current, "correction")
    await refuse_who_proposed(writing, case.case_id, ManufactureCorrection.action.name, current.version)
    correction = ManufactureCorrection.stored(row.form)
    changes = await _changes(writing, batch, correction)
    if form.confirm:
        known = _known(batch) | known_of_lots(await lots_of(writing.session, batch.batch_id))
        refuse_unless_as_proposed(await _proposed(writing, batch, current.version), known)
        refuse_unless_correctable(correction, changes, await _bounds(writing, batch, correction))
        await _refuse_unless_balanced(writing, batch, changes)
        await _take_effect(writing, batch, changes, current.version, correction.reason)
    return {"changes": _told(changes)}


async def _changes(writing: Writing, batch: BatchRow, form: ManufactureCorrection) -> tuple[Change, ...]:
    """What really changes, of the end of manufacture and of its lots."""
    own = changes_of(form, _known(batch))
    if not form.lots:
        return own
    lots = await lots_of(writing.session, batch.batch_id)
    named = [each.maker_site_id for each in form.lots if each.maker_site_id is not None]
    named += [site_id for each in lots if (site_id := each.values["maker_site_id"]) is not None]
    refuse_unless_of_its_lots(form.lots, lots, await issuers_of(writing.session, named))
    return own + tuple(Change(*each) for each in changes_of_lots(form.lots, lots))


async def _take_effect(
    writing: Writing, batch: BatchRow, changes: tuple[Change, ...], version: int, reason: str
) -> None:
    """The values change, and what is now true of the batch becomes true at once."""
    family = await lock_families(writing, (batch.batch_id,))
    payload: dict[str, JsonValue] = {"changes": _told(changes), "version": version, "site_id": batch.site_id}
    dates = {each.field for each in changes}
    if "expiry_on" in dates:
        await revoke_about(writing, ShelfLifeEnded, batch.batch_id)
    if "retest_on" in dates:
        await revoke_about(writing, RetestDue, batch.batch_id)
    await writing.append("batch.manufacture_corrected", payload, stream=batch.batch_id)
    looked_at = [each for each in changes if each.field in CERTIFIED or each.is_of_a_lot]
    if batch.is_out and looked_at:
        words = "; ".join(each.in_words() for each in looked_at)
        where = "The certificate says otherwise" if batch.released else "What was supplied is told otherwise"
        why = f"{where}: {words}. {reason}"[:4000]
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=batch.batch_id, why=why))
    await _end_if_over(writing, batch)
    await _doubt_what_lasts_longer(writing, batch, family)


async def _end_if_over(writing: Writing, batch: BatchRow) -> None:
    """A last day that has passed by the right date ends the life at once, not at the next look of the clock."""
    life = await shelf_life_of(writing.session, writing.policies, batch, writing.at)
    if life.last_day is None or batch.expired_at is not None or not life.is_over(writing.at):
        return
    done = await establish(writing, ended(batch, life.ends_at, life.over_in_words))
    payload: dict[str, JsonValue] = {
        "last_day": life.last_day.isoformat(),
        "zone": life.zone,
        "cause": "correction",
        "effect": {"held": [*done.held]},
    }
    await writing.append("batch.expired", payload, stream=batch.batch_id)


async def _doubt_what_lasts_longer(writing: Writing, batch: BatchRow, family: list[str]) -> None:
    """What was split, blended or packed from it lasts no longer: such a date is held until it is corrected."""
    query = (
        select(BatchRow, BatchParentRow.relation)
        .join(BatchParentRow, col(BatchParentRow.batch_id) == col(BatchRow.batch_id))
        .where(col(BatchParentRow.parent_id) == batch.batch_id, col(BatchRow.batch_id).in_(family))
        .order_by(col(BatchRow.batch_id))
    )
    stage = SupplyStage(batch.supply_stage) if batch.supply_stage is not None else None
    for child, relation in (await writing.session.exec(query)).all():
        limit = last_day_as_origin(batch, Relation(relation), child.markets)
        if limit is None or child.expiry_on is None or child.expiry_on <= limit:
            continue
        if is_limited_by(Relation(relation), stage):
            fact = OriginCorrected(batch_id=child.batch_id, case_id=batch.batch_id, origin=batch.number, day=limit)
            await establish(writing, fact)


async def _refuse_unless_balanced(writing: Writing, batch: BatchRow, changes: tuple[Change, ...]) -> None:
    """What is made still fits what was taken: a correction is no way around it."""
    new = {**_known(batch), **{each.field: each.new for each in changes}}
    if _BALANCED.isdisjoint(each.field for each in changes):
        return
    deviations = await deviations_of(writing, batch.batch_id)
    if batch.yield_deviation is not None:
        deviations[batch.yield_deviation] = True  # the end has named it, when any one was taken
    refuse_unless_balanced(
        unit=batch.unit or "1",
        quantity=Decimal(new["quantity"] or 0),
        yield_percent=Decimal(new["yield_percent"] or 0),
        deviation=new["yield_deviation"],
        expected=await expected_of(writing, batch),
        limits=yield_limits_of(batch),
        deviations=deviations,
        samples=Decimal(new["sample_quantity"] or 0),
    )


async def _bounds(writing: Writing, batch: BatchRow, form: ManufactureCorrection) -> Bounds:
    if batch.made_on is None or batch.quantity is None:
        raise broken(RULE, "The batch is not made yet.", reason="there is nothing to correct before the end")
    (left,) = await ask(writing, LeftOf(batch.batch_id))
    query = select(BatchMarketRow.quantity).where(
        col(BatchMarketRow.batch_id) == batch.batch_id,
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    released = [Decimal(each) for each in (await writing.session.exec(query)).all() if each is not None]
    origins = dates_of(await origins_of(writing.session, batch.batch_id), batch.markets)
    assert batch.started_at is not None, "It was begun before it ended."
    return Bounds(
        made_on=batch.made_on,
        finished_at=batch.finished_at,
        started_at=batch.started_at,
        now=writing.at,
        disposed_at=batch.site_decided_at,
        calendar=await writing.policies.calendar_of(writing.session, batch.site_id, writing.at),
        taken=Decimal(batch.quantity) - left,
        released=max(released, default=_NONE),
        last_days={"expiry_on": batch.expiry_on, "retest_on": batch.retest_on},
        dates=too_late(form.expiry_on or batch.expiry_on, form.retest_on or batch.retest_on, origins),
    )


async def _to_confirm(writing: Writing, case: CaseRow) -> RecordRow:
    """The correction that waits; one that took effect at once may have come after it."""
    version = await _waiting(writing, await writing.session.get_one(BatchRow, case.case_id))
    rows = await CaseRecords(writing.session, case).rows(ManufactureCorrection)
    found = next((row for row in rows if row.version == version), None)
    if found is None:
        raise Refused(Code.NOT_OPEN, "No correction waits for its confirmation.", rule=RULE)
    return found


async def _proposed(writing: Writing, batch: BatchRow, version: int) -> dict[str, str | None]:
    """The values that a correction was proposed against."""
    query = select(BatchCorrectionRow.field, BatchCorrectionRow.old).where(
        col(BatchCorrectionRow.batch_id) == batch.batch_id, col(BatchCorrectionRow.version) == version
    )
    return dict((await writing.session.exec(query)).all())


async def _waiting(writing: Writing, batch: BatchRow) -> int | None:
    """The version of the correction that waits for a second person."""
    query = select(BatchCorrectionRow.version).where(
        col(BatchCorrectionRow.batch_id) == batch.batch_id, col(BatchCorrectionRow.confirmed).is_(None)
    )
    return (await writing.session.exec(query.limit(1))).first()


async def _locked(writing: Writing, case: CaseRow) -> BatchRow:
    await writing.head(case.case_id)
    return await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)


def _known(batch: BatchRow) -> dict[str, str | None]:
    values = {name: getattr(batch, column_of(name)) for name in FIELDS}
    return {name: in_text(value) if value is not None else None for name, value in values.items()}


def _told(changes: tuple[Change, ...]) -> list[JsonValue]:
    return [{"field": each.field, "old": each.old, "new": each.new} for each in changes]
