"""Checks of the amendment of an issued report."""

from domain.audit.amendment import AmendmentDecision, ReportAmendment, refuse_unless_as_judged
from domain.audit.dispute import DisputeDecision
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from records.audit.outcomes import outcome_now
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@suggests(ReportAmendment)
async def suggests_the_outcome(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The outcome by what the findings are now."""
    return {"recommendation": (await outcome_now(await lookups_of(writing, case))).value}


@checks(ReportAmendment)
async def amends_as_judged(writing: Writing, case: CaseRow, form: ReportAmendment) -> Effect:
    """By the judgement that it names, with the outcome as it is at the signature."""
    lookups = await lookups_of(writing, case)
    judged = {(row.version, row.sha256) for row in await lookups.rows(DisputeDecision)}
    is_judged = (form.judgement.version, form.judgement.sha256) in judged
    refuse_unless_as_judged(form, is_judged=is_judged, outcome=await outcome_now(lookups))
    return {}


suggests_current(ReportAmendment, "amendment", AmendmentDecision)


@checks(AmendmentDecision)
async def decides_on_the_amendment(writing: Writing, case: CaseRow, form: AmendmentDecision) -> Effect:
    """Who decides has read the current version (S1)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.amendment, await lookups.current(ReportAmendment), "amendment")
    return {}
