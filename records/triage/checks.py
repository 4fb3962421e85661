"""Checks of the triage of an event: what it demands is opened in the very transaction of the signature."""

from domain.core.document import RecordVersion, refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.event.facts import Concluded
from domain.event.site_event import EventSupplement, SiteEventReport, supplemented
from domain.triage.clearing import TO_CONFIRM, ClearingConfirmation
from domain.triage.triage import EventTriage, LotLike, refuse_unless_told_apart, refuse_unless_triaged, suggested_alike
from records.core.checks.proposals import refuse_who_proposed
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.event.checks import lots_named
from records.event.tables import SiteEventRow
from records.triage.alike import lots_like
from records.triage.clearing import lots_to_confirm, triage_of
from records.triage.outcomes import CARRIED_OUT, TAKEN_OVER, Triaged, takes_over


@suggests(EventTriage)
async def suggests_what_is_alike(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The numbers of ours that are like one that the event names."""
    return suggested_alike((await _alike(writing, case)).values())


@checks(EventTriage)
async def triages(writing: Writing, case: CaseRow, form: EventTriage) -> Effect:
    """Carry out each outcome. Says by outcome what was opened and held."""
    lookups = await lookups_of(writing, case)
    report = supplemented(_report(case), reversed(await lookups.all(EventSupplement)))
    refuse_unless_triaged(form, report)
    await _refuse_unless_named_before(writing, case, form)
    refuse_unless_told_apart(form.alike, await _alike(writing, case))
    await _names_what_it_means(writing, case, report, form)
    triaged = Triaged(writing, case, report, form, lookups.today)
    effect: Effect = {}
    if form.succession is not None:
        effect[TAKEN_OVER] = [*await takes_over(triaged)]
    for outcome, carried_out in CARRIED_OUT.items():
        if outcome in form.outcomes:
            effect[outcome.value] = [*await carried_out(triaged)]
    if waiting := await lots_to_confirm(writing.session, case.case_id, form):
        effect[TO_CONFIRM] = [*waiting]
    await establish(writing, Concluded(case_id=case.case_id))
    return effect


@suggests(ClearingConfirmation)
async def suggests_the_triage(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The version of the triage that is confirmed."""
    row = await triage_of(writing.session, case.case_id)
    return {"triage": RecordVersion(version=row.version, sha256=row.sha256).model_dump(mode="json")}


@checks(ClearingConfirmation)
async def confirms(writing: Writing, case: CaseRow, form: ClearingConfirmation) -> Effect:
    """By another person than who has triaged the event."""
    row = await triage_of(writing.session, case.case_id)
    current = RecordVersion(version=row.version, sha256=row.sha256)
    refuse_unless_current(form.triage, current, "triage")
    await refuse_who_proposed(writing, case.case_id, EventTriage.action.name, row.version)
    return {}


async def _alike(writing: Writing, case: CaseRow) -> dict[str, LotLike]:
    row = await writing.session.get_one(SiteEventRow, case.case_id)
    return await lots_like(writing.session, row.site_id, row.lots)


async def _names_what_it_means(writing: Writing, case: CaseRow, report: SiteEventReport, form: EventTriage) -> None:
    """What an event says is true of a lot that it means from the moment in which a person says so."""
    if meant := tuple(each.lot for each in form.alike if each.same):
        await establish(writing, lots_named(case, report, meant).model_copy(update={"is_said": True}))


async def _refuse_unless_named_before(writing: Writing, case: CaseRow, form: EventTriage) -> None:
    """A lot of an earlier event is cleared where that event is triaged, is of the same site, and names the lot."""
    faults: dict[str, str] = {}
    for index, each in enumerate(form.cleared):
        if each.event is None:
            continue
        row = await writing.session.get(SiteEventRow, each.event)
        if row is None or row.site_id != case.site_id or row.case_id == case.case_id:
            faults[f"cleared.{index}.event"] = "is no earlier event at the site"
        elif row.triaged_at is None:
            faults[f"cleared.{index}.event"] = "is not triaged: its own triage says which lots are not concerned"
        elif name_key(each.lot) not in map(name_key, row.lots):
            faults[f"cleared.{index}.lot"] = f"is not named by {each.event}"
    if faults:
        raise broken("section 5, triage", "A lot cannot be cleared like this.", **faults)


def _report(case: CaseRow) -> SiteEventReport:
    return SiteEventReport.stored(case.order["request"])
