"""Flaws of people on licences: whose appointment carries no signature on the pack, or carries it after all."""

from datetime import timedelta
from typing import Any

from records.appointment.tables import AppointmentRow
from records.core.tables.master_data import PersonRoleRow, PersonRow, ScopeRow, SiteRow
from records.site.tables import CertificateRow
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.records.appointing import LICENCE, a_site_beside, appointed, decides_on, ends, proposes
from tests.records.stopping import stops

FIRST, SECOND = "APT-1", "APT-7"
"""The appointment of the qualified person that is there from the start, and a further one."""


def ended(number: str = FIRST, *, days_ago: int = 0) -> Flaw:
    """An appointment is ended, from today or from an earlier day."""

    async def act(told: Telling) -> None:
        await ends(told.seeded, number, at=told.at, ended_from=(told.at - timedelta(days=days_ago)).date())

    return Flaw(act)


def also(*, days: tuple[int, int | None] = (-365, None), user: str = "quentin", role: str = "QP", **given: Any) -> Flaw:
    """A further appointment is recorded. `days` are its first and last one, from today."""

    async def act(told: Telling) -> None:
        first, last = (told.at + timedelta(days=each) if each is not None else None for each in days)
        form = {**given, "valid_from": first.date() if first else None, "valid_to": last.date() if last else None}
        await appointed(told.seeded, user, role, SECOND, at=told.at, **form)

    return Flaw(act)


def proposed(*, refuses: bool = False) -> Flaw:
    """A further appointment is proposed, and nobody has decided; or it was sent back."""

    async def act(told: Telling) -> None:
        await proposes(told.seeded, "quentin", SECOND, at=told.at, role="QP")
        if refuses:
            await decides_on(told.seeded, SECOND, at=told.at, approve=False)

    return Flaw(act)


def on_the_licence_of(place: Place) -> Flaw:
    """The qualified person is named on the authorisation of a site, of which a certificate is on record."""

    async def act(told: Telling) -> None:
        await shows_an_authorisation(told, place, "CERT-977", LICENCE["number"])
        licence = {"site_id": place.site_id, "certificate_id": "CERT-977"}
        await appointed(told.seeded, "quentin", "QP", SECOND, at=told.at, licence=licence)

    return Flaw(act)


def on_a_licence_of(country: str, *, site_id: str = "ZZ-01", **given: Any) -> Flaw:
    """A further appointment is on a licence of a site in that country, of which no certificate is on record."""

    async def act(told: Telling) -> None:
        await a_site_beside(told.seeded, country, site_id)
        await also(**{**given, "licence": {**given.get("licence", {}), "site_id": site_id}}).act(told)

    return Flaw(act)


async def shows_an_authorisation(
    told: Telling, place: Place, certificate_id: str, number: str, type_: str = "MIA"
) -> None:
    """A site has shown its manufacturing authorisation; it was verified with its certificate."""
    rows = [row for row in await told.seeded.rows(CertificateRow) if row.site_id == place.site_id]
    serial = int(certificate_id.partition("-")[2])
    async with told.seeded.database.writing() as session:
        kept = (await session.get_one(CertificateRow, rows[0].certificate_id)).model_dump()
        kept |= {"certificate_id": certificate_id, "serial": serial, "type": type_, "number": number}
        session.add(CertificateRow(**kept))


def authorised(place: Place, type_: str = "MIA") -> Flaw:
    """A site has shown an authorisation of a kind, beside its certificate."""

    async def act(told: Telling) -> None:
        await shows_an_authorisation(told, place, "CERT-977", f"{place.country}-{type_}-977", type_)

    return Flaw(act)


def its_paper(**changes: Any) -> Flaw:
    """The certificate of that authorisation is otherwise."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            row = await session.get_one(CertificateRow, "CERT-977")
            for name, value in changes.items():
                setattr(row, name, told.at.date() + value if isinstance(value, timedelta) else value)

    return Flaw(act)


def confirmed_for(dosage_form: str) -> Flaw:
    """What that authorisation names was confirmed for a scope of this dosage form."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            paper = await session.get_one(CertificateRow, "CERT-977")
            scope = (await session.get_one(ScopeRow, paper.scope_id)).model_dump()
            session.add(ScopeRow(**{**scope, "scope_id": "SC-977", "product": "Arlivan", "dosage_form": dosage_form}))
            paper.scope_id = "SC-977"

    return Flaw(act)


def stopped_by_its_authority() -> Flaw:
    """That authorisation is entered as suspended, as people do it."""

    async def act(told: Telling) -> None:
        await stops(told.seeded, "rosa", "CERT-977", at=told.at, act="SUSPENDED")

    return Flaw(act)


def as_before_markets(*, country: str | None = "DE", number: str = FIRST) -> Flaw:
    """An appointment was recorded before markets were asked for; its licence is of a site in that country."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            row = await session.get_one(AppointmentRow, number)
            row.markets = []
            (await session.get_one(SiteRow, row.licence_site)).country = country

    return Flaw(act)


def given_role(user: str, role: str) -> Flaw:
    """A person is given a further role."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            person = await session.get_one(PersonRow, told.world.people[user])
            session.add(PersonRoleRow(person_id=person.person_id, role=role))
            person.roles = [*person.roles, role]

    return Flaw(act)
