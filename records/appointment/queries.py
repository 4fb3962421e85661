"""Appointments as people read them: the sponsor's people and inspectors all, others their own (S6)."""

from datetime import date

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, true
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.appointment.appointment import LicenceKind
from domain.appointment.reliance import Appointment, Signing, faults_of
from domain.core.document import DocumentReference
from domain.core.people import Actor, Role
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.appointment.appointments import with_papers
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.core.queries.keyset import page
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import PersonRow


class SignedView(View):
    """A signature that stands on an appointment."""

    record: str
    """The case."""
    number: int
    """Number of the event."""
    batch_id: str | None
    market: str | None
    signed_at: AwareDatetime


class AppointmentView(View):
    """A person on a licence. It is never changed, only ended; another one is recorded beside it."""

    number: str
    person: str
    """Person id, like every other person here."""
    name: str
    role: Role
    kind: LicenceKind
    licence: str
    """Number of the licence."""
    holder: str
    acts_for: str | None
    """The holder of an authorisation that the licence's holder acts for."""
    acts_by: str | None
    """The agreement by which it does."""
    licence_site: str | None
    """The site on record that the licence is of."""
    certificate_id: str | None
    markets: tuple[str, ...]
    """None in an older one: it is for the market in which the site of its licence stands."""
    sites: tuple[str, ...]
    """None for all, like the products."""
    products: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    documents: tuple[DocumentReference, ...]
    reason: str
    version: int
    sha256: str
    """What the approval names, with the version."""
    in_force: bool
    """Whether it carries a signature today."""
    in_force_not: tuple[str, ...]
    """Why it does not."""
    proposed_by: str
    proposed_at: AwareDatetime
    approved: bool | None
    decided_by: str | None
    decided_at: AwareDatetime | None
    decided_because: str | None
    ended_from: date | None
    """First day on which it did not count any more."""
    ended_times: int
    """How often it was ended; later ends say an earlier day."""
    ended_by: str | None
    ended_at: AwareDatetime | None
    ended_because: str | None


class AppointmentDetail(AppointmentView):
    """One appointment, with what was signed under it, the newest first, at most 500."""

    signed: tuple[SignedView, ...]


class AppointmentList(View):
    """A page of appointments."""

    items: tuple[AppointmentView, ...]
    next: str | None = None


async def appointments(
    session: AsyncSession,
    actor: Actor,
    today: date,
    *,
    person: str | None = None,
    role: Role | None = None,
    site: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> AppointmentList:
    """Appointments by number, those that are over or were sent back included. `site` is that of the licence."""
    query = select(AppointmentRow).where(_sees(actor))
    for column, value in (
        (AppointmentRow.person_id, person),
        (AppointmentRow.role, role.value if role is not None else None),
        (AppointmentRow.licence_site, site),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    rows, following = await page(session, query, "number", cursor=cursor, limit=limit)
    return AppointmentList(items=tuple(await _shown(session, rows, today)), next=following)


async def one_appointment(session: AsyncSession, actor: Actor, number: str, today: date) -> AppointmentDetail:
    """One appointment. Raises `Refused(NOT_FOUND)`."""
    row = (await session.exec(select(AppointmentRow).where(col(AppointmentRow.number) == number, _sees(actor)))).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such appointment.")
    (shown,) = await _shown(session, [row], today)
    query = select(AppointmentUseRow).where(col(AppointmentUseRow.number) == number)
    uses = (await session.exec(query.order_by(col(AppointmentUseRow.signed_at).desc()).limit(500))).all()
    signed = tuple(
        SignedView(
            record=each.stream,
            number=each.event_number,
            batch_id=each.batch_id,
            market=each.market,
            signed_at=each.signed_at,
        )
        for each in uses
    )
    return AppointmentDetail(**shown.model_dump(), signed=signed)


def _sees(actor: Actor) -> ColumnElement[bool]:
    return true() if reads_everything(actor) else col(AppointmentRow.person_id) == actor.person


async def _shown(session: AsyncSession, rows: list[AppointmentRow], today: date) -> list[AppointmentView]:
    query = select(PersonRow.person_id, PersonRow.name).where(
        col(PersonRow.person_id).in_({row.person_id for row in rows})
    )
    names: dict[str, str] = dict((await session.exec(query)).all())
    known = await with_papers(session, rows, {})
    return [_view(row, each, names[row.person_id], today) for row, each in zip(rows, known, strict=True)]


def _view(row: AppointmentRow, known: Appointment, name: str, today: date) -> AppointmentView:
    faults = [*faults_of(known, Signing(roles=frozenset({known.role})), today).values()]
    return AppointmentView.model_validate(
        {**row.model_dump(), "person": row.person_id, "name": name, "in_force": not faults, "in_force_not": faults},
        extra="ignore",
    )
