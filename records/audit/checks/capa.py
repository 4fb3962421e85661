"""Checks of CAPAs."""

from datetime import date

from sqlmodel import col, select

from domain.audit.capa import (
    CapaCancellation,
    CapaImplementation,
    CapaOrigin,
    CapaPlan,
    CapaRequest,
    CapaVerification,
    effectiveness_ends,
    refuse_unless_implemented,
    refuse_unless_origin_fits,
    refuse_unless_planned,
    suggested_capa_plan,
)
from domain.audit.finding import Severity
from domain.core.entry import OpenTask
from domain.core.refusals import broken
from records.audit.criticals import establish_critical, is_put_right
from records.audit.findings import latest_due
from records.audit.tables.audits import FindingRow
from records.core.declared import Effect, Requested, checks, once_opened, opens, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes


@opens(CapaRequest)
async def opens_a_capa(writing: Writing, form: CapaRequest) -> Requested:
    """A CAPA belongs to the audit of its finding, whoever requests it (section 6)."""
    refuse_unless_origin_fits(form)
    requested = await site_and_scopes(writing, form.site_id, form.scope_ids)
    if form.audit_id is not None:
        query = select(FindingRow).where(
            col(FindingRow.case_id) == form.audit_id, col(FindingRow.number) == form.finding_no
        )
        finding = (await writing.session.exec(query)).first()
        if finding is None or finding.site_id != form.site_id:
            raise broken("capa.request", "There is no such finding at this site.", finding_no="unknown")
    about = f"finding {form.finding_no} of {form.audit_id}" if form.audit_id else form.origin.value
    repeat = ", again" if form.origin is CapaOrigin.INEFFECTIVE else ""
    return requested.model_copy(
        update={
            "title": f"CAPA for {about} at {form.site_id} ({form.severity}{repeat})",
            "kind": form.origin.value,
            "owner": form.audit_id,
        }
    )


@once_opened(CapaRequest)
async def is_critical(writing: Writing, capa_id: str, form: CapaRequest) -> None:
    """What it answers may be critical; then batches are told (section 20)."""
    await establish_critical(writing, capa_id, form)


def _request(case: CaseRow) -> CapaRequest:
    return CapaRequest.stored(case.order["request"])


def _window_days(lookups: Lookups) -> int:
    return lookups.limits.effectiveness_window["MAJOR"].n


@suggests(CapaPlan)
async def suggests_a_plan(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The plan starts from the severity, the owner and the latest day the policy allows."""
    lookups, request = await lookups_of(writing, case), _request(case)
    return suggested_capa_plan(
        request.severity,
        latest_due=latest_due(lookups),
        default_window_days=_window_days(lookups),
        owner=request.owner,
    )


@checks(CapaPlan)
async def can_be_planned(writing: Writing, case: CaseRow, form: CapaPlan) -> Effect:
    """The plan fits the severity and the policy's limits (`refuse_unless_planned`)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_planned(form, _request(case).severity, today=lookups.today, latest_due=latest_due(lookups))
    return {}


@checks(CapaImplementation)
async def is_implemented(writing: Writing, case: CaseRow, form: CapaImplementation) -> Effect:
    """Says until when effectiveness is watched (policy key `capa.effectiveness`)."""
    lookups, request = await lookups_of(writing, case), _request(case)
    refuse_unless_implemented(form, today=lookups.today)
    planned = await lookups.latest(CapaPlan)
    plan = planned.plan if planned else request.plan
    ends = effectiveness_ends(
        request.severity, plan, implemented_on=lookups.today, default=_default_end(lookups, request.severity)
    )
    return {"window_ends": lookups.calendar.end_of(ends).isoformat()} if ends else {}


@checks(CapaVerification)
async def is_verified(writing: Writing, case: CaseRow, form: CapaVerification) -> Effect:
    """Whether the actions are implemented is judged from the evidence. What was critical is put right then."""
    if form.approves() and _request(case).severity is Severity.CRITICAL:
        await is_put_right(writing, case.case_id)
    return {}


@checks(CapaCancellation)
async def is_called_off(writing: Writing, case: CaseRow, form: CapaCancellation) -> Effect:
    """At any stage that offers it."""
    if _request(case).severity is Severity.CRITICAL:
        await is_put_right(writing, case.case_id)
    return {}


def _default_end(lookups: Lookups, severity: Severity) -> date:
    span = lookups.limits.effectiveness_window.get(severity.value)
    return lookups.after(span) if span else lookups.today
