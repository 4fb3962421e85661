"""Which quality agreement is in force, and what it says about the clocks of others."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.agreement import AgreementStatus, AgreementTerms, WatchedAgreement, agreed_span, policy_span
from domain.agreement.review import AgreementReviewApproval
from domain.core.days import Span
from domain.core.forms import Process
from records.agreement.tables import AgreementRow
from records.core.policies import Policies
from records.core.scopes import open_case_for
from records.core.tables.cases import CaseRow, RecordRow


async def versions_for(session: AsyncSession, scope_id: str) -> Sequence[AgreementRow]:
    """All versions of the agreement for a scope, the newest first."""
    query = select(AgreementRow).where(col(AgreementRow.scope_id) == scope_id)
    return (await session.exec(query.order_by(col(AgreementRow.number).desc(), col(AgreementRow.version).desc()))).all()


async def agreement_in_force(session: AsyncSession, scope_id: str, day: date) -> AgreementRow | None:
    """The version that is, or was, in force on a day; `None` before the first one and after a lapse.

    A version is in force until the next one takes effect, at the longest until its hard stop (`qta.hard_stop`). So a
    day in the past gets the version of that time, although it is superseded by now.
    """
    newest = await last_in_force(session, scope_id, day)
    return newest if newest is not None and newest.lapses_on is not None and day <= newest.lapses_on else None


async def agreements_of_site(session: AsyncSession, site_id: str, day: date) -> list[str]:
    """The ids of all agreements with a site that are in force on a day, whatever their scope."""
    query = select(AgreementRow.scope_id).where(col(AgreementRow.site_id) == site_id).distinct()
    found = [await agreement_in_force(session, scope_id, day) for scope_id in (await session.exec(query)).all()]
    return sorted(row.qta_id for row in found if row is not None)


async def all_in_force(session: AsyncSession, day: date) -> frozenset[tuple[str, str]]:
    """Every agreement in force on a day, as its site and id. One statement."""
    query = (
        select(AgreementRow)
        .where(col(AgreementRow.effective_from) <= day)
        .order_by(col(AgreementRow.effective_from), col(AgreementRow.number), col(AgreementRow.version))
    )
    newest = {row.scope_id: row for row in (await session.exec(query)).all()}
    held = [row for row in newest.values() if row.lapses_on is not None and day <= row.lapses_on]
    return frozenset((row.site_id, row.qta_id) for row in held)


async def is_on_record(session: AsyncSession, site_id: str, qta_id: str) -> bool:
    """Whether the records hold an agreement with a site, or one of this id with another site."""
    query = select(AgreementRow.qta_id).where(
        or_(col(AgreementRow.site_id) == site_id, col(AgreementRow.qta_id) == qta_id)
    )
    return (await session.exec(query.limit(1))).first() is not None


async def last_in_force(session: AsyncSession, scope_id: str, day: date) -> AgreementRow | None:
    """The version that is in force on a day, or was last if it has lapsed; `None` before the first one."""
    query = (
        select(AgreementRow)
        .where(col(AgreementRow.scope_id) == scope_id, col(AgreementRow.effective_from) <= day)
        .order_by(
            col(AgreementRow.effective_from).desc(), col(AgreementRow.number).desc(), col(AgreementRow.version).desc()
        )
    )
    return (await session.exec(query.limit(1))).first()


async def watched_agreement(session: AsyncSession, scope_id: str, day: date) -> WatchedAgreement | None:
    """The agreement of a scope as the oversight watches it; `None` if none has ever taken effect."""
    row = await last_in_force(session, scope_id, day)
    if row is None or row.review_due is None or row.lapses_on is None:
        return None
    return WatchedAgreement(
        qta_id=row.qta_id,
        version=row.version,
        review_due=row.review_due,
        lapses_on=row.lapses_on,
        review_open=await open_case_for(session, Process.AGREEMENT, scope_id) is not None
        or (day < row.lapses_on and await _stays_until_it_lapses(session, row)),
    )


async def _stays_until_it_lapses(session: AsyncSession, row: AgreementRow) -> bool:
    """Whether a review has left the version unchanged for the rest of its time."""
    if row.lapses_on is None or row.review_due != row.lapses_on:
        return False
    query = (
        select(RecordRow)
        .join(CaseRow, col(CaseRow.case_id) == col(RecordRow.case_id))
        .where(
            col(CaseRow.process) == Process.AGREEMENT.value,
            col(CaseRow.trigger) == row.scope_id,
            col(RecordRow.action) == AgreementReviewApproval.action.name,
        )
    )
    found = [record.effect for record in (await session.exec(query)).all()]
    decided = {"qta_id": row.qta_id, "version": row.version, "review_due": row.lapses_on.isoformat()}
    return decided in found


async def negotiated_elsewhere(session: AsyncSession, scope_id: str, case_id: str) -> str | None:
    """Another open case in which the agreement of a scope is drafted and not in force yet, if there is one."""
    query = (
        select(AgreementRow.case_id)
        .join(CaseRow, col(CaseRow.case_id) == col(AgreementRow.case_id))
        .where(
            col(AgreementRow.scope_id) == scope_id,
            col(AgreementRow.case_id) != case_id,
            col(AgreementRow.status).in_([AgreementStatus.DRAFT.value, AgreementStatus.AGREED.value]),
            col(CaseRow.closed_at).is_(None),
        )
    )
    return (await session.exec(query.limit(1))).first()


def terms_of(row: AgreementRow) -> AgreementTerms:
    """The terms of a version, as an earlier version of the program may have stored them."""
    return AgreementTerms.model_validate(row.terms, extra="ignore")


async def notification_span(session: AsyncSession, scope_id: str, key: str, day: date) -> Span:
    """How soon the site tells of something: by the agreement in force, else by the policy (section 9).

    `key` is a policy key such as `oos.notify`; `change.notify` is the notice of a change that the sponsor approves.
    The policy is the one in force as the day begins (UTC). Raises `Refused` (NOT_FOUND) for a key it does not have.
    """
    agreement = await agreement_in_force(session, scope_id, day)
    agreed = agreed_span(terms_of(agreement).notification, key) if agreement is not None else None
    if agreed is not None:
        return agreed
    policy = await Policies().in_force(session, datetime.combine(day, time.min, UTC))
    return policy_span(policy, key)
