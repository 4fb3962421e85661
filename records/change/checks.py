"""Checks of a change at a site: its announcement, its tier, its decision and its first use."""

from datetime import date
from typing import Any

from sqlmodel import col, select

from domain.change.decision import (
    ChangeClassification,
    ChangeDecision,
    ChangeRegulatoryAssessment,
    ChangeTechnicalAssessment,
    ChangeVerdict,
    approved_conditions,
    refuse_authors,
    refuse_unless_assessed,
    refuse_unless_classified,
    refuse_unless_decidable,
    suggested_assessment,
    suggested_classification,
)
from domain.change.facts import ChangeStands
from domain.change.site_change import (
    ChangeImplementation,
    ChangeNotification,
    is_short_notice,
    least_tier,
    refuse_unless_announced,
    refuse_unless_implemented,
    suggested_change_use,
)
from domain.core.days import Calendar, counted
from domain.core.entry import OpenTask
from domain.core.names import name_key
from domain.core.refusals import Code, Refused
from domain.core.text import in_a_title
from domain.policy.change_tier import ChangeTier
from records.agreement.in_force import agreement_in_force, notification_span, terms_of
from records.change.standing import against
from records.change.tables import ChangeRow
from records.core.declared import Effect, Requested, checks, opens, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.queries.events import event_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.site.scopes import site_and_scopes

_NOTICE = "change.notify"
_WEIGHED = (ChangeClassification, ChangeRegulatoryAssessment, ChangeTechnicalAssessment)


@opens(ChangeNotification)
async def opens_a_change(writing: Writing, form: ChangeNotification) -> Requested:
    """One case for each number of the site, for ever. A short notice is accepted, as late (section 9)."""
    requested = await site_and_scopes(writing, form.site_id, form.scope_ids)
    calendar = await writing.policies.calendar_of(writing.session, form.site_id, writing.at)
    refuse_unless_announced(form, today=calendar.local_day(writing.at))
    key = name_key(form.change_id)
    await writing.head(f"CHANGE-{form.site_id}-{key}"[:200])
    await _refuse_if_known(writing, form, key)
    return requested.model_copy(
        update={
            "title": f"Change {in_a_title(form.change_id)} at {form.site_id} ({form.category})",
            "kind": form.category.value,
            "trigger": key,
            "effect": await _terms(writing, form, requested.scope_ids, calendar),
        }
    )


async def _refuse_if_known(writing: Writing, form: ChangeNotification, key: str) -> None:
    """Numbers are compared as they were written: the key in the trigger of an older case may be another one."""
    query = (
        select(CaseRow, ChangeRow.change_id)
        .join(ChangeRow, col(ChangeRow.case_id) == col(CaseRow.case_id))
        .where(col(ChangeRow.site_id) == form.site_id)
    )
    rows = (await writing.session.exec(query.order_by(col(CaseRow.number)))).all()
    if (known := next((case for case, number in rows if name_key(number) == key), None)) is not None:
        raise Refused(
            Code.CONFLICT,
            f"This change is known: {known.case_id}. Another change has a number of its own.",
            fields={"change_id": f"is the number of {known.case_id}"},
            when=known.requested_at.isoformat(),
        )


async def _terms(writing: Writing, form: ChangeNotification, scope_ids: tuple[str, ...], calendar: Calendar) -> Effect:
    """What the agreements of the scopes say, or the policy where there is none: the least tier and the notice."""
    limits, today = (await writing.policy()).limits, calendar.local_day(writing.at)
    agreed, notice = [], [counted(today, limits.change_notice_approval, calendar)] if not scope_ids else []
    for scope_id in scope_ids:
        agreement = await agreement_in_force(writing.session, scope_id, today)
        tiers = terms_of(agreement).change_tiers if agreement is not None else limits.change_tiers
        agreed.append(tiers[form.category])
        notice.append(counted(today, await notification_span(writing.session, scope_id, _NOTICE, today), calendar))
    least, notice_ends = least_tier(agreed or [limits.change_tiers[form.category]], form.cdmo_tier), max(notice)
    return {
        "least_tier": least.value,
        "notice_ends": notice_ends.isoformat(),
        "notified_late": is_short_notice(least, form.earliest_date, notice_ends),
    }


@suggests(ChangeClassification)
async def suggests_a_classification(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The scopes announced."""
    return suggested_classification((await writing.session.get_one(ChangeRow, case.case_id)).scope_ids)


@checks(ChangeClassification)
async def can_be_classified(writing: Writing, case: CaseRow, form: ChangeClassification) -> Effect:
    """The tier is raised, never lowered; the scopes are those of the site."""
    row = await writing.session.get_one(ChangeRow, case.case_id)
    known = await site_and_scopes(writing, case.site_id)
    refuse_unless_classified(form, ChangeTier(row.least_tier), scope_ids=known.scope_ids)
    return {}


@suggests(ChangeRegulatoryAssessment)
async def suggests_an_assessment(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The markets of the scopes that the change concerns."""
    return suggested_assessment(await _markets(writing, case))


@checks(ChangeRegulatoryAssessment)
async def can_be_assessed(writing: Writing, case: CaseRow, form: ChangeRegulatoryAssessment) -> Effect:
    """Every market is assessed."""
    refuse_unless_assessed(form, await _markets(writing, case))
    return {}


@checks(ChangeDecision)
async def can_be_decided(writing: Writing, case: CaseRow, form: ChangeDecision) -> Effect:
    """By another person than those who classified and assessed (S1); conditions and question fit the verdict."""
    lookups = await lookups_of(writing, case)
    refuse_authors(writing.actor.persons, await _authors(lookups))
    refuse_unless_decidable(form)
    if form.verdict is ChangeVerdict.REJECTED:
        await establish(writing, _stands(case, "is rejected"))
    return {}


@suggests(ChangeImplementation)
async def suggests_a_first_use(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The conditions of the approval."""
    return suggested_change_use(await _conditions(await lookups_of(writing, case)))


@checks(ChangeImplementation)
async def can_be_used(writing: Writing, case: CaseRow, form: ChangeImplementation) -> Effect:
    """Not before the approval, not before the day announced, and under the conditions of the approval."""
    lookups = await lookups_of(writing, case)
    decided = (await lookups.rows(ChangeDecision))[0]
    refuse_unless_implemented(
        form,
        earliest=await _earliest(lookups),
        approved_on=lookups.calendar.local_day(decided.at),
        conditions=await _conditions(lookups),
        today=lookups.today,
    )
    if why := await against(writing.session, await writing.session.get_one(ChangeRow, case.case_id)):
        await establish(writing, _stands(case, why, first_batch=form.first_batch, since=form.implemented_on))
    return {}


def _stands(case: CaseRow, why: str, **use: Any) -> ChangeStands:
    return ChangeStands(case_id=case.case_id, why=why, scope_ids=tuple(sorted(case.scope_ids)), **use)


async def _authors(lookups: Lookups) -> frozenset[str]:
    """Whose hands the classification and the assessments count as (S11)."""
    rows = [row for form in _WEIGHED for row in await lookups.rows(form)]
    events = [await event_of(lookups.session, row.case_id, row.number) for row in rows]
    return frozenset(person for event in events for person in event.actor.persons)


async def _earliest(lookups: Lookups) -> date:
    return (await lookups.session.get_one(ChangeRow, lookups.case.case_id)).earliest_date


async def _conditions(lookups: Lookups) -> tuple[str, ...]:
    return approved_conditions(await lookups.latest(ChangeDecision))


async def _markets(writing: Writing, case: CaseRow) -> set[str]:
    query = select(ScopeRow).where(col(ScopeRow.scope_id).in_(case.scope_ids))
    return {market for scope in (await writing.session.exec(query)).all() for market in scope.markets}
