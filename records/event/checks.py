"""Checks of the report of an event at a site."""

from datetime import timedelta

from sqlmodel import col, select

from domain.core.people import Org
from domain.core.refusals import Code, Refused
from domain.event.facts import LotsNamed, SiteStopped
from domain.event.site_event import (
    EventSupplement,
    SiteEventReport,
    audience_for,
    identity,
    notice_key,
    refuse_unless_reportable,
    stops_all_made_there,
)
from records.agreement.notices import notice_due
from records.core.declared import Effect, Requested, checks, once_opened, opens
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.event.tables import SiteEventRow
from records.site.scopes import site_and_scopes


@opens(SiteEventReport)
async def opens_an_event(writing: Writing, form: SiteEventReport) -> Requested:
    """The same event again is the case that it opened before; its id with another content is refused."""
    org = writing.requester.org
    ahead = timedelta(minutes=(await writing.policy()).limits.client_clock_ahead_minutes)
    refuse_unless_reportable(form, org, now=writing.at, ahead=ahead)
    requested = await site_and_scopes(writing, form.site_id, form.scope_ids)
    same = identity(form, org)
    await writing.head(f"EVENT-{same}")
    known = (await writing.session.exec(select(SiteEventRow.case_id).where(col(SiteEventRow.identity) == same))).first()
    if known is not None:
        await _refuse_unless_the_same(writing, known, form)
        return Requested(known_as=known)
    return requested.model_copy(
        update={
            "title": f"{form.type.words} at {form.site_id} ({form.severity})",
            "kind": form.type.value,
            "audience": audience_for(org),
            "effect": {"identity": same, **await _notice(writing, form, requested.scope_ids, org)},
        }
    )


@once_opened(SiteEventReport)
async def names_lots(writing: Writing, case_id: str, form: SiteEventReport) -> None:
    """What it says of batches is true of them before anybody triages it. What all that is made there shares first."""
    case = await writing.session.get_one(CaseRow, case_id)
    if stops_all_made_there(form):
        stopped = SiteStopped(
            case_id=case_id,
            number=form.number,
            type=form.type,
            site_id=form.site_id,
            scope_ids=tuple(sorted(case.scope_ids)),
            received_at=form.detected_at,
        )
        await establish(writing, stopped)
    await _say_of_lots(writing, case, form, form.lots)


@checks(EventSupplement)
async def names_further_lots(writing: Writing, case: CaseRow, form: EventSupplement) -> Effect:
    """The same for lots that are named later. Their numbers may not be known yet."""
    await _say_of_lots(writing, case, SiteEventReport.stored(case.order["request"]), form.lots)
    return {}


async def _say_of_lots(writing: Writing, case: CaseRow, report: SiteEventReport, lots: tuple[str, ...]) -> None:
    if lots:
        await establish(writing, lots_named(case, report, lots))


def lots_named(case: CaseRow, report: SiteEventReport, lots: tuple[str, ...]) -> LotsNamed:
    """What an event says of lots."""
    return LotsNamed(
        case_id=case.case_id,
        number=report.number,
        type=report.type,
        severity=report.severity,
        site_id=report.site_id,
        scope_ids=tuple(sorted(case.scope_ids)),
        lots=lots,
        description=report.description,
        received_at=report.detected_at,
    )


async def _refuse_unless_the_same(writing: Writing, case_id: str, form: SiteEventReport) -> None:
    case = await writing.session.get_one(CaseRow, case_id)
    if SiteEventReport.stored(case.order["request"]) != form:
        raise Refused(
            Code.CONFLICT,
            "This event was reported with another content. What has changed is an event with an id of its own.",
            fields={"event_id": "is known with another content"},
            when=case.requested_at.isoformat(),
        )


async def _notice(writing: Writing, form: SiteEventReport, scope_ids: tuple[str, ...], org: Org) -> Effect:
    """Until when the site had to tell, and whether it did; nothing of that for what the sponsor reports itself."""
    key = notice_key(form) if org is Org.CDMO else None
    due = await notice_due(writing, form.site_id, scope_ids, key, form.detected_at) if key is not None else None
    return {
        "notify_key": key,
        "notify_due_at": due.isoformat() if due else None,
        "notified_late": due is not None and writing.at > due,
    }
