"""Checks of the request for a qualification."""

from typing import TYPE_CHECKING

from sqlmodel import col, select

from domain.forms import Process
from domain.qualification_request import QualificationKind, QualificationRequest, refuse_unless_requestable
from domain.refusals import Code, Refused, broken
from records.checks.declared import Requested, opens
from records.checks.site_facts import site_and_scopes
from records.tables import CaseRow, ScopeRow

if TYPE_CHECKING:
    from records.writing import Writing


@opens(QualificationRequest)
async def opens_a_qualification(writing: "Writing", form: QualificationRequest) -> Requested:
    """One open case for each site and scope (section 4)."""
    kind = QualificationKind.INITIAL
    refuse_unless_requestable(form, writing.actor.roles, kind)
    query = select(ScopeRow).where(
        col(ScopeRow.site_id) == form.site_id,
        col(ScopeRow.activity) == form.activity.value,
        col(ScopeRow.product) == form.product,
    )
    scopes = [row for row in (await writing.session.exec(query)).all() if row.dosage_form == form.dosage_form]
    if not scopes:
        raise broken("section 4", "There is no such scope at the site.", product="unknown")
    scope = scopes[0]
    requested = await site_and_scopes(writing, form.site_id, (scope.scope_id,))
    open_case = select(CaseRow.case_id).where(
        col(CaseRow.process) == Process.QUALIFICATION.value,
        col(CaseRow.site_id) == form.site_id,
        col(CaseRow.trigger) == scope.scope_id,
        col(CaseRow.closed_at).is_(None),
    )
    if (other := (await writing.session.exec(open_case.limit(1))).first()) is not None:
        raise Refused(Code.CONFLICT, f"{other} is open for this site and scope.", rule="section 4")
    return requested.model_copy(
        update={
            "title": f"Qualification of {form.site_id} ({form.activity})",
            "kind": kind.value,
            "trigger": scope.scope_id,
        }
    )
