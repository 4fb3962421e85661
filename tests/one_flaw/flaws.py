"""Flaws: each puts one thing wrong into a copy of the world, in the words of who would tell of it.

Some happen after the story has been told. Others are in the story itself: it is told again with one word changed.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.asl.asl import stream_of
from domain.batch.deviation import DeviationReport
from domain.core.entry import Answer, Entry
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from tests.domain.filling import filled
from tests.one_flaw.past import approved, content
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK, Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import API, BATCHES, BULK, END, EU_PACK, INTERMEDIATE, US_PACK

MADE_AT = {INTERMEDIATE: LARNWICK, API: VELDMARK, BULK: TAVIRA, EU_PACK: PAKKAUS, US_PACK: PAKKAUS}
PLACES = {place.site_id: place for place in (LARNWICK, VELDMARK, MIKRON, TAVIRA, PAKKAUS)}
Act = Callable[[Telling], Awaitable[object]]


@dataclass(frozen=True)
class Flaw:
    """What is wrong, and from which place of the story on it is."""

    act: Act
    mark: str = END


def both(*flaws: Flaw) -> Flaw:
    """One after the other; for what heals a flaw again."""

    async def act(told: Telling) -> None:
        for each in flaws:
            await each.act(told)

    return Flaw(act, flaws[0].mark)


def nothing() -> Flaw:
    """Nothing is wrong with the batch."""

    async def act(_: Telling) -> None:
        return None

    return Flaw(act)


# ---------------------------------------------------------------------------------- the story told again


def retold(what: str, action: str, change: Callable[[dict[str, Any]], Iterable[dict[str, Any]]]) -> Flaw:
    """One answer about one batch is different. All that comes of the batch is told again as well."""
    later = _told_after(what)

    async def act(told: Telling) -> None:
        batch = told.world.batches[what]

        def edited(entry: Entry) -> Sequence[Entry]:
            if entry.stream != batch or not any(_is(line, action) for line in entry.lines):
                return (entry,)
            forms = [list(change(line.form)) for line in entry.lines if isinstance(line, Answer)]
            return [_with(entry, form, number) for number, form in enumerate(forms[0])]

        await told.goes_on(what, edited, only=later)

    return Flaw(act, what)


def _told_after(what: str) -> list[str]:
    """What is told again if one batch is: it and what comes after it, but for the pack of another market."""
    if what in (EU_PACK, US_PACK):
        return [what]
    return list(BATCHES[BATCHES.index(what) :])


def _is(line: object, action: str) -> bool:
    return isinstance(line, Answer) and line.action == action


def _with(entry: Entry, form: dict[str, Any], number: int) -> Entry:
    lines = [line.model_copy(update={"form": form}) if isinstance(line, Answer) else line for line in entry.lines]
    command = entry.command_id if number == 0 else f"{entry.command_id}/{number}"
    return entry.model_copy(update={"lines": tuple(lines), "command_id": command})


def said(what: str, action: str, **changes: Any) -> Flaw:
    """Somebody has said something else in one form."""
    return retold(what, action, lambda form: [{**form, **changes}])


def unsaid(what: str, action: str) -> Flaw:
    """A form never came."""
    return retold(what, action, lambda _: [])


def measured(what: str, value: str) -> Flaw:
    """Another temperature was measured."""
    return retold(what, "parameters", lambda form: [{**form, "values": [{**form["values"][0], "value": value}]}])


def analysed(what: str, result: str, action: str = "coa", **changes: Any) -> Flaw:
    """Another result was found."""
    return retold(
        what, action, lambda form: [{**form, "results": [{**form["results"][0], "result": result, **changes}]}]
    )


# ---------------------------------------------------------------------------------- what happens later


def does(what: str, user: str, action: str, **given: Any) -> Flaw:
    """Somebody takes a step that is on offer."""

    async def act(told: Telling) -> None:
        await told.batch(what).answers(user, action, given)

    return Flaw(act)


def asked(what: str, user: str, action: str, **given: Any) -> Flaw:
    """Somebody is asked, and answers."""

    async def act(told: Telling) -> None:
        await told.batch(what).does(user, action, **given)

    return Flaw(act)


def deviates(what: str, class_: str = "MAJOR", **given: Any) -> Flaw:
    """A deviation is reported on a batch by its site."""

    async def act(told: Telling) -> None:
        form = filled(DeviationReport, {"detected_at": told.at.isoformat(), "parameter": None})
        report = {**form.model_dump(mode="json"), "deviation_id": "DEV-77", "deviation_class": class_, **given}
        await told.batch(what).answers(MADE_AT[what].quality, "deviation", report)

    return Flaw(act)


def fails(what: str, **given: Any) -> Flaw:
    """A result outside its specification is reported on a batch by its site."""

    async def act(told: Telling) -> None:
        report = {"oos_id": "OOS-77", "detected_at": told.at.isoformat(), **given}
        await told.batch(what).answers(MADE_AT[what].quality, "oos", report)

    return Flaw(act)


def held(what: str, hold_type: str = "MANUAL", by: str = "priya", **given: Any) -> Flaw:
    """Somebody holds a batch by hand."""
    return does(what, by, "place-hold", hold_type=hold_type, **given)


def listed(place: Place, status: str, *, ago: timedelta = timedelta(), **more: Any) -> Flaw:
    """The list says otherwise of a site, since some time ago."""

    async def act(told: Telling) -> None:
        scope_id = told.world.scopes[place.site_id]
        statement = approved(
            place,
            scope_id,
            told.world.suppliers[place.site_id],
            told.at - ago,
            decided_in="QC-0",
            status=status,
            **more,
        )
        await told.seeded.write("asl.changed", stream_of(scope_id), statement, at=told.at)

    return Flaw(act)


def reported(place: Place, type_: str, by: str = "ines", **given: Any) -> Flaw:
    """An event at a site is reported to the sponsor."""

    async def act(told: Telling) -> None:
        form = filled(SiteEventReport, {"type": type_, "event_id": f"{type_}-77", "site_id": place.site_id})
        body = {**form.model_dump(mode="json"), "detected_at": told.at.isoformat(), "evidence": [], **given}
        await told.opens(Process.EVENT, body, by=by)

    return Flaw(act)


def run_by_newer_parameters(what: str) -> Flaw:
    """It comes out that another set of parameters was effective when a batch was begun."""

    async def act(told: Telling) -> None:
        place = MADE_AT[what]
        agreed: dict[str, Any] = {
            "scope_id": told.world.scopes[place.site_id],
            "site_id": place.site_id,
            "product": place.product,
            "major": 2,
            "minor": 0,
            "content": content().model_dump(mode="json"),
            "sha256": "0" * 64,
            "case_id": "TX-0",
        }
        at = told.at - timedelta(days=100)
        await told.seeded.write("parameters.agreed", "PS-902", agreed, at=at)
        await told.seeded.write("parameters.effective", "PS-902", {}, at=at)

    return Flaw(act)
