"""Flaws: each puts one thing wrong into a copy of the world, in the words of who would tell of it.

Some happen after the story has been told. Others are in the story itself: it is told again with one word changed.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import JsonValue

from domain.asl.asl import stream_of
from domain.audit.request import AuditRequest
from domain.batch.deviations.deviation import DeviationReport
from domain.batch.holds.hold import HoldsEvaluation
from domain.change.site_change import ChangeNotification
from domain.core.entry import Answer, Entry, Move, StartCase
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from tests.domain.filling import filled
from tests.one_flaw.past import AGREED, ENDS, Past, a_qualification, approved, content, shows_a_certificate
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, TAVIRA, VELDMARK, Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import (
    API,
    BATCHES,
    BULK,
    END,
    INTERMEDIATE,
    PACKS,
    PEOPLE,
    World,
    the_past,
)
from tests.records.qualifying import Qualifying


class _MadeAt(dict[str, Place]):
    """Where a batch is made. One of a chain is called after what it is: `BULK 3.1` is made where the tablets are."""

    def __missing__(self, name: str) -> Place:
        what, _, number = name.partition(" ")
        if not number:
            raise KeyError(name)
        return self[what]


MADE_AT = _MadeAt({INTERMEDIATE: LARNWICK, API: VELDMARK, BULK: TAVIRA} | dict.fromkeys(PACKS, PAKKAUS))
PLACES = {place.site_id: place for place in (LARNWICK, VELDMARK, MIKRON, TAVIRA, PAKKAUS)}
_SIGNS = {"EU": "quentin", "GB": "ruth", "CH": "anna"}
DEVIATION: dict[str, Any] = {"deviation_id": "DEV-77"}
Act = Callable[[Telling], Awaitable[object]]


@dataclass(frozen=True)
class Flaw:
    """What is wrong: later than the story, or from a place of it on."""

    act: Act
    mark: str = END
    after: "Flaw | None" = None
    """A flaw in the story itself, after which it happens. It takes longer and is put in once, for all that follow."""

    @property
    def in_story(self) -> "Flaw | None":
        """The part of it for which the story is told again."""
        return self if self.mark != END else self.after


def both(*flaws: Flaw) -> Flaw:
    """One after the other; for what heals a flaw again. Only the first one may be in the story itself."""
    first, *rest = flaws
    assert all(each.in_story is None for each in rest)

    async def act(told: Telling) -> None:
        for each in rest if first.mark != END else flaws:
            await each.act(told)

    return Flaw(act, after=first.in_story)


def nothing() -> Flaw:
    """Nothing is wrong with the batch."""

    async def act(_: Telling) -> None:
        return None

    return Flaw(act)


# ---------------------------------------------------------------------------------- the story told again


def retold(what: str, action: str, change: Callable[[dict[str, Any]], Iterable[dict[str, Any]]]) -> Flaw:
    """One answer about one batch is different. All that comes of the batch is told again as well."""

    async def act(told: Telling) -> None:
        batch, number = told.world.batches[what], told.world.numbers[what]

        def edited(entry: Entry) -> Sequence[Entry]:
            starts = any(isinstance(line, StartCase) and line.form.get("number") == number for line in entry.lines)
            if not (starts or entry.stream == batch) or not any(_is(line, action) for line in entry.lines):
                return (entry,)
            forms = [list(change(line.form)) for line in entry.lines if isinstance(line, Answer | StartCase)]
            return [_with(entry, form, again) for again, form in enumerate(forms[0])]

        await told.goes_on(what, edited, only=told_after(told.world, what))

    return Flaw(act, what)


def told_after(world: World, what: str) -> list[str]:
    """What is told again if one batch is: it and what comes after it, but for the pack of another market."""
    if what in PACKS:
        return [what]
    batches = list(world.batches)
    return batches[batches.index(what) :]


def _is(line: object, action: str) -> bool:
    if isinstance(line, StartCase):
        return action == "request"
    return isinstance(line, Answer) and line.action == action


def _with(entry: Entry, form: dict[str, Any], again: int) -> Entry:
    lines = [
        line.model_copy(update={"form": form}) if isinstance(line, Answer | StartCase) else line for line in entry.lines
    ]
    command = entry.command_id if again == 0 else f"{entry.command_id}/{again}"
    return entry.model_copy(update={"lines": tuple(lines), "command_id": command})


def said(what: str, action: str, **changes: Any) -> Flaw:
    """Somebody has said something else in one form."""
    return retold(what, action, lambda form: [{**form, **changes}])


@cache
def unsaid(what: str, action: str) -> Flaw:
    """A form never came."""
    return retold(what, action, lambda _: [])


def short_lived(what: str, *, days: int, later: float) -> Flaw:
    """Its shelf life ends so many days after the story; it is decided on some days later than it."""

    async def act(told: Telling) -> None:
        last = (told.world.now + timedelta(days=days)).date().isoformat()
        await said(what, "finish", expiry_on=last).act(told)
        told.at = told.world.now + timedelta(days=later)

    return Flaw(act, what)


@cache
def measured(what: str, value: str) -> Flaw:
    """Another temperature was measured."""
    return retold(what, "parameters", lambda form: [{**form, "values": [{**form["values"][0], "value": value}]}])


def analysed(what: str, result: str, action: str = "coa", **changes: Any) -> Flaw:
    """Another result was found."""
    return retold(
        what, action, lambda form: [{**form, "results": [{**form["results"][0], "result": result, **changes}]}]
    )


def otherwise(place: Place, past: Past) -> Flaw:
    """A site came to be qualified otherwise; the whole story is told again."""

    async def act(told: Telling) -> None:
        told.at = told.world.begun
        await the_past(told.world, told.seeded, told.world.begun, {place: past})
        await told.goes_on(INTERMEDIATE, lambda entry: (entry,), only=BATCHES)

    return Flaw(act, PEOPLE)


# ---------------------------------------------------------------------------------- what happens later


def does(what: str, user: str, action: str, **given: Any) -> Flaw:
    """Somebody takes a step that is on offer."""

    async def act(told: Telling) -> None:
        await told.batch(what).answers(user, action, given)

    return Flaw(act)


def asked(what: str, user: str, action: str, about: dict[str, Any], **given: Any) -> Flaw:
    """Somebody is asked about something, and answers."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        prefill = await batch.asks(action, **about)
        await batch.answers(user, action, {**prefill, **about, **given})

    return Flaw(act)


def deviates(what: str, class_: str = "MAJOR", **given: Any) -> Flaw:
    """A deviation is reported on a batch by its site."""

    async def act(told: Telling) -> None:
        form = filled(DeviationReport, {"detected_at": told.at.isoformat(), "parameter": None})
        report = {**form.model_dump(mode="json"), "deviation_id": "DEV-77", "deviation_class": class_, **given}
        await told.batch(what).answers(MADE_AT[what].quality, "deviation", report)

    return Flaw(act)


def invalidated(what: str, by: str) -> Flaw:
    """The laboratory shows the cause of the failing result."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        document = await told.uploads(by)
        await batch.asks("oos-laboratory", oos_id="OOS-77")
        found: dict[str, Any] = {"oos_id": "OOS-77", "cause": "INSTRUMENT", "evidence": [document], "retests": []}
        found["capa_decision"] = "The balance was out of calibration; it is replaced."
        await batch.answers(by, "oos-laboratory", found)
        await batch.asks("review-invalidation", oos_id="OOS-77")
        await batch.answers("petra", "review-invalidation", {"oos_id": "OOS-77"})

    return Flaw(act)


def closed(what: str, **given: Any) -> Flaw:
    """The site has investigated the deviation."""
    return asked(what, MADE_AT[what].quality, "close-deviation", DEVIATION, **given)


def seen(what: str) -> Flaw:
    """The sponsor looks at the minor deviation with the batch record."""

    async def act(told: Telling) -> None:
        await told.batch(what).does("priya", "review-record", minor_seen=["DEV-77"])

    return Flaw(act)


def accepted(what: str, by: str, **given: Any) -> Flaw:
    """Its assessment is accepted."""
    return asked(what, by, "accept-deviation", DEVIATION, **given)


def assessed(what: str, by: str = "carla") -> Flaw:
    """Development says what a departure from a proven range means."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        await batch.asks("assess-departure", **DEVIATION)
        await batch.answers(by, "assess-departure", DEVIATION)

    return Flaw(act)


def filed(what: str, *markets: str, **said_of_it: Any) -> Flaw:
    """Regulatory affairs says what a departure means for the registration."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        await batch.asks("state-departure-filing", **DEVIATION)
        stated = {"registered": True, "limit_missed": False, "impact": "REPORT", **said_of_it}
        lines = [{"market": market, **stated} for market in markets]
        await batch.answers("rosa", "state-departure-filing", {**DEVIATION, "markets": lines})

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
            **{"markets": [*told.world.markets], **more},
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
        agreed: dict[str, JsonValue] = {
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


def expired(place: Place) -> Flaw:
    """The certificate of a site has ended yesterday; the sites whose certificates end before it have renewed them."""

    async def act(told: Telling) -> None:
        ended = told.world.begun + ENDS[place]
        told.at = ended + timedelta(days=1)
        for other, ends in ENDS.items():
            if ends < ENDS[place]:
                await _renews(told, other)

    return Flaw(act)


async def _renews(told: Telling, place: Place) -> None:
    scope_id, supplier_id = told.world.scopes[place.site_id], told.world.suppliers[place.site_id]
    case = await a_qualification(told.seeded, place, scope_id, supplier_id, told.at)
    await shows_a_certificate(case, place, (told.at + timedelta(days=1000)).date())


def begun_before_the_agreement(what: str) -> Flaw:
    """It was begun two days before the quality agreement of its site took effect."""

    async def act(told: Telling) -> None:
        at = told.world.begun - AGREED - timedelta(days=2)
        await said(what, "start", started_at=at.isoformat()).act(told)

    return Flaw(act, what)


def audited(place: Place, *severities: str, until: str = "report", **report: Any) -> Flaw:
    """A site was audited today; the report is issued, with findings of these severities, or the audit is not so far.

    `until` may also be "told": the site was told of what is critical; or "over": all was read out to it.
    """

    async def act(told: Telling) -> None:
        request = {"type": "SCHEDULED", "site_id": place.site_id, "scope_ids": [told.world.scopes[place.site_id]]}
        form = filled(AuditRequest, {**request, "due_on": (told.at + timedelta(days=90)).date().isoformat()})
        audit = await told.opens(Process.AUDIT, form.model_dump(mode="json"), by="ines")
        told.notes["audit"] = audit.case_id
        day, now = told.at.date().isoformat(), told.at.isoformat()
        planned = {"first_day": day, "last_day": day}
        written = await audit.does("ines", "plan", **planned)
        read = {"version": written.record_version, "sha256": written.record_hash}
        await audit.does("priya", "approve-plan", plan=read)
        findings = [
            {"severity": each, "area": f"Area {number}", "summary": "Seen on site."}
            for number, each in enumerate(severities, 1)
        ]
        told_now = {"found_at": now, "told_at": now}
        await audit.does("ines", "team")
        await audit.does("tom", "declare")
        await audit.does("tom", "open", held_at=now)
        await audit.writes(Move(stage="IN_PROGRESS"))
        for each in findings:
            if each["severity"] == "CRITICAL":
                await audit.answers("tom", "report-critical-finding", {**told_now, "area": each["area"]})
        if until == "told":
            return
        await audit.does("tom", "close-meeting", held_at=now, last_day=day, preliminary_findings=findings)
        await audit.writes(Move(stage="REPORT_DRAFT"))
        if until == "over":
            return
        written = await audit.does("tom", "report", **report)
        read = {"version": written.record_version, "sha256": written.record_hash}
        await audit.does("priya", "approve-report", report=read)
        await audit.notes("audit.issued", {"version": written.record_version, "aborted": False})

    return Flaw(act)


def changed(
    place: Place,
    what: str,
    *,
    filing: str | None = None,
    decided: bool = True,
    first_batch: str | None = None,
    verdict: str = "APPROVED",
    **impact: str,
) -> Flaw:
    """A change at a site is in use since a batch was made, assessed by regulatory affairs for each market.

    The site reports it with the batch, or says after it which batch was the first one.
    """

    async def act(told: Telling) -> None:
        announced = {
            "site_id": place.site_id,
            "change_id": "CC-77",
            "scope_ids": [told.world.scopes[place.site_id]],
            "registered_impact": [{"market": market, "impact": each} for market, each in impact.items()],
            "earliest_date": told.at.date().isoformat(),
        }
        form = filled(ChangeNotification, announced).model_dump(mode="json")
        change = await told.opens(Process.CHANGE, form, by=place.quality)
        await change.does("ines", "classify", sponsor_tier="APPROVAL")
        if filing is not None:
            reference = {"reference": "IB-12"} if filing == "VARIATION" else {}
            filings = [{"market": market, "filing": filing, **reference} for market in ("EU", "US")]
            await change.does("rosa", "assess-regulatory", filings=filings)
        if decided:
            await change.does("carla", "assess-technical")
            await change.does("priya", "decide", verdict=verdict)
        if first_batch is not None:
            day = told.at.date().isoformat()
            await change.does(place.quality, "implement", implemented_on=day, first_batch=first_batch)
        else:
            await told.batch(what).answers(place.quality, "change", {"change_id": "CC-77"})

    return Flaw(act)


def lifted(what: str, proposer: str, confirmer: str, *types: str) -> Flaw:
    """The holds on a batch, or those of some types, are lifted by two."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        for hold in (await _holds(batch)).holds:
            if types and hold.type not in types:
                continue
            document = await told.uploads(proposer)
            await batch.answers(proposer, "lift-hold", {"hold_id": hold.hold_id, "evidence": [document]})
            (proposed,) = [each for each in (await _holds(batch)).holds if each.hold_id == hold.hold_id]
            await batch.answers(confirmer, "confirm-lift", proposed.prefill_of_lift())

    return Flaw(act)


async def _holds(batch: Qualifying) -> HoldsEvaluation:
    return HoldsEvaluation.model_validate((await batch.notes("batch.holds")).effect)


def then(flaw: Flaw, **span: float) -> Flaw:
    """Time passes after it."""

    async def act(told: Telling) -> None:
        told.passes(**span)

    return both(flaw, Flaw(act))


def excused(what: str, gate: str, market: str) -> Flaw:
    """The authority's letter excuses a gate in a shortage; three sign."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        letter = await told.uploads("hana")
        asked_for = {"gate": gate, "market": market, "authority_letter": letter}
        written = await batch.answers("hana", "request-exception", asked_for)
        read = {"version": written.record_version, "sha256": written.record_hash}
        found: Any = written.effect["reasons"]
        reasons = "\n".join(each["words"] for each in found)
        signed = {"exception_id": written.effect["exception_id"], "request": read, "reasons_seen": reasons}
        await batch.answers(_SIGNS.get(market, "petra"), "sign-exception", signed)
        await batch.answers("rosa", "sign-exception-regulatory", signed)

    return Flaw(act)
