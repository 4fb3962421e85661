"""Checks of the conduct of an audit: preparation and meetings."""

from sqlmodel import col, select

from domain.audit.conduct import (
    AuditOpening,
    ClosingMeeting,
    Preparation,
    refuse_unless_concluded,
    refuse_unless_openable,
    refuse_unless_prepared,
    suggested_closing,
)
from domain.audit.critical import CriticalFinding
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from records.audit.checks.team import has_declared
from records.audit.tables.audits import AuditRow, CapaRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@suggests(Preparation)
async def lists_what_is_known(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the records hold on the site: the last report and the CAPAs that are open."""
    last = select(AuditRow.case_id).where(
        col(AuditRow.site_id) == case.site_id, col(AuditRow.report_version).is_not(None)
    )
    report = (await writing.session.exec(last.order_by(col(AuditRow.last_day).desc()).limit(1))).first()
    still_open = select(CapaRow.capa_id).where(
        col(CapaRow.site_id) == case.site_id, col(CapaRow.status).not_in(["EFFECTIVE", "INEFFECTIVE", "CANCELLED"])
    )
    capas = (await writing.session.exec(still_open.order_by(col(CapaRow.capa_id)).limit(50))).all()
    return {
        "prior_report": {"note": f"Last report: {report or 'none on record'}"},
        "open_capas": {"note": f"Open: {', '.join(capas) or 'none on record'}"},
    }


@checks(Preparation)
async def is_prepared(writing: Writing, case: CaseRow, form: Preparation) -> Effect:
    """The preparation is complete (`refuse_unless_prepared`)."""
    refuse_unless_prepared(form)
    return {}


@checks(AuditOpening)
async def can_be_opened(writing: Writing, case: CaseRow, form: AuditOpening) -> Effect:
    """Not before the agreed day, and not without a lead who has declared (section 10)."""
    lookups = await lookups_of(writing, case)
    audit = await writing.session.get_one(AuditRow, case.case_id)
    refuse_unless_openable(form, first_day=audit.first_day or lookups.today, now=writing.at, tz=lookups.tz)
    if not await has_declared(lookups, writing.actor.person):
        raise Refused(Code.GATE_CLOSED, "The lead auditor has not declared independence.", rule="section 10")
    return {}


@suggests(ClosingMeeting)
async def suggests_closing(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The closing meeting starts from the critical findings told so far."""
    lookups = await lookups_of(writing, case)
    return suggested_closing(await lookups.all(CriticalFinding))


@checks(ClosingMeeting)
async def is_concluded(writing: Writing, case: CaseRow, form: ClosingMeeting) -> Effect:
    """The closing meeting fits the opening and the critical findings (`refuse_unless_concluded`)."""
    lookups = await lookups_of(writing, case)
    opening = await lookups.the(AuditOpening)
    refuse_unless_concluded(
        form,
        opened_at=opening.held_at,
        criticals=await lookups.all(CriticalFinding),
        now=writing.at,
        tz=lookups.tz,
    )
    return {}
