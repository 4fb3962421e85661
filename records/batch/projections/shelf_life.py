"""The end of the shelf life of batches, corrections, retests and extensions, as functions of the journal."""

from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import PhysicalStatus
from domain.batch.making.lot_correction import is_of_a_lot
from domain.batch.making.manufacture_correction import ManufactureCorrection, ManufactureCorrectionConfirmation
from domain.batch.making.retest import ExtensionGround, ExtensionSignature, Retest
from domain.core.events import Event
from records.batch.making.corrections import column_of, correct_lot, value_of
from records.batch.tables.batches import BatchCorrectionRow, BatchRow, RetestRow
from records.core.payloads import part, submitted
from records.core.projectors import follows

_LIES = (PhysicalStatus.QUARANTINE.value, PhysicalStatus.UNRESTRICTED.value)
"""Goods that lie somewhere. What is on its way is blocked when it arrives."""


@follows("batch.expired")
async def expire(session: AsyncSession, event: Event) -> None:
    """The goods are blocked, whatever was decided on them, unless the authority has extended a market.

    They can still be rejected and taken away.
    """
    batch = await session.get_one(BatchRow, event.stream)
    batch.expired_at = event.occurred_at
    if not batch.extended_markets:
        _block(batch)


@follows("batch.extension_ended")
async def end_extension(session: AsyncSession, event: Event) -> None:
    """For no market the shelf life is longer any more."""
    batch = await session.get_one(BatchRow, event.stream)
    batch.extended_markets = []
    if batch.expired_at is not None:
        _block(batch)


@follows("batch.retest_due")
async def await_retest(session: AsyncSession, event: Event) -> None:
    """It is known to be due; the hold that follows stops it."""
    (await session.get_one(BatchRow, event.stream)).retest_due_at = event.occurred_at


@follows(*Retest.action.event_types())
async def keep_retest(session: AsyncSession, event: Event) -> None:
    """A passing one opens a window, after which another one is due."""
    form, until = submitted(event, Retest), part(event, "effect").get("until")
    row = RetestRow(
        batch_id=event.stream,
        version=int(str(event.payload["version"])),
        tested_on=form.tested_on,
        passed=form.passed,
        until=date.fromisoformat(str(until)) if until is not None else None,
        certificate=form.certificate.document_id,
        recorded_by=event.actor.name,
        recorded_at=event.occurred_at,
    )
    session.add(row)
    if row.until is not None:
        batch = await session.get_one(BatchRow, event.stream)
        batch.retested_until, batch.retest_due_at = row.until, None


@follows(*ExtensionSignature.action.event_types())
async def extend(session: AsyncSession, event: Event) -> None:
    """The markets that the authority names go on until its day. Under a plan it is what is relabelled that goes on."""
    effect = part(event, "effect")
    if not submitted(event, ExtensionSignature).approve:
        return
    batch, markets = await session.get_one(BatchRow, event.stream), effect["markets"]
    assert isinstance(markets, list), "They are names."
    if effect.get("ground") == ExtensionGround.PLAN:
        batch.use_date_markets, batch.use_date_to = [*markets], date.fromisoformat(str(effect["last_day"]))
        batch.use_date_trial = str(effect["trial"])
        return
    batch.extended_markets, batch.extended_to = [*markets], date.fromisoformat(str(effect["last_day"]))
    if batch.expired_at is not None:
        _unblock(batch)


@follows(*ManufactureCorrection.action.event_types())
async def propose_correction(session: AsyncSession, event: Event) -> None:
    """The values that are to be corrected stand beside the old ones."""
    form, changes = submitted(event, ManufactureCorrection), part(event, "effect")["changes"]
    assert isinstance(changes, list), "They are listed."
    for each in changes:
        assert isinstance(each, dict), "Each is one value."
        session.add(
            BatchCorrectionRow(
                batch_id=event.stream,
                version=int(str(event.payload["version"])),
                field=str(each["field"]),
                old=str(each["old"]) if each["old"] is not None else None,
                new=str(each["new"]),
                reason=form.reason,
                corrected_by=event.actor.name,
                corrected_at=event.occurred_at,
                confirmed=None if part(event, "effect")["waits"] else True,
            )
        )


@follows(*ManufactureCorrectionConfirmation.action.event_types())
async def refuse_correction(session: AsyncSession, event: Event) -> None:
    """What is refused never takes effect."""
    form = submitted(event, ManufactureCorrectionConfirmation)
    if not form.confirm:
        for row in await _corrections(session, event.stream, form.correction.version):
            row.confirmed = False


@follows("batch.manufacture_corrected")
async def correct(session: AsyncSession, event: Event) -> None:
    """The values take effect. A day that has come nearer or moved away is watched for anew."""
    batch = await session.get_one(BatchRow, event.stream)
    changes = event.payload["changes"]
    assert isinstance(changes, list), "They are listed."
    for each in changes:
        assert isinstance(each, dict), "Each is one value."
        field, new = str(each["field"]), str(each["new"])
        if is_of_a_lot(field):
            await correct_lot(session, event.stream, field, new)
            continue
        setattr(batch, column_of(field), value_of(field, new))
        if field == "expiry_on" and batch.expired_at is not None:
            batch.expired_at = None
            _unblock(batch)
        elif field == "retest_on":
            batch.retest_due_at = None
    for row in await _corrections(session, event.stream, int(str(event.payload["version"]))):
        row.confirmed = True


async def _corrections(session: AsyncSession, batch_id: str, version: int) -> list[BatchCorrectionRow]:
    await session.flush()
    query = select(BatchCorrectionRow).where(
        col(BatchCorrectionRow.batch_id) == batch_id, col(BatchCorrectionRow.version) == version
    )
    return list((await session.exec(query)).all())


def _block(batch: BatchRow) -> None:
    if batch.physical_status in _LIES:
        batch.blocked_from, batch.physical_status = batch.physical_status, PhysicalStatus.BLOCKED.value


def _unblock(batch: BatchRow) -> None:
    """What the end alone has blocked lies as before; what was taken back or rejected since stays blocked."""
    if batch.blocked_from is not None and batch.physical_status == PhysicalStatus.BLOCKED.value:
        is_free = batch.blocked_from != PhysicalStatus.UNRESTRICTED.value or batch.released
        batch.physical_status = batch.blocked_from if is_free else PhysicalStatus.BLOCKED.value
    batch.blocked_from = None
