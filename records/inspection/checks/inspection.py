"""Checks of an inspection by an authority: its notice, its beginning, its outcome and what follows at once."""

from datetime import date
from typing import NamedTuple

from sqlmodel import col, select

from domain.asl.request import StatusReason
from domain.core.days import counted
from domain.core.forms import Process
from domain.core.people import Org
from domain.core.text import in_a_title
from domain.event.facts import LotsNamed, SiteStopped
from domain.event.site_event import AuthorityOutcome, EventSeverity, EventType
from domain.inspection.answer import AnswerDates, AnswerTo
from domain.inspection.facts import AuthorityActed
from domain.inspection.inspection import (
    InspectionNotice,
    InspectionOutcome,
    InspectionOutcomeBySponsor,
    InspectionStart,
    InspectionStartBySponsor,
    act_of,
    informed_from,
    inspection_key,
    is_adverse,
    is_answered,
    is_rescored,
    refuse_unless_begun,
    refuse_unless_informed,
    refuse_unless_noticed,
)
from records.agreement.notices import notice_of_day
from records.core.declared import Effect, Requested, checks, opens
from records.core.lookups import Lookups, lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes


@opens(InspectionNotice)
async def opens_an_inspection(writing: Writing, form: InspectionNotice) -> Requested:
    """One open case for each inspection, whoever tells of it first."""
    requested = await site_and_scopes(writing, form.site_id, form.scope_ids)
    calendar = await writing.policies.calendar_of(writing.session, form.site_id, writing.at)
    refuse_unless_noticed(form, today=calendar.local_day(writing.at))
    trigger = f"{form.site_id}/{inspection_key(form.authority, form.reference)}"
    await writing.head(f"INSPECTION-{trigger}"[:200])
    if (merged_into := await _open_inspection(writing, form)) is not None:
        return Requested(merged_into=merged_into)
    due = None
    if writing.requester.org is Org.CDMO:
        due = await notice_of_day(writing, form.site_id, requested.scope_ids, "inspection.notify", informed_from(form))
    return requested.model_copy(
        update={
            "title": f"Inspection of {form.site_id} by {in_a_title(form.authority)} ({form.type})",
            "kind": form.type.value,
            "trigger": trigger,
            "effect": {
                "notify_due_at": due.isoformat() if due else None,
                "notified_late": due is not None and writing.at > due,
            },
        }
    )


async def _open_inspection(writing: Writing, form: InspectionNotice) -> str | None:
    """Numbers are compared as they were written: the key that an older case was opened with may be another one."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == form.site_id,
        col(CaseRow.process) == Process.INSPECTION.value,
        col(CaseRow.closed_at).is_(None),
    )
    wanted = inspection_key(form.authority, form.reference)
    for case in (await writing.session.exec(query.order_by(col(CaseRow.number)))).all():
        known = notice_of(case)
        if inspection_key(known.authority, known.reference) == wanted:
            return case.case_id
    return None


@checks(InspectionStartBySponsor)
@checks(InspectionStart)
async def can_begin(writing: Writing, case: CaseRow, form: InspectionStart) -> Effect:
    """Not in the future, not before the announcement."""
    lookups = await lookups_of(writing, case)
    refuse_unless_begun(form, announced_on=notice_of(case).announced_on, today=lookups.today)
    return {}


@checks(InspectionOutcomeBySponsor)
@checks(InspectionOutcome)
async def ends(writing: Writing, case: CaseRow, form: InspectionOutcome) -> Effect:
    """Says until when the site answers. What the outcome demands is opened at once, unseen by the site (S6)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_informed(form, started_on=(await beginning_of(lookups)).started_on, today=lookups.today)
    if is_rescored(form.outcome):
        non_compliant = form.outcome is AuthorityOutcome.NON_COMPLIANT
        reason = StatusReason.NON_COMPLIANCE if non_compliant else StatusReason.REGULATORY_ACTION
        fact = AuthorityActed(
            case_id=case.case_id,
            why=f"{notice_of(case).authority}, {form.outcome}: {form.summary}"[:4000],
            evidence=(form.report,) if form.report is not None else (),
            suspends_for=reason if is_adverse(form.outcome) else None,
        )
        await establish(writing, fact)
    act = Act(act_of(form.outcome), is_adverse(form.outcome), form.batches, form.summary, form.received_on)
    await says_of_batches(lookups, act)
    answered = is_answered(form.outcome, form.observations)
    dates = await answer_dates(lookups, AnswerTo.OBSERVATIONS, form.received_on) if answered else None
    due = await notice_of_day(writing, case.site_id, case.scope_ids, "inspection.outcome", form.received_on)
    return {"answer": dates.model_dump(mode="json") if dates else None, "notified_late": writing.at > due}


class Act(NamedTuple):
    """What an authority has done, as far as batches go."""

    type: EventType
    is_adverse: bool
    batches: tuple[str, ...]
    summary: str
    received_on: date


async def says_of_batches(lookups: Lookups, act: Act) -> None:
    """What an authority does is so of batches at once, as if an event at the site had told it.

    After the cases that it opens, and before any batch, the lists are locked.
    """
    case, number = lookups.case, notice_of(lookups.case).reference
    scopes, since = tuple(sorted(case.scope_ids)), min(lookups.start_of(act.received_on), lookups.now)
    if act.is_adverse:
        stopped = SiteStopped(
            case_id=case.case_id,
            number=number,
            type=act.type,
            site_id=case.site_id,
            scope_ids=scopes,
            received_at=since,
        )
        await establish(lookups.writing, stopped)
    if act.batches:
        named = LotsNamed(
            case_id=case.case_id,
            number=number,
            type=act.type,
            severity=EventSeverity.CRITICAL if act.is_adverse else EventSeverity.MAJOR,
            site_id=case.site_id,
            scope_ids=scopes,
            lots=act.batches,
            description=act.summary,
            received_at=since,
        )
        await establish(lookups.writing, named)


async def answer_dates(lookups: Lookups, answers: AnswerTo, since: date) -> AnswerDates:
    """The answer by its clock, in the authority's days; its draft so much before, in the days of the site.

    How much before is the limit `inspection_draft_before_filing`.
    """
    rule = (await lookups.writing.policy()).clock(answers.clock)
    answer_due = counted(since, rule.span, await lookups.writing.calendar_of(rule, lookups.case.site_id))
    draft_due = lookups.before(lookups.limits.inspection_draft_before_filing, answer_due)
    return AnswerDates(answers=answers, since=since, answer_due=answer_due, draft_due=draft_due)


def notice_of(case: CaseRow) -> InspectionNotice:
    """What the case was opened with."""
    return InspectionNotice.stored(case.order["request"])


async def beginning_of(lookups: Lookups) -> InspectionStart:
    """What the site has said of the beginning, or the sponsor in its place. Raises `Refused` if nobody has."""
    return await lookups.latest(InspectionStartBySponsor) or await lookups.the(InspectionStart)


async def outcome_of(lookups: Lookups) -> InspectionOutcome:
    """What the site has said of the outcome, or the sponsor in its place. Raises `Refused` if nobody has."""
    return await lookups.latest(InspectionOutcomeBySponsor) or await lookups.the(InspectionOutcome)
