"""Flaws of the making of a batch that come out later: values, departures, events at its site."""

from datetime import datetime, timedelta
from typing import Any

from domain.batch.making.manufacture import ManufactureStart
from domain.core.entry import Answer
from records.batch.tables.process import ParameterResultRow
from tests.one_flaw.flaws import MADE_AT, Flaw, both, deviates, lifted, measured, reported
from tests.one_flaw.past import TEMPERATURE
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import World


def begun(world: World, what: str) -> datetime:
    """When the manufacture of a batch began, as the story tells it."""
    lines = (line for entry in world.story(what) for line in entry.lines if isinstance(line, Answer))
    form = next(line.form for line in lines if line.action == ManufactureStart.action.name)
    return datetime.fromisoformat(str(form["started_at"]))


def measured_later(what: str, value: str, **more: Any) -> Flaw:
    """One more temperature is reported."""

    async def act(told: Telling) -> None:
        given = {"parameter": TEMPERATURE, "value": value, "unit": "Cel", "measured_at": told.at.isoformat(), **more}
        await told.batch(what).answers(MADE_AT[what].quality, "parameters", {"values": [given]})

    return Flaw(act)


def corrected_value(what: str, wrong: str, right: str) -> Flaw:
    """A temperature was a slip of the pen; quality of the site corrects it, and the hold is lifted."""

    async def act(told: Telling) -> None:
        (row,) = (row for row in await told.seeded.rows(ParameterResultRow) if row.batch_id == told.batch(what).case_id)
        document = await told.uploads(MADE_AT[what].quality)
        of = {"number": row.number, "line": row.line}
        corrects = {"of": of, "reason": "The chart shows another value.", "evidence": [document]}
        at = row.measured_at.isoformat()
        await measured_later(what, right, corrects=corrects, measured_at=at).act(told)

    return both(measured(what, wrong), Flaw(act), lifted(what, "carla", "hana", "PROCESS"))


def known_before(what: str, other: str, value: str = "52.6") -> Flaw:
    """Another batch of the same scope reports a departure that was known before this one was begun."""

    async def act(told: Telling) -> None:
        since = begun(told.world, what) - timedelta(hours=1)
        await measured_later(other, value).act(told)
        more = {"deviation_id": "DEV-78", "parameter": TEMPERATURE, "detected_at": since.isoformat()}
        await deviates(other, **more).act(told)

    return Flaw(act)


def happened(what: str, place: Place, type_: str, severity: str = "CRITICAL") -> Flaw:
    """Something happened at a site while a batch was made, and nobody has decided on it."""

    async def act(told: Telling) -> None:
        detected = begun(told.world, what) + timedelta(minutes=1)
        given: dict[str, Any] = {"severity": severity, "lots": [], "detected_at": detected.isoformat()}
        await reported(place, type_, **given).act(told)

    return Flaw(act)
