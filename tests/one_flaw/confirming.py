"""Flaws of confirmations between qualified persons: what agreements say of them, and what is on record."""

from datetime import timedelta
from typing import Any

from records.agreement.tables import AgreementRow
from records.appointment.tables import AppointmentRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import RecordRow
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.places import PAKKAUS, Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import EU_PACK
from tests.records.appointing import ends
from tests.records.confirming import confirms, withdraws

QP_OF = {"PK-01": "pirkko", "TB-01": "bela"}
WORDS = "As the qualified persons have agreed."


def agreed(place: Place, confirmed_by: str | None, article: str = "5.2", **more: Any) -> Flaw:
    """The agreement with a site has said from the start who confirms what it does; or it has said nothing."""

    async def act(told: Telling) -> None:
        said = {"article": article, "confirmed_by": confirmed_by, "statement": WORDS, **more}
        async with told.seeded.database.writing() as session:
            row = await session.get_one(AgreementRow, await _agreement(told, place))
            row.terms = {**row.terms, "confirmations": [said] if confirmed_by is not None else []}

    return Flaw(act)


def agreed_anew(place: Place, *, days_ago: int) -> Flaw:
    """It turns out that another version of the agreement was in force since some days before the story ended."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            row = await session.get_one(AgreementRow, await _agreement(told, place))
            since = (told.world.now - timedelta(days=days_ago)).date()
            session.add(AgreementRow(**{**row.model_dump(), "version": row.version + 1, "effective_from": since}))

    return Flaw(act)


def confirmed(by: Place = PAKKAUS, what: str = EU_PACK, made_at: Place = PAKKAUS) -> Flaw:
    """A qualified person confirms what a site has done of a batch."""

    async def act(told: Telling) -> None:
        known = {"batch_id": told.world.batches[what], "scope_id": told.world.scopes[made_at.site_id]}
        qta_id, version = await _agreement(told, made_at)
        known |= {"agreement": qta_id, "agreement_version": str(version)}
        await confirms(told.seeded, QP_OF[by.site_id], at=told.at, **known)

    return Flaw(act)


def ended_of_who_confirms(place: Place = PAKKAUS) -> Flaw:
    """It turns out that the appointment of the qualified person of a site had ended the day before."""

    async def act(told: Telling) -> None:
        person = told.world.people[QP_OF[place.site_id]]
        (number,) = (row.number for row in await told.seeded.rows(AppointmentRow) if row.person_id == person)
        await ends(told.seeded, number, at=told.at, ended_from=(told.at - timedelta(days=1)).date())

    return Flaw(act)


def withdrawn() -> Flaw:
    """That is taken back, by the head of quality alone."""

    async def act(told: Telling) -> None:
        await withdraws(told.seeded, "hana", at=told.at)

    return Flaw(act)


def asked_for_later(what: str = EU_PACK) -> Flaw:
    """The batch was registered before confirmations were asked for along an agreement."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            row = await session.get_one(BatchMarketRow, (told.world.batches[what], "EU"))
            row.deciders = None

    return Flaw(act)


def kept_nothing(what: str) -> Flaw:
    """Bulk was confirmed before it was kept along which version of the agreement."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            key = (told.world.batches[what], "confirm-manufacture", 1)
            row = await session.get_one(RecordRow, key)
            row.effect = {name: value for name, value in row.effect.items() if name not in {"confirms", "under"}}

    return Flaw(act)


async def _agreement(told: Telling, place: Place) -> tuple[str, int]:
    rows = [row for row in await told.seeded.rows(AgreementRow) if row.site_id == place.site_id]
    newest = max(rows, key=lambda row: row.version)
    return newest.qta_id, newest.version
