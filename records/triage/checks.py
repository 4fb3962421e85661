"""Checks of the triage of an event: what it demands is opened in the very transaction of the signature."""

from domain.core.entry import OpenTask
from domain.event.site_event import EventSupplement, SiteEventReport, supplemented
from domain.triage.triage import EventTriage, refuse_unless_triaged, suggested_triage
from records.batch.reactions.events import conclude_event
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.triage.outcomes import CARRIED_OUT, TAKEN_OVER, Triaged, takes_over


@suggests(EventTriage)
async def suggests_triage(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What must follow from the event."""
    return suggested_triage(_report(case), today=(await lookups_of(writing, case)).today)


@checks(EventTriage)
async def triages(writing: Writing, case: CaseRow, form: EventTriage) -> Effect:
    """Carry out each outcome. Says by outcome what was opened and held."""
    lookups = await lookups_of(writing, case)
    report = supplemented(_report(case), reversed(await lookups.all(EventSupplement)))
    refuse_unless_triaged(form, report)
    triaged = Triaged(writing, case, report, form, lookups.today)
    effect: Effect = {}
    if form.succession is not None:
        effect[TAKEN_OVER] = [*await takes_over(triaged)]
    for outcome, carried_out in CARRIED_OUT.items():
        if outcome in form.outcomes:
            effect[outcome.value] = [*await carried_out(triaged)]
    await conclude_event(writing, case.case_id)
    return effect


def _report(case: CaseRow) -> SiteEventReport:
    return SiteEventReport.stored(case.order["request"])
