"""Checks of what follows from an inspection: the sponsor's review, and the answer to the authority."""

from domain.asl.facts import StatusInDoubt
from domain.asl.request import StatusKind, StatusReason
from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.forms import Form, Process
from domain.core.refusals import Code, Refused
from domain.event.facts import Concluded
from domain.event.site_event import EventType
from domain.inspection.answer import (
    AnswerDates,
    AnswerTo,
    Concerned,
    DraftAnswer,
    DraftComments,
    FiledAnswer,
    OutcomeReview,
    WarningLetter,
    for_cause_request,
    refuse_unless_asked,
    refuse_unless_concerned,
    refuse_unless_filed,
    refuse_unless_warned,
)
from domain.inspection.facts import AuthorityActed, OutcomeConcerns
from domain.inspection.inspection import (
    InspectionOutcome,
    InspectionOutcomeBySponsor,
)
from records.core.declared import Effect, checks
from records.core.lookups import Lookups, lookups_of
from records.core.opening import open_case
from records.core.reactions import establish
from records.core.tables.cases import CaseRow, RecordRow
from records.core.writing import Writing
from records.inspection.checks.inspection import Act, answer_dates, notice_of, outcome_of, says_of_batches
from records.site.scopes import site_and_scopes


@checks(OutcomeReview)
async def reviews(writing: Writing, case: CaseRow, form: OutcomeReview) -> Effect:
    """Open what a person finds necessary. Says by kind what was opened."""
    refuse_unless_concerned(form)
    effect: Effect = {}
    if form.for_cause:
        outcome = await outcome_of(await lookups_of(writing, case))
        request = for_cause_request(form, notice_of(case), outcome, tuple(case.scope_ids))
        effect["FOR_CAUSE"] = [await open_case(writing, Process.AUDIT, request, owner=case.case_id)]
    if form.site_closed:
        closed = StatusReason.SITE_CLOSED
        doubt = StatusInDoubt(
            case_id=case.case_id,
            kind=StatusKind.DISQUALIFICATION,
            reason_code=closed,
            why=form.rationale,
            scope_ids=tuple(case.scope_ids),
        )
        effect["DISQUALIFICATION"] = [*(await establish(writing, doubt)).opened]
    if form.concerned is not None and form.concerned is not Concerned.NONE:
        await establish(writing, await _concerns(writing, case, form))
    if await _is_the_last(await lookups_of(writing, case)):
        await establish(writing, Concluded(case_id=case.case_id))
    return effect


async def _concerns(writing: Writing, case: CaseRow, form: OutcomeReview) -> OutcomeConcerns:
    """After the cases that it opens, and before any batch, the lists are locked."""
    of_site = (await site_and_scopes(writing, case.site_id)).scope_ids
    return OutcomeConcerns(
        case_id=case.case_id,
        scope_ids=tuple(case.scope_ids) if form.concerned is Concerned.SCOPE else of_site,
        why=f"Inspection {case.case_id} by {notice_of(case).authority}: {form.batch_impact}"[:4000],
        numbers=form.batches if form.concerned is Concerned.NAMED else None,
    )


async def _is_the_last(lookups: Lookups) -> bool:
    """Whether the outcome and every letter since are reviewed with this. Each is reviewed once."""
    return len(await lookups.rows(OutcomeReview)) >= len(await lookups.rows(WarningLetter))


@checks(DraftAnswer)
async def can_be_shared(writing: Writing, case: CaseRow, form: DraftAnswer) -> Effect:
    """The draft is the one that is asked for."""
    refuse_unless_asked(form.answers, _asked(writing))
    return {}


@checks(DraftComments)
async def can_be_commented(writing: Writing, case: CaseRow, form: DraftComments) -> Effect:
    """The current draft of that answer was read."""
    refuse_unless_asked(form.answers, _asked(writing))
    draft = await _draft(await lookups_of(writing, case), form.answers)
    if draft is None:
        raise Refused(Code.NOT_OPEN, "No draft of this answer was shared yet.")
    refuse_unless_current(form.draft, RecordVersion(version=draft.version, sha256=draft.sha256), "draft")
    return {}


@checks(FiledAnswer)
async def can_be_filed(writing: Writing, case: CaseRow, form: FiledAnswer) -> Effect:
    """Says whether the authority, and with the draft the sponsor, was served in time. Neither is refused for it."""
    refuse_unless_asked(form.answers, _asked(writing))
    lookups = await lookups_of(writing, case)
    dates, draft = await _dates(lookups, form.answers), await _draft(lookups, form.answers)
    refuse_unless_filed(form, since=dates.since, latest_day=lookups.latest_day)
    latest = lookups.before(lookups.limits.inspection_draft_before_filing, form.filed_on)
    shared_on = lookups.calendar.local_day(draft.at) if draft is not None else None
    return {
        "filed_late": form.filed_on > dates.answer_due,
        "shared_in_time": shared_on is not None and shared_on <= latest,
    }


def _asked(writing: Writing) -> AnswerTo | None:
    """Which answer the task is about."""
    asked = writing.task.prefill.get("answers") if writing.task is not None else None
    return AnswerTo(asked) if asked is not None else None


async def _dates(lookups: Lookups, answers: AnswerTo) -> AnswerDates:
    """The dates of an answer, as the outcome or the last letter has set them."""
    outcome: tuple[type[Form], ...] = (InspectionOutcome, InspectionOutcomeBySponsor)
    forms = (WarningLetter,) if answers is AnswerTo.WARNING_LETTER else outcome
    for row in [row for form in forms for row in await lookups.rows(form)]:
        if row.effect["answer"] is not None:
            return AnswerDates.model_validate(row.effect["answer"])
    raise Refused(Code.NOT_OPEN, "There is nothing to answer.")


async def _draft(lookups: Lookups, answers: AnswerTo) -> RecordRow | None:
    """The last draft of an answer."""
    rows = await lookups.rows(DraftAnswer)
    return next((row for row in rows if DraftAnswer.stored(row.form).answers is answers), None)


@checks(WarningLetter)
async def warns(writing: Writing, case: CaseRow, form: WarningLetter) -> Effect:
    """Says until when the site answers. Risk and suspension are put before people at once, unseen by the site (S6)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_warned(form, ended_on=(await outcome_of(lookups)).end, latest_day=lookups.latest_day)
    fact = AuthorityActed(
        case_id=case.case_id,
        why=f"{notice_of(case).authority}, warning letter {form.reference}: {form.summary}"[:4000],
        evidence=(form.letter,) if form.letter is not None else (),
        suspends_for=StatusReason.REGULATORY_ACTION,
    )
    await establish(writing, fact)
    act = Act(EventType.WARNING_LETTER, True, form.batches, form.summary, form.received_on)
    await says_of_batches(lookups, act)
    dates = await answer_dates(lookups, AnswerTo.WARNING_LETTER, form.received_on)
    return {"answer": dates.model_dump(mode="json")}
