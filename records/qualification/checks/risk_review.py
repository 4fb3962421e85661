"""Checks of the request for a risk review."""

from sqlmodel import col, select

from domain.core.forms import Process
from domain.qualification.risk_review import RiskReviewRequest
from records.core.declared import Requested, opens
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes


@opens(RiskReviewRequest)
async def opens_a_risk_review(writing: Writing, form: RiskReviewRequest) -> Requested:
    """One open review for each scope; a further request joins it."""
    requested = await site_and_scopes(writing, form.site_id, (form.scope_id,))
    await writing.head(f"RISK-OF-{form.scope_id}")
    query = select(CaseRow.case_id).where(
        col(CaseRow.site_id) == form.site_id,
        col(CaseRow.process) == Process.RISK.value,
        col(CaseRow.trigger) == form.scope_id,
        col(CaseRow.closed_at).is_(None),
    )
    if (merged_into := (await writing.session.exec(query.limit(1))).first()) is not None:
        return Requested(merged_into=merged_into)
    (activity,) = requested.activities
    return requested.model_copy(
        update={
            "title": f"Risk review of {form.site_id} ({activity})",
            "kind": form.cause.value,
            "trigger": form.scope_id,
        }
    )
