"""Opening a case: what a request comes to is a new case, or one that is there already."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from domain.core.case import CaseOrder
from domain.core.forms import Audience, Form, Process, record_hash
from domain.core.people import SYSTEM, Actor
from records.core.declared import Requested
from records.core.identities import next_id
from records.core.outgoing import outbox
from records.core.writing import Writing


@dataclass(frozen=True)
class Opening:
    """The case that a request is for, and the event that says so."""

    case_id: str
    order: CaseOrder | None = None
    """What the procedure of a new case is started with; none for a case that is there already."""
    event: str | None = None
    """The type of the event; none if this very request was known."""
    payload: dict[str, JsonValue] = field(default_factory=dict)
    audience: Audience = Audience.SPONSOR


async def open_case(
    writing: Writing, process: Process, form: Form, *, owner: str | None = None, requester: Actor = SYSTEM
) -> str:
    """Open a case because a rule or a decision demands it, in the transaction in which it does. Returns its id.

    The program requests it, whoever acts in this entry, unless it is `requester` who has decided so; the relay
    starts its procedure. `owner` is told its outcome. The caller of the entry is told nothing of it.
    """
    acting, told, writing.requester = writing.requester, writing.written, requester
    try:
        return await open_or_merge(writing, process, form, owner=owner)
    finally:
        writing.requester, writing.written = acting, told


async def open_or_merge(writing: Writing, process: Process, form: Form, *, owner: str | None) -> str:
    """Open the case that a form requests, or add the request to the one that is there. Returns its id."""
    opening = await _opening_of(writing, process, form, owner=owner)
    if opening.event is not None:
        await writing.record(opening.event, opening.payload, stream=opening.case_id, audience=opening.audience)
    writing.answer(started=(*writing.written.started, opening.case_id))
    if opening.order is not None:
        outbox.start(writing.session, writing.recorded_at, opening.order)
        if (step := writing.registries.opened.find(type(form))) is not None:
            await step(writing, opening.case_id, form)
    else:
        writing.answer(effect={"merged": True})
    return opening.case_id


async def _opening_of(writing: Writing, process: Process, form: Form, *, owner: str | None) -> Opening:
    """What a request comes to by the check of its form. Raises `Refused` if nothing may come of it.

    `owner` is the case that is told the outcome, if the check names no other.
    """
    requested: Requested = await writing.registries.openers[type(form)](writing, form)
    if requested.known_as is not None:
        return Opening(requested.known_as)
    if requested.merged_into is not None:
        merged: dict[str, JsonValue] = {
            "form": form.model_dump(mode="json"),
            "requested_by": writing.requester.person,
        }
        return Opening(requested.merged_into, event=f"{process.noun}.merged", payload=merged)
    case_id = await next_id(writing.session, process.prefix)
    order = await _order(writing, process, form, requested, case_id, owner=requested.owner or owner)
    payload: dict[str, JsonValue] = {
        "form": order.request,
        "sha256": record_hash(case_id, form),
        "version": 1,
        "kind": requested.kind,
        "trigger": requested.trigger,
        "order": order.model_dump(mode="json"),
    }
    if requested.effect:
        payload["effect"] = requested.effect
    audience = requested.audience or form.action.audience
    return Opening(case_id, order, f"{process.noun}.request", payload, audience)


async def _order(
    writing: Writing, process: Process, form: Form, requested: Requested, case_id: str, *, owner: str | None
) -> CaseOrder:
    """What the procedure of a new case is started with."""
    return CaseOrder(
        case_id=case_id,
        process=process,
        title=requested.title,
        supplier_id=requested.supplier_id,
        site_id=requested.site_id,
        scope_ids=requested.scope_ids,
        markets=requested.markets,
        activities=requested.activities,
        risk_tier=requested.risk_tier,
        owner=owner,
        requested_by=writing.requester,
        requested_at=writing.at,
        policy_version=(await writing.policy()).version,
        request=form.model_dump(mode="json"),
        web=writing.web,
        kind=requested.kind,
        reopens=requested.reopens,
    )
