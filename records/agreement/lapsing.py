"""Agreements that lapse by their date, and that are in force again: the standing clock finds both."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.agreement import AgreementStatus
from domain.agreement.facts import AgreementLapsed
from domain.core.facts import stream_of_facts
from domain.core.refusals import Code, Refused
from records.agreement.in_force import agreement_in_force
from records.agreement.tables import AgreementRow
from records.core.dates import Arising, arises
from records.core.declared import Effect, checks_event
from records.core.policies import Policies
from records.core.reactions import establish, finds, revoke
from records.core.tables.facts import FactRow
from records.core.writing import Writing

_ZONES = timedelta(days=2)
"""No time zone is farther from UTC than this, and a last day ends with the midnight after it."""


@arises(order=40)
async def last_days(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Versions whose last day in force ends by then without another one in force."""
    query = select(AgreementRow).where(
        col(AgreementRow.status) == AgreementStatus.EFFECTIVE.value,
        col(AgreementRow.lapses_on) <= (until + _ZONES).date(),
    )
    rows = (await session.exec(query.order_by(col(AgreementRow.number), col(AgreementRow.version)))).all()
    known = {fact.identity for fact in await _standing(session)} if rows else set()
    return [
        arising
        for row in rows
        if _lapsed(row).identity not in known
        and (arising := await _arising(session, policies, row, until, "agreement.lapsed")) is not None
        and arising.at <= until
    ]


@arises(order=41)
async def first_days(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Lapsed versions whose scope has an agreement in force again by then."""
    found = []
    for fact in await _standing(session):
        row = await session.get_one(AgreementRow, (fact.fields["qta_id"], fact.fields["version"]))
        zone = await _zone(session, policies, row, until)
        later = await agreement_in_force(session, row.scope_id, until.astimezone(zone).date())
        if later is not None and later.effective_from is not None:
            at = datetime.combine(later.effective_from, time(), zone).astimezone(UTC)
            found.append(_said(row, at, "agreement.resumed", f"{later.qta_id}:{later.version}"))
    return found


@checks_event("agreement.lapsed")
async def lapses(writing: Writing, payload: Effect) -> Effect:
    """Its last day has passed, as the records stand now."""
    row = await _row(writing, payload)
    arising = await _arising(writing.session, writing.policies, row, writing.at, "agreement.lapsed")
    if arising is None or writing.at < arising.at:
        raise Refused(Code.NOT_OPEN, f"{row.qta_id} is in force, or another agreement is.")
    done = await establish(writing, _lapsed(row))
    return {"held": [*done.held]}


@checks_event("agreement.resumed")
async def resumes(writing: Writing, payload: Effect) -> Effect:
    """Another version is in force. What is held stays held until people lift it."""
    row = await _row(writing, payload)
    today = writing.at.astimezone(await _zone(writing.session, writing.policies, row, writing.at)).date()
    if await agreement_in_force(writing.session, row.scope_id, today) is None:
        raise Refused(Code.NOT_OPEN, f"No agreement for {row.scope_id} is in force.")
    await revoke(writing, AgreementLapsed, _lapsed(row).identity)
    return {}


@finds(AgreementLapsed)
async def lapsed_agreements(*_: object) -> Sequence[AgreementLapsed]:
    """None beside those that the clock finds by itself, at the upgrade as well."""
    return ()


def _lapsed(row: AgreementRow) -> AgreementLapsed:
    assert row.lapses_on is not None, "It was in force."
    return AgreementLapsed(
        qta_id=row.qta_id, version=row.version, site_id=row.site_id, scope_id=row.scope_id, lapsed_on=row.lapses_on
    )


async def _standing(session: AsyncSession) -> Sequence[FactRow]:
    query = select(FactRow).where(col(FactRow.kind) == AgreementLapsed.__name__, col(FactRow.revoked_at).is_(None))
    return (await session.exec(query)).all()


async def _row(writing: Writing, payload: Effect) -> AgreementRow:
    return await writing.session.get_one(AgreementRow, (payload["qta_id"], payload["version"]), populate_existing=True)


async def _zone(session: AsyncSession, policies: Policies, row: AgreementRow, at: datetime) -> ZoneInfo:
    return ZoneInfo((await policies.calendar_of(session, row.site_id, at)).tz)


async def _arising(
    session: AsyncSession, policies: Policies, row: AgreementRow, at: datetime, type_: str
) -> Arising | None:
    """The lapse of a version, with the midnight after its last day; `None` if another one is in force by then."""
    assert row.lapses_on is not None, "It was in force."
    after, zone = row.lapses_on + timedelta(days=1), await _zone(session, policies, row, at)
    midnight = datetime.combine(after, time(), zone).astimezone(UTC)
    today = at.astimezone(zone).date()
    if await agreement_in_force(session, row.scope_id, max(after, today)) is not None:
        return None
    return _said(row, midnight, type_, f"{row.version}:{row.lapses_on}")


def _said(row: AgreementRow, at: datetime, type_: str, key: str) -> Arising:
    payload: dict[str, JsonValue] = {"qta_id": row.qta_id, "version": row.version, "site_id": row.site_id}
    return Arising(at, stream_of_facts(row.qta_id), type_, payload, key)
