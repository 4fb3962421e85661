"""Authorisations that end by their dates, and that are in force again: the standing clock finds both.

Their days are those of UTC, as for orders. What an authority stops is stated, and acts at once.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.authorisation import Standing
from domain.authorisation.ending import begins, not_in_force_since, stands_in_force
from domain.authorisation.facts import AuthorisationEnded
from domain.authorisation.registered import Registered
from domain.batch.results.specification import SpecificationStatus
from domain.core.facts import stream_of_facts
from domain.core.refusals import Code, Refused
from records.authorisation.in_force import registered
from records.authorisation.standing_on import tell_batches_held_by
from records.authorisation.tables import AuthorisationRow
from records.core.dates import Arising, arises
from records.core.declared import Effect, checks_event
from records.core.policies import Policies
from records.core.reactions import establish, finds, revoke
from records.core.tables.facts import FactRow
from records.core.writing import Writing

_ENDED, _RESUMED = "authorisation.ended", "authorisation.resumed"


@arises(order=45)
async def last_days(session: AsyncSession, _policies: Policies, until: datetime) -> list[Arising]:
    """Authorisations that were in force, and whose newest version says otherwise by then."""
    day = until.date()
    ending = select(AuthorisationRow.authorisation_id).where(
        col(AuthorisationRow.status) == SpecificationStatus.APPROVED.value, col(AuthorisationRow.ends_on) <= day
    )
    ids = {*(await session.exec(ending.distinct())).all()} - {fact.identity for fact in await _standing(session)}
    found = []
    for versions in (await _approved(session, ids)).values():
        since = _ended_since(versions, day)
        if since is not None:
            found.append(_said(versions[0], since, _ENDED))
    return found


@arises(order=46)
async def first_days(session: AsyncSession, _policies: Policies, until: datetime) -> list[Arising]:
    """Ended authorisations whose newest version is in force again by then."""
    ids = {fact.identity for fact in await _standing(session)}
    found = []
    for versions in (await _approved(session, ids)).values():
        since = begins(_standing_of(versions[0]), until.date())
        if since is not None:
            found.append(_said(versions[0], since, _RESUMED))
    return found


@checks_event(_ENDED)
async def ends(writing: Writing, payload: Effect) -> Effect:
    """It is not in force by its dates, as the records stand now."""
    versions = await _versions(writing, payload)
    newest, since = versions[0], _ended_since(versions, writing.at.date())
    if since is None:
        raise Refused(Code.NOT_OPEN, f"{newest.authorisation_id} is in force.")
    status = next((each.status for each in _standing_of(newest) if each.holds_on(writing.at.date())), None)
    done = await establish(
        writing,
        AuthorisationEnded(
            authorisation_id=newest.authorisation_id,
            version=newest.version,
            market=newest.market,
            status=status,
            since=since,
        ),
    )
    return {"held": [*done.held]}


@checks_event(_RESUMED)
async def resumes(writing: Writing, payload: Effect) -> Effect:
    """It is in force by its dates. What is held stays held until people lift it, and they are asked to."""
    newest, *_ = await _versions(writing, payload)
    if not stands_in_force(_standing_of(newest), writing.at.date()):
        raise Refused(Code.NOT_OPEN, f"{newest.authorisation_id} is not in force.")
    await revoke(writing, AuthorisationEnded, newest.authorisation_id)
    await tell_batches_held_by(writing, newest.authorisation_id)
    return {}


@finds(AuthorisationEnded)
async def ended_authorisations(*_: object) -> Sequence[AuthorisationEnded]:
    """None beside those that the clock finds by itself, at the upgrade as well."""
    return ()


async def _versions(writing: Writing, payload: Effect) -> list[AuthorisationRow]:
    """The approved versions, the newest first. Who approves another one waits for this entry, or this one for that."""
    authorisation_id = str(payload["authorisation_id"])
    await writing.head(authorisation_id)
    versions = (await _approved(writing.session, [authorisation_id])).get(authorisation_id)
    if versions is None:
        raise Refused(Code.NOT_OPEN, f"No version of {authorisation_id} is approved.")
    return versions


async def _approved(session: AsyncSession, ids: Iterable[str]) -> dict[str, list[AuthorisationRow]]:
    """The approved versions of authorisations, the newest first. One statement."""
    query = select(AuthorisationRow).where(
        col(AuthorisationRow.authorisation_id).in_(sorted(ids)),
        col(AuthorisationRow.status) == SpecificationStatus.APPROVED.value,
    )
    found: dict[str, list[AuthorisationRow]] = {}
    order = (col(AuthorisationRow.authorisation_id), col(AuthorisationRow.version).desc())
    for row in (await session.exec(query.order_by(*order))).all() if ids else ():
        found.setdefault(row.authorisation_id, []).append(row)
    return found


def _ended_since(versions: Sequence[AuthorisationRow], day: date) -> date | None:
    """Since when it is not in force by its newest version, if it ever was; `None` while it is."""
    newest = _standing_of(versions[0])
    if stands_in_force(newest, day) or not any(_began(_standing_of(each), day) for each in versions):
        return None
    return not_in_force_since(newest, day) or versions[0].proposed_at.date()


def _began(standing: Sequence[Standing], day: date) -> bool:
    return any(stands_in_force([each], each.valid_from) and each.valid_from <= day for each in standing)


def _standing_of(row: AuthorisationRow) -> tuple[Standing, ...]:
    found: Registered = registered(row, ())
    return found.standing


async def _standing(session: AsyncSession) -> Sequence[FactRow]:
    query = select(FactRow).where(col(FactRow.kind) == AuthorisationEnded.__name__, col(FactRow.revoked_at).is_(None))
    return (await session.exec(query)).all()


def _said(row: AuthorisationRow, since: date, type_: str) -> Arising:
    """At the beginning of the day, or as it was approved if that was later."""
    at = datetime.combine(since, time(), UTC)
    payload: dict[str, JsonValue] = {"authorisation_id": row.authorisation_id, "version": row.version}
    decided = max(at, row.decided_at) if row.decided_at is not None else at
    return Arising(decided, stream_of_facts(row.authorisation_id), type_, payload, f"{row.version}:{since}")
