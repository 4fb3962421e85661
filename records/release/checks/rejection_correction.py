"""Checks of the correction of a rejection: two people who did not reject the batch."""

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.decisions import BatchRejected, RefusedInMarket
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.people import Role, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.release.rejection_correction import (
    CorrectionConfirmation,
    CorrectionCounterSignature,
    Rejection,
    barred_from_correcting,
)
from records.batch.tables.batches import BatchParentRow
from records.core.deciders import asked
from records.core.declared import Effect, checks, checks_event, locks_above, suggests
from records.core.lookups import lookups_of
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.reactions import revoke_about
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.release.rejections import rejection_of
from records.release.unfinished import unfinished_of

_TOLD = (Role.HEAD_QA, Role.EXECUTIVE_SPONSOR)


@checks_event("batch.correction_opened")
async def opens_a_correction(writing: Writing, payload: Effect) -> Effect:
    """The rejection that is to be corrected, and whose hands it counts as."""
    rejection = await rejection_of(writing.session, writing.entry.stream)
    return rejection.model_dump(mode="json")


@checks(CorrectionConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: CorrectionConfirmation) -> Effect:
    """Not who has rejected the batch."""
    rejection = await rejection_of(writing.session, case.case_id)
    by = await asked(writing, case, CorrectionConfirmation, {}, form.action.by)
    _refuse_hands(writing, by, rejection.rejecters)
    return {"corrects": rejection.batch_id, "signers": [*sorted(writing.actor.persons)]}


@suggests(CorrectionCounterSignature)
async def suggests_a_version(writing: Writing, case: CaseRow, line: "OpenTask") -> Effect:
    """The confirmation to be countersigned."""
    lookups = await lookups_of(writing, case)
    return {"confirmation": (await lookups.current(CorrectionConfirmation)).model_dump(mode="json")}


@locks_above(CorrectionCounterSignature)
async def parents_of(session: AsyncSession, batch_id: str) -> list[str]:
    """The rejected batch is told in its own journal; it comes before this one in the order of locks."""
    query = select(BatchParentRow.parent_id).where(col(BatchParentRow.batch_id) == batch_id)
    return list((await session.exec(query)).all())


@checks(CorrectionCounterSignature)
async def countersigns(writing: Writing, case: CaseRow, form: CorrectionCounterSignature) -> Effect:
    """Another person still. It is reported to the head of quality and the executive sponsor."""
    lookups = await lookups_of(writing, case)
    confirmation = next(iter(await lookups.rows(CorrectionConfirmation)), None)
    if confirmation is None or not CorrectionConfirmation.stored(confirmation.form).confirm:
        raise Refused(Code.NOT_OPEN, "The correction is not confirmed.", rule="section 8")
    refuse_unless_current(form.confirmation, await lookups.current(CorrectionConfirmation), "confirmation")
    rejection = await rejection_of(writing.session, case.case_id)
    _refuse_hands(writing, form.action.by, (*rejection.rejecters, *confirmation.effect["signers"]))
    effect: Effect = {"corrects": rejection.batch_id, "corrected": form.confirm}
    if not form.confirm:
        return effect
    await _take_back_the_rejection(writing, rejection.batch_id)
    await _report(writing, case, rejection, form.reason)
    return effect | {"unfinished": (await unfinished_of(writing.session, rejection.batch_id)).model_dump(mode="json")}


async def _take_back_the_rejection(writing: Writing, batch_id: str) -> None:
    """What the rejection said of the goods is untrue. The holds that it has led to are lifted by people."""
    await revoke_about(writing, BatchRejected, batch_id)
    await revoke_about(writing, RefusedInMarket, batch_id)


async def _report(writing: Writing, case: CaseRow, rejection: Rejection, reason: str) -> None:
    """In the journal of the batch that was rejected, whose rejection stays, and by mail."""
    payload: Effect = {"corrected_by": case.case_id, "site_id": case.site_id}
    await writing.append("batch.rejection_corrected", payload, stream=rejection.batch_id)
    people = await candidates(writing.session, _TOLD, case.site_id, at=writing.at)
    subject = f"{case.case_id}: the rejection of {rejection.batch_id} was wrong"
    text = f"{case.title}\nTwo people have corrected the rejection of {rejection.batch_id}.\n{reason}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


def _refuse_hands(writing: Writing, by: Iterable[Role], others: Iterable[str]) -> None:
    refuse_unless_permitted(writing.actor, by=by, barred=barred_from_correcting(others))
