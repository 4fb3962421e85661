"""What is authorised in the world of the table, and how it may be registered otherwise."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from records.authorisation.tables import AuthorisationRow
from tests.one_flaw.authorised_world import RECORDS
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import API
from tests.records.authorising import approves, authorises, proposes, stops

_KEPT = (
    "type", "market", "product", "strength", "dosage_form", "number", "holder", "trial", "standing", "steps",
    "release_sites", "packs", "specifications", "processes", "shelf_life", "official_batch_release",
)  # fmt: skip
Change = Callable[[Telling, dict[str, Any]], dict[str, Any]]


def varied(market: str, change: Change, *, approve: bool = True, at: timedelta | None = None) -> Flaw:
    """A later version of the authorisation says something else."""

    async def act(told: Telling) -> None:
        record = RECORDS[market]
        rows = [row for row in await told.seeded.rows(AuthorisationRow) if row.authorisation_id == record]
        newest = max(rows, key=lambda row: row.version)
        now = {name: getattr(newest, name) for name in _KEPT}
        said = {**now, **change(told, now), "replaces": newest.version}
        evidence = [await told.uploads("rosa")]
        told.at += at or timedelta(minutes=1)
        await proposes(told.seeded, record=record, at=told.at, **{**said, "evidence": evidence})
        await approves(told.seeded, record=record, version=newest.version + 1, at=told.at, approve=approve)

    return Flaw(act)


def second(market: str, change: Change) -> Flaw:
    """A second authorisation of the product is registered in the market. It says the same, but for something."""

    async def act(told: Telling) -> None:
        row = await told.seeded.row(AuthorisationRow, (RECORDS[market], 1))
        now = {name: getattr(row, name) for name in _KEPT}
        said = {**now, "number": f"{row.number}-2", **change(told, now), "evidence": [await told.uploads("rosa")]}
        told.at += timedelta(minutes=1)
        await authorises(told.seeded, f"{RECORDS[market]}-2", at=told.at, **said)

    return Flaw(act)


def stopped(market: str, status: str, *, earlier: int = 0) -> Flaw:
    """Its authority has stopped it."""

    async def act(told: Telling) -> None:
        told.at += timedelta(minutes=1)
        await stops(told.seeded, record=RECORDS[market], at=told.at, status=status, earlier=earlier)

    return Flaw(act)


def as_it_was(_told: Telling, _now: dict[str, Any]) -> dict[str, Any]:
    """The same again."""
    return {}


def without(place: Place) -> Change:
    """A site is not registered for anything."""
    return lambda _, now: {"steps": [each for each in now["steps"] if each["site_id"] != place.site_id]}


def other(**changes: Any) -> Change:
    """Something is stated otherwise."""
    return lambda *_: changes


def step(place: Place, *, starts: int | None = None, ends: int | None = None, **more: Any) -> Change:
    """A site is registered for other days, counted from the first day of the manufacture of the substance."""

    def change(told: Telling, now: dict[str, Any]) -> dict[str, Any]:
        made, days = told.made(API)[0].date(), dict[str, Any]()
        if starts is not None:
            days["valid_from"] = str(made + timedelta(days=starts))
        if ends is not None:
            days["valid_to"] = str(made + timedelta(days=ends))
        return {"steps": [{**each, **days, **more} if _makes(each, place) else each for each in now["steps"]]}

    return change


def _makes(step: dict[str, Any], place: Place) -> bool:
    return bool(step["site_id"] == place.site_id and step["part"] != "IMPORT")


def importing(place: Place, **days: int) -> Change:
    """A site is registered for import for other days, counted from today; for none it is not registered for it."""

    def change(told: Telling, now: dict[str, Any]) -> dict[str, Any]:
        others = [each for each in now["steps"] if each["site_id"] != place.site_id or each["part"] != "IMPORT"]
        again = {"part": "IMPORT", "site_id": place.site_id, "valid_from": "2000-01-01"}
        return {"steps": [*others, {**again, **_days(told.at.date(), **days)}] if days else others}

    return change


def importing_nowhere(_told: Telling, now: dict[str, Any]) -> dict[str, Any]:
    """No importer is registered."""
    return {"steps": [each for each in now["steps"] if each["part"] != "IMPORT"]}


def specified_as(spec_id: str, version: int) -> Change:
    """A further version of a specification is registered."""
    more = {"spec_id": spec_id, "version": version, "valid_from": "2000-01-01"}
    return lambda _, now: {"specifications": [*now["specifications"], more]}


def former_until(days: int) -> Change:
    """The first version of every specification counts until some days from now."""

    def change(told: Telling, now: dict[str, Any]) -> dict[str, Any]:
        ends = _days(told.at.date(), None, days)
        return {
            "specifications": [{**each, **(ends if each["version"] == 1 else {})} for each in now["specifications"]]
        }

    return change


def dated(field: str, *, starts: int | None = None, ends: int | None = None) -> Change:
    """All of a list begins or ends on another day, counted from today."""

    def change(told: Telling, now: dict[str, Any]) -> dict[str, Any]:
        return {field: [{**each, **_days(told.at.date(), starts, ends)} for each in now[field]]}

    return change


def _days(today: date, starts: int | None = None, ends: int | None = None) -> dict[str, str]:
    told = {"valid_from": starts, "valid_to": ends}
    return {name: str(today + timedelta(days=days)) for name, days in told.items() if days is not None}


def also_authorised(market: str, change: Change, record: str = "AUT-ARLIVAN-2") -> Flaw:
    """A second authorisation of the product is in force in the market, like the first one but for this."""

    async def act(told: Telling) -> None:
        rows = await told.seeded.rows(AuthorisationRow)
        newest = max((row for row in rows if row.authorisation_id == RECORDS[market]), key=lambda row: row.version)
        now = {name: getattr(newest, name) for name in _KEPT}
        said = {**now, "number": "EU/1/27/1802", **change(told, now), "replaces": 0}
        evidence = [await told.uploads("rosa")]
        told.at += timedelta(minutes=1)
        await proposes(told.seeded, record=record, at=told.at, **{**said, "evidence": evidence})
        await approves(told.seeded, record=record, version=1, at=told.at)

    return Flaw(act)


def specified_alone(spec_id: str, version: int) -> Change:
    """Of one specification this version is registered, and no other one."""

    def change(_: Telling, now: dict[str, Any]) -> dict[str, Any]:
        others = [each for each in now["specifications"] if each["spec_id"] != spec_id]
        return {"specifications": [*others, {"spec_id": spec_id, "version": version, "valid_from": "2000-01-01"}]}

    return change
