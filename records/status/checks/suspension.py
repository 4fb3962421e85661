"""Checks of a suspension, and of what follows while it is in force."""

from datetime import UTC, timedelta

from domain.asl.asl import AslStatus
from domain.asl.request import StatusKind, refuse_unless_fitting
from domain.core.entry import OpenTask
from domain.release.reviewed_first import AwaitedReview, refuse_before_what_it_comes_from
from domain.status.suspension import (
    REVIEW_DAYS,
    SuspensionImpact,
    SuspensionOrder,
    SuspensionReview,
    refuse_before_the_statement,
    refuse_unless_assessed,
    refuse_unless_ordered,
    refuse_unless_reviewed,
    suggested_impact,
    suggested_order,
    suggested_review,
)
from records.asl.announcing import announce
from records.asl.statements import locked_statement, reach_of, state, status_of
from records.batch.under_review import released_by
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.release.release_reviews import confirm_release, for_others_to_confirm, released_batches
from records.release.reviewed_first import reviews_before
from records.status.cases import what_is_asked
from records.status.lifting import lifting_of
from records.status.tables import SuspensionRow


@suggests(SuspensionOrder)
async def suggests_an_order(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What was proposed, with the widest reach of all proposals that have joined."""
    return suggested_order(*await what_is_asked(writing.session, case))


@checks(SuspensionOrder)
async def suspends(writing: Writing, case: CaseRow, form: SuspensionOrder) -> Effect:
    """The statement and the holds on all open batches are in the transaction that records the decision (section 10)."""
    lookups, (scope_id,) = await lookups_of(writing, case), case.scope_ids
    refuse_unless_ordered(form, now=lookups.now)
    before = await locked_statement(writing, scope_id)
    if not form.suspend:
        return {}
    refuse_unless_fitting(StatusKind.SUSPENSION, status_of(before), reach_of(before), form.scope)
    refuse_before_the_statement(form, before.effective_from if before else None)
    certified = await _certified(lookups)
    held = await state(
        writing,
        case,
        AslStatus.SUSPENDED,
        suspension_scope=form.scope,
        reason_code=form.reason_code.value,
        reason=form.narrative,
        decided_by=writing.actor.persons,
        effective_from=form.effective_at.astimezone(UTC) if form.effective_at else None,
        valid_to=before.valid_to if before else None,
    )
    await announce(writing, case, f"The status of {scope_id} is SUSPENDED ({form.scope}).")
    review_on = lookups.today + timedelta(days=form.review_every_days)
    return {"held": [*held], "certified": [*certified], "review_on": review_on.isoformat()}


async def _certified(lookups: Lookups) -> list[str]:
    """The batches that are released in any market and within their shelf life, also where others are still open."""
    return [row.batch_id for row in await released_batches(lookups.session, lookups.case.scope_ids[0])]


@suggests(SuspensionImpact)
async def suggests_an_impact(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The batches that are released and within their shelf life."""
    return suggested_impact(await _certified(await lookups_of(writing, case)))


@checks(SuspensionImpact)
async def assesses_the_impact(writing: Writing, case: CaseRow, form: SuspensionImpact) -> Effect:
    """No released batch is left out. What is confirmed here is not answered once more in the batch's own case."""
    released = await released_batches(writing.session, case.scope_ids[0])
    refuse_unless_assessed(
        form,
        certified=[row.batch_id for row in released],
        for_others=await for_others_to_confirm(writing.session, released, writing.actor.roles),
    )
    await _refuse_before_their_origin(writing, case, form)
    await confirm_release(writing, form.confirmed, case.case_id)
    return {"consider": form.consider_field_alert}


async def _refuse_before_their_origin(writing: Writing, case: CaseRow, form: SuspensionImpact) -> None:
    """What comes from a batch is confirmed after it, or with it in the same conclusion."""
    first: dict[str, list[AwaitedReview]] = {}
    for index, batch_id in enumerate(form.confirmed):
        released = await released_by(writing.session, batch_id)
        own = [market for market, reviewers in released.items() if not reviewers.isdisjoint(writing.actor.roles)]
        waits = await reviews_before(writing.session, batch_id, own, answered=form.confirmed, cause=case.case_id)
        first[f"confirmed.{index}"] = [each for found in waits.values() for each in found]
    refuse_before_what_it_comes_from(first)


@suggests(SuspensionReview)
async def suggests_a_review(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The next review after the rhythm of the suspension."""
    lookups = await lookups_of(writing, case)
    row = await writing.session.get(SuspensionRow, case.case_id)
    return suggested_review(today=lookups.today, every_days=row.review_every_days if row else REVIEW_DAYS)


@checks(SuspensionReview)
async def reviews(writing: Writing, case: CaseRow, form: SuspensionReview) -> Effect:
    """A review may let a suspension reach further; it never makes it reach less far."""
    lookups, (scope_id,) = await lookups_of(writing, case), case.scope_ids
    lifting = await lifting_of(lookups)
    before = await locked_statement(writing, scope_id)
    in_force = reach_of(before) if status_of(before) is AslStatus.SUSPENDED else None
    refuse_unless_reviewed(form, criteria=lifting.criteria, in_force=in_force, today=lookups.today)
    if form.scope is None or before is None:
        return {}
    held = await state(
        writing,
        case,
        AslStatus.SUSPENDED,
        suspension_scope=form.scope,
        reason_code=before.reason_code,
        reason=form.finding,
        decided_by=writing.actor.persons,
        valid_to=before.valid_to,
    )
    await announce(writing, case, f"The status of {scope_id} is SUSPENDED ({form.scope}).")
    return {"held": [*held]}
