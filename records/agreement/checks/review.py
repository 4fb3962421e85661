"""Checks of the review of a quality agreement."""

from datetime import date

from domain.agreement.agreement import WatchedAgreement
from domain.agreement.review import (
    AgreementReview,
    AgreementReviewApproval,
    AgreementReviewRequest,
    next_review,
    refuse_reviewers,
    refuse_unless_reviewed,
)
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.forms import Process
from domain.core.refusals import broken
from records.agreement.in_force import watched_agreement
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, Requested, checks, due, opens, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.scopes import open_case_for
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes


@opens(AgreementReviewRequest)
async def opens_a_review(writing: Writing, form: AgreementReviewRequest) -> Requested:
    """There is an agreement for the scope that has taken effect; one case at a time reviews it."""
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    calendar = await writing.policies.calendar_of(writing.session, form.site_id, writing.at)
    await writing.head(f"AGREEMENT-{form.scope_id}")
    agreement = await watched_agreement(writing.session, form.scope_id, calendar.local_day(writing.at))
    if agreement is None:
        raise broken("qta.review", "No agreement for the scope has taken effect.", scope_id="has no agreement")
    if (merged_into := await open_case_for(writing.session, Process.AGREEMENT, form.scope_id)) is not None:
        return Requested(merged_into=merged_into)
    return requested.model_copy(
        update={"title": f"Review of {agreement.qta_id} with {form.site_id}", "trigger": form.scope_id}
    )


@due(AgreementReview, AgreementReviewApproval)
async def due_with_the_review(writing: Writing, case: CaseRow, line: OpenTask) -> date | None:
    """The day on which the agreement is to be reviewed (`qta.review`)."""
    return (await _reviewed(await lookups_of(writing, case))).review_due


@suggests(AgreementReview)
async def suggests_the_version_in_force(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The version that is in force, or was last."""
    agreement = await _reviewed(await lookups_of(writing, case))
    return {"qta_id": agreement.qta_id, "version": agreement.version}


@checks(AgreementReview)
async def can_be_reviewed(writing: Writing, case: CaseRow, form: AgreementReview) -> Effect:
    """The version in force was read; one that has lapsed cannot stay unchanged (`qta.hard_stop`)."""
    lookups = await lookups_of(writing, case)
    agreement = await _reviewed(lookups)
    refuse_unless_reviewed(form, agreement, today=lookups.today)
    return {"qta_id": agreement.qta_id, "version": agreement.version}


suggests_current(AgreementReview, "review", AgreementReviewApproval)


@checks(AgreementReviewApproval)
async def can_be_approved(writing: Writing, case: CaseRow, form: AgreementReviewApproval) -> Effect:
    """Another person has reviewed the version in force (S1); says when it is reviewed next."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.review, await lookups.current(AgreementReview), "review")
    record = (await lookups.rows(AgreementReview))[0]
    refuse_reviewers(writing.actor.persons, frozenset({record.by_person}))
    agreement = await _reviewed(lookups)
    named: Effect = {"qta_id": agreement.qta_id, "version": agreement.version}
    if not form.approve:
        return named
    refuse_unless_reviewed(AgreementReview.stored(record.form), agreement, today=lookups.today)
    policy = await writing.policy()
    following = next_review(
        lookups.calendar.local_day(record.at),
        agreement.lapses_on,
        review=policy.clock("qta.review").span,
        calendar=lookups.calendar,
    )
    return named | {"review_due": following.isoformat()}


async def _reviewed(lookups: Lookups) -> WatchedAgreement:
    (scope_id,) = lookups.case.scope_ids
    agreement = await watched_agreement(lookups.session, scope_id, lookups.today)
    assert agreement is not None, "a review is opened for an agreement that has taken effect"
    return agreement
