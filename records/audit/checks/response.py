"""Checks of responses to an audit."""

from domain.audit.finding import FindingStatus, Severity
from domain.audit.response import (
    AuditResponse,
    ResponseDecision,
    ResponseReview,
    refuse_unless_judged,
    refuse_unless_responded,
    suggested_response,
    suggested_response_decision,
    suggested_review,
)
from domain.core.entry import OpenTask
from records.audit.findings import findings_of, latest_due
from records.audit.tables.audits import FindingRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

_OWED = {FindingStatus.ISSUED.value, FindingStatus.CONFIRMED.value, FindingStatus.RECLASSIFIED.value}


def concerned(writing: Writing) -> set[int]:
    return {int(no) for no in writing.task.concerns} if writing.task else set()


async def among(lookups: Lookups, numbers: set[int]) -> list[FindingRow]:
    return [row for row in await findings_of(lookups) if row.number in numbers]


@suggests(AuditResponse)
async def suggests_answers(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The response starts with one answer for each finding that is due."""
    lookups = await lookups_of(writing, case)
    due = {row.number: Severity(row.severity) for row in await among(lookups, set(line.concerns))}
    window = lookups.limits.effectiveness_window["MAJOR"].n
    return suggested_response(due, latest_due=latest_due(lookups), default_window_days=window)


@checks(AuditResponse)
async def answers_all_that_is_due(writing: Writing, case: CaseRow, form: AuditResponse) -> Effect:
    """Every finding of the task that is not disputed has an answer with root cause and dates (section 6)."""
    lookups = await lookups_of(writing, case)
    rows = await among(lookups, concerned(writing))
    refuse_unless_responded(
        form,
        due={row.number: Severity(row.severity) for row in rows if row.status in _OWED},
        disputed=frozenset(
            row.number for row in await findings_of(lookups) if row.status == FindingStatus.DISPUTED.value
        ),
        today=lookups.today,
        latest_due=latest_due(lookups),
    )
    return {}


@suggests(ResponseReview)
async def suggests_findings_to_judge(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The review starts with the findings that the task concerns."""
    return suggested_review(line.concerns)


@suggests(ResponseDecision)
async def suggests_the_leads_verdicts(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The decision starts from the verdicts of the review."""
    return suggested_response_decision(await (await lookups_of(writing, case)).the(ResponseReview))


@checks(ResponseReview)
async def judges_every_answer(writing: Writing, case: CaseRow, form: ResponseReview) -> Effect:
    """The review judges each finding of its task (`refuse_unless_judged`)."""
    refuse_unless_judged(form, concerned(writing))
    return {}


@checks(ResponseDecision)
async def decides_on_every_answer(writing: Writing, case: CaseRow, form: ResponseDecision) -> Effect:
    """The decision judges each finding of its task; the policy limits the rework."""
    refuse_unless_judged(form, concerned(writing))
    lookups = await lookups_of(writing, case)
    return {"rework_loops_max": lookups.limits.rework_loops_max}
