"""Checks of the proposal of a status."""

from domain.asl.request import (
    StatusKind,
    StatusRequest,
    refuse_unless_fitting,
    refuse_unless_proposable,
    trigger_of,
    widens,
)
from domain.core.people import SYSTEM, Role
from domain.core.refusals import broken
from records.asl.statements import locked_statement, reach_of, status_ahead, status_of
from records.asl.tables.listing import AslRow
from records.core.declared import Effect, Requested, checks_event, opens
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.requests import is_asked_for
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes
from records.status.cases import is_decided, is_left_behind, open_status_cases

_TITLES = {
    StatusKind.SUSPENSION: "Suspension",
    StatusKind.PROBATION: "Probation",
    StatusKind.DISQUALIFICATION: "Disqualification",
    StatusKind.RETIREMENT: "Retirement",
}


@opens(StatusRequest)
async def opens_a_status_case(writing: Writing, form: StatusRequest) -> Requested:
    """One scope that is on the list; a second proposal of the same kind joins the open case."""
    refuse_unless_proposable(form, writing.requester.roles)
    await _refuse_unless_known(writing, form)
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    before = await locked_statement(writing, form.scope_id)
    if (joined := await _joined(writing, form, before)) is not None:
        return Requested(merged_into=joined.case_id)
    if not form.in_force:
        refuse_unless_fitting(form.kind, status_of(before), reach_of(before), form.proposed_scope)
    (activity,) = requested.activities
    return requested.model_copy(
        update={
            "title": f"{_TITLES[form.kind]} of {form.site_id} ({activity})",
            "kind": form.kind.value,
            "trigger": trigger_of(form.kind, form.scope_id),
        }
    )


async def _refuse_unless_known(writing: Writing, form: StatusRequest) -> None:
    if form.scope_id not in (await site_and_scopes(writing, form.site_id)).scope_ids:
        raise broken("section 5", "The scope does not belong to the site.", scope_id="is no scope of this site")
    if form.source is not None and writing.requester != SYSTEM:
        source = await writing.session.get(CaseRow, form.source)
        if source is None or source.site_id != form.site_id:
            raise broken("section 5", "The case that it follows from is not one of this site.", source="unknown")


async def _joined(writing: Writing, form: StatusRequest, before: AslRow | None) -> CaseRow | None:
    """The open case of the same kind, unless other decisions have left it nothing to do.

    What is in force does not join what is only proposed, and a suspension that is to reach further than the one in
    force is not swallowed by it: it is decided on anew.
    """
    for case in await open_status_cases(writing.session, form.site_id, form.scope_id, form.kind):
        if before is not None and await is_left_behind(writing.session, case, before, writing.at):
            continue
        decided = await is_decided(writing.session, case)
        if not (decided or await is_asked_for(writing, case)):
            continue  # it ends: the last request was withdrawn
        if decided if form.in_force else not (decided and widens(form, reach_of(before))):
            await _notify_of_joining(writing, case, form)
            return case
    return None


async def _notify_of_joining(writing: Writing, case: CaseRow, form: StatusRequest) -> None:
    people = await candidates(writing.session, [Role.HEAD_QA, Role.QA_APPROVER], case.site_id, at=writing.at)
    subject, text = f"{case.case_id}: another proposal", f"{case.title}\n{form.reason_code}: {form.narrative}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


@checks_event("status.compared")
async def compares_the_status(writing: Writing, payload: Effect) -> Effect:
    """Whether another case has given the scope a status that leaves nothing to do, and when to compare again if not."""
    case = await writing.case()
    scope_id = case.scope_ids[0]
    before = await locked_statement(writing, scope_id)
    replaced = before is not None and await is_left_behind(writing.session, case, before, writing.at)
    ahead = None if replaced else await status_ahead(writing.session, scope_id, writing.at)
    return {"replaced": replaced, "again_at": ahead.isoformat() if ahead else None}
