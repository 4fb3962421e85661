"""Checks of the request for an audit."""

from sqlmodel import col, select

from domain.audit.request import AuditRequest, AuditType, refuse_unless_requestable, trigger_key
from domain.core.forms import Process
from domain.core.people import SYSTEM
from domain.core.refusals import broken
from records.core.declared import Requested, opens
from records.core.requests import is_asked_for
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes

_TITLES = {
    AuditType.QUALIFICATION: "Qualification audit",
    AuditType.SCHEDULED: "Scheduled audit",
    AuditType.FOR_CAUSE: "For-cause audit",
    AuditType.FOLLOW_UP: "Follow-up audit",
}


@opens(AuditRequest)
async def opens_an_audit(writing: Writing, form: AuditRequest) -> Requested:
    """The site and scopes exist; a second for-cause request on the same trigger joins the open audit (section 14)."""
    if writing.requester != SYSTEM:  # another case may need an audit
        refuse_unless_requestable(form, writing.requester.roles)
    requested = await site_and_scopes(writing, form.site_id, form.scope_ids)
    if form.follows is not None:
        followed = await writing.session.get(CaseRow, form.follows)
        if followed is None or followed.process != Process.AUDIT.value or followed.site_id != form.site_id:
            raise broken("audit.request", "The audit that is followed is not one of this site.", follows="unknown")
    trigger = trigger_key(form.trigger) if form.trigger else None
    if trigger is not None:
        await writing.head(f"TRIGGER-{form.site_id}-{trigger}"[:200])
        merged_into = await _open_audit(writing, form.site_id, trigger)
        if merged_into is not None:
            return Requested(merged_into=merged_into)
    scopes = ", ".join(sorted(requested.activities))
    return requested.model_copy(
        update={
            "title": f"{_TITLES[form.type]} of {form.site_id} ({scopes})",
            "kind": form.type.value,
            "trigger": trigger,
        }
    )


async def _open_audit(writing: Writing, site_id: str, trigger: str) -> str | None:
    """References are compared as they were written: the key that an older case was opened with may be another one."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == site_id,
        col(CaseRow.process) == Process.AUDIT.value,
        col(CaseRow.trigger).is_not(None),
        col(CaseRow.closed_at).is_(None),
    )
    for case in (await writing.session.exec(query.order_by(col(CaseRow.number)))).all():
        known = AuditRequest.stored(case.order["request"]).trigger
        if known is not None and trigger_key(known) == trigger and await is_asked_for(writing, case):
            return case.case_id
    return None
