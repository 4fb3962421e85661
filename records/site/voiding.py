"""Certificates that count no more: by their date, which the standing clock finds, or by what replaces them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.facts import stream_of_facts
from domain.core.refusals import Code, Refused
from domain.site.certificate import CertificateStatus, CertificateType, is_valid_on
from domain.site.facts import CertificateStopped, CertificateVoid, VoidBecause
from records.core.dates import Arising, arises
from records.core.declared import Effect, checks_event
from records.core.policies import Policies
from records.core.reactions import establish, finds, revoke, standing_about
from records.core.tables.facts import FactRow
from records.core.writing import Writing
from records.site.tables import CertificateRow

_AHEAD = timedelta(days=2)
"""No time zone is farther from UTC than this, and a last day ends with the midnight after it."""


async def is_followed(writing: Writing, row: CertificateRow) -> None:
    """A certificate that counts is verified: what was void of its type for the scope is so no more."""
    for kind in (CertificateVoid, CertificateStopped):
        for fact in await standing_about(writing, kind, row.scope_id):
            if fact.fields["type"] == row.type and fact.identity != row.certificate_id:
                await revoke(writing, kind, fact.identity)


async def is_narrowed(writing: Writing, replaced_id: str, by: str) -> None:
    """What is verified in the place of a certificate does not name the activity."""
    row = await writing.session.get_one(CertificateRow, replaced_id)
    await establish(writing, narrowed(row, by))


def narrowed(row: CertificateRow, by: str) -> CertificateVoid:
    """What a certificate says whose successor does not name the activity."""
    return void(row, VoidBecause.NARROWED, f"is replaced by {by}, which does not name the activity")


def void(row: CertificateRow, because: VoidBecause, words: str) -> CertificateVoid:
    """What a certificate that counts no more says."""
    return CertificateVoid(
        certificate_id=row.certificate_id,
        site_id=row.site_id,
        scope_id=row.scope_id,
        type=CertificateType(row.type),
        because=because,
        words=words,
    )


@arises(order=30)
async def last_days(session: AsyncSession, policies: Policies, until: datetime) -> list[Arising]:
    """Verified certificates whose last day ends by then, and that no other one follows."""
    known = select(FactRow.identity).where(
        col(FactRow.kind) == CertificateVoid.__name__, col(FactRow.revoked_at).is_(None)
    )
    query = select(CertificateRow).where(
        col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
        col(CertificateRow.confirmed_activity).is_not(None),
        col(CertificateRow.sort_valid_to) <= (until + _AHEAD).date(),
        col(CertificateRow.certificate_id).not_in(known),
    )
    found = []
    for row in (await session.exec(query.order_by(col(CertificateRow.serial)))).all():
        ends_at = await _ends_at(session, policies, row, until)
        if ends_at is not None and ends_at <= until:
            payload: Effect = {"certificate_id": row.certificate_id, "site_id": row.site_id}
            day = str(row.valid_to)
            found.append(Arising(ends_at, stream_of_facts(row.certificate_id), "certificate.expired", payload, day))
    return found


@checks_event("certificate.expired")
async def expires(writing: Writing, payload: Effect) -> Effect:
    """Its last day has passed, as the records stand now."""
    row = await writing.session.get_one(CertificateRow, str(payload["certificate_id"]), populate_existing=True)
    ends_at = await _ends_at(writing.session, writing.policies, row, writing.at)
    if ends_at is None or writing.at < ends_at:
        raise Refused(Code.NOT_OPEN, f"{row.certificate_id} is valid, or another one is in its place.")
    done = await establish(writing, void(row, VoidBecause.EXPIRED, f"ended on {row.valid_to}"))
    return {"held": [*done.held]}


async def _ends_at(session: AsyncSession, policies: Policies, row: CertificateRow, at: datetime) -> datetime | None:
    """The midnight after its last day at the site; `None` if it has none or is followed by a longer one."""
    if row.valid_to is None or row.status != CertificateStatus.VERIFIED.value:
        return None
    query = select(CertificateRow).where(
        col(CertificateRow.scope_id) == row.scope_id,
        col(CertificateRow.type) == row.type,
        col(CertificateRow.certificate_id) != row.certificate_id,
        col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
        col(CertificateRow.confirmed_activity).is_not(None),
    )
    after = row.valid_to + timedelta(days=1)
    if any(is_valid_on(other.valid_to, after) for other in (await session.exec(query)).all()):
        return None
    zone = ZoneInfo((await policies.calendar_of(session, row.site_id, at)).tz)
    return datetime.combine(after, time(), zone).astimezone(UTC)


@finds(CertificateStopped)
async def stopped_certificates(*_: object) -> Sequence[CertificateStopped]:
    """None: in older versions nobody could say so."""
    return ()


@finds(CertificateVoid)
async def narrowed_certificates(session: AsyncSession, *_: object) -> Sequence[CertificateVoid]:
    """Those whose successor does not name the activity. Those that have ended the clock finds by itself."""
    query = (
        select(CertificateRow)
        .where(
            col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
            col(CertificateRow.confirmed_activity).is_(None),
            col(CertificateRow.replaces).is_not(None),
        )
        .order_by(col(CertificateRow.serial))
    )
    found: dict[str, CertificateVoid] = {}
    for narrow in (await session.exec(query)).all():
        row = await session.get_one(CertificateRow, narrow.replaces)
        if row.status == CertificateStatus.VERIFIED.value:
            found[row.certificate_id] = narrowed(row, narrow.certificate_id)
    return [*found.values()]
