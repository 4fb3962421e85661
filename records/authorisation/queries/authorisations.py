"""Authorisations as the sponsor's people and inspectors read them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from pydantic import AwareDatetime
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.authorisation import (
    AuthorisationKind,
    AuthorisationStatus,
    RegisteredPack,
    RegisteredProcess,
    RegisteredShelfLife,
    RegisteredSpecification,
    RegisteredStep,
    ReleaseSite,
    Standing,
)
from domain.batch.results.specification import SpecificationStatus
from domain.core.document import DocumentReference
from domain.core.names import name_key
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.policy.mutual_recognition import ProductKind
from records.authorisation.in_force import registered
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow
from records.core.queries import pages


class AuthorisationView(View):
    """One version of an authorisation."""

    authorisation_id: str
    version: int
    sha256: str
    """What an approval is bound to."""
    status: SpecificationStatus
    """PROPOSED, APPROVED or REJECTED."""
    type: AuthorisationKind
    market: str
    product: str
    strength: str | None
    dosage_form: str | None
    number: str
    holder: str
    trial: str | None
    standing: tuple[Standing, ...]
    """Where it stands, by date, as far as the authority has stopped nothing since."""
    steps: tuple[RegisteredStep, ...]
    release_sites: tuple[ReleaseSite, ...]
    packs: tuple[RegisteredPack, ...]
    specifications: tuple[RegisteredSpecification, ...]
    processes: tuple[RegisteredProcess, ...]
    shelf_life: RegisteredShelfLife | None
    official_batch_release: bool
    product_kind: ProductKind | None
    ends_stops: tuple[int, ...] | None
    """Numbers of the stops that it ends, where it had to name them."""
    evidence: tuple[DocumentReference, ...]
    reason: str
    proposed_by: str
    """Person id, like `decided_by`."""
    proposed_at: AwareDatetime
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision: str | None
    """Why it was approved or sent back."""


class AuthorisationStopView(View):
    """An authority has suspended or withdrawn it."""

    number: int
    status: AuthorisationStatus
    since: date
    reason: str
    documents: tuple[DocumentReference, ...]
    stated_by: str
    """Person id."""
    stated_at: AwareDatetime
    ended_by: int | None
    """The version that has ended it; none while it stands."""


class AuthorisationHistory(View):
    """An authorisation in all its versions, the newest first, and all that its authority has stopped."""

    authorisation_id: str
    in_force: int | None
    """The version that holds: the newest that was approved."""
    stands: AuthorisationStatus | None
    """Where it stands today; none if that version says nothing of today."""
    versions: tuple[AuthorisationView, ...]
    stops: tuple[AuthorisationStopView, ...]


class AuthorisationList(View):
    """A page of authorisations, each with its history."""

    items: tuple[AuthorisationHistory, ...]
    next: str | None = None


async def authorisations(
    session: AsyncSession, today: date, *, market: str | None, product: str | None, cursor: str | None, limit: int
) -> AuthorisationList:
    """Authorisations by id."""
    query = select(AuthorisationRow.authorisation_id).distinct()
    if market is not None:
        query = query.where(col(AuthorisationRow.market) == market)
    if product is not None:
        query = query.where(col(AuthorisationRow.product_key) == name_key(product))
    if cursor is not None:
        query = query.where(col(AuthorisationRow.authorisation_id) > str(pages.decode(cursor)[0]))
    found = (await session.exec(query.order_by(col(AuthorisationRow.authorisation_id)).limit(limit + 1))).all()
    return AuthorisationList(
        items=tuple(await _histories(session, found[:limit], today)),
        next=pages.encode((found[limit - 1],)) if len(found) > limit else None,
    )


async def authorisation(session: AsyncSession, authorisation_id: str, today: date) -> AuthorisationHistory:
    """One authorisation. Raises `Refused(NOT_FOUND)`."""
    found = await _histories(session, [authorisation_id], today)
    if not found:
        raise Refused(Code.NOT_FOUND, "There is no such authorisation.")
    return found[0]


async def _histories(session: AsyncSession, ids: Iterable[str], today: date) -> list[AuthorisationHistory]:
    wanted = sorted(ids)
    rows = select(AuthorisationRow).where(col(AuthorisationRow.authorisation_id).in_(wanted))
    versions: dict[str, list[AuthorisationRow]] = defaultdict(list)
    for row in (await session.exec(rows.order_by(col(AuthorisationRow.version).desc()))).all():
        versions[row.authorisation_id].append(row)
    stated = select(AuthorisationStopRow).where(col(AuthorisationStopRow.authorisation_id).in_(wanted))
    stops: dict[str, list[AuthorisationStopRow]] = defaultdict(list)
    for stop in (await session.exec(stated.order_by(col(AuthorisationStopRow.number)))).all():
        stops[stop.authorisation_id].append(stop)
    return [_history(each, versions[each], stops[each], today) for each in wanted if each in versions]


def _history(
    authorisation_id: str, rows: list[AuthorisationRow], stops: list[AuthorisationStopRow], today: date
) -> AuthorisationHistory:
    approved = next((row for row in rows if row.status == SpecificationStatus.APPROVED.value), None)
    return AuthorisationHistory(
        authorisation_id=authorisation_id,
        in_force=approved.version if approved is not None else None,
        stands=registered(approved, stops).status_on(today) if approved is not None else None,
        versions=tuple(AuthorisationView.model_validate(row.model_dump()) for row in rows),
        stops=tuple(AuthorisationStopView.model_validate(stop.model_dump()) for stop in stops),
    )
