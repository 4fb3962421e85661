"""Flaws of specifications: lines that not each batch is tested for, and versions that are replaced."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from domain.batch.results.specification import LineMode, SpecifiedTest, stream_of
from tests.domain.filling import filled
from tests.one_flaw.authorised import also_authorised, specified_alone, specified_as, varied
from tests.one_flaw.flaws import MADE_AT, Flaw, both
from tests.one_flaw.making import begun
from tests.one_flaw.past import IMPURITY
from tests.one_flaw.results import reviewed
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import EU_PACK
from tests.records.analysing import specified

STERILITY, METHANOL = "Sterility", "Methanol"
PASSES = {"test": METHANOL, "result": "120", "unit": "[ppm]"}
FAILS = {"test": METHANOL, "result": "3100", "unit": "[ppm]"}


def impurity(upper: str = "0.15", **more: Any) -> SpecifiedTest:
    """The line that the story reports on."""
    return filled(SpecifiedTest, {"name": IMPURITY, "unit": "%", "upper": upper, **more})


def by_data(mode: LineMode = LineMode.PARAMETRIC, market: str = "EU") -> SpecifiedTest:
    """A line that rests on data, where a market has approved it."""
    known = {"name": STERILITY, "method": "Ph. Eur. 2.6.1", "kind": "TEXT", "unit": None, "expected": "Sterile"}
    return filled(SpecifiedTest, {**known, "mode": mode.value, "approvals": approved_in(market)})


def now_and_then(within: int = 3, market: str = "US") -> SpecifiedTest:
    """A line that is tested periodically, where a market has approved it."""
    known = {"name": METHANOL, "method": "GC AM-3", "unit": "[ppm]", "upper": "3000", "mode": LineMode.PERIODIC.value}
    return filled(SpecifiedTest, {**known, "within": within, "approvals": approved_in(market)})


def each_time() -> SpecifiedTest:
    """A further line that every batch is tested for."""
    return filled(SpecifiedTest, {"name": METHANOL, "method": "GC AM-3", "unit": "[ppm]", "upper": "3000"})


def approved_in(market: str) -> list[dict[str, str]]:
    return [{"market": market, "reference": "Variation 42"}]


def registered(
    *tests: SpecifiedTest,
    since: float | None = None,
    former: int | None = None,
    in_: Iterable[str] = ("EU", "US"),
    **more: Any,
) -> Flaw:
    """A further version of the specification of the packs is in force, from long before they were made.

    Its markets have authorised it, or some of them.
    `since` counts days from the begin of the pack for the Union, `former` days from now to the last one of the version
    that it replaces.
    """

    async def act(told: Telling) -> None:
        effective = begun(told.world, EU_PACK) + timedelta(days=since if since is not None else -10)
        last = (told.at + timedelta(days=former)).date() if former is not None else None
        known = {"version": 2, "effective_from": effective, "former_valid_until": last, **more}
        scope_id = told.world.scopes[MADE_AT[EU_PACK].site_id]
        await specified(told.seeded, *tests, scope_id=scope_id, **known)
        for market in in_:
            await varied(market, specified_as(stream_of(scope_id), int(str(known["version"])))).act(told)

    return Flaw(act)


def of_another_authorisation(version: int = 2, market: str = "EU") -> Flaw:
    """A second authorisation of the market names this version of the specification of the packs alone."""

    async def act(told: Telling) -> None:
        spec_id = stream_of(told.world.scopes[MADE_AT[EU_PACK].site_id])
        await also_authorised(market, specified_alone(spec_id, version)).act(told)

    return Flaw(act)


def certified(
    what: str, *lines: dict[str, Any], corrects: str | None = None, number: str = "COA-2", result: str = "0.12"
) -> Flaw:
    """The certificate is corrected: the impurity, and these lines; a result that says `data` stands on data."""

    async def act(told: Telling) -> None:
        batch, user = told.batch(what), MADE_AT[what].quality
        results: list[dict[str, Any]] = [{"test": IMPURITY, "result": result, "unit": "%"}]
        for line in lines:
            data = {"process_data": await told.uploads(user)} if line.get("data") else {}
            results.append({**{name: value for name, value in line.items() if name != "data"}, **data})
        form = {
            "number": number, "correction_of": corrects or f"COA-{told.world.numbers[what]}",
            "correction_reason": "A line was left out.", "document": await told.uploads(user),
            "issued_on": told.at.date().isoformat(), "results": results,
        }  # fmt: skip
        await batch.answers(user, "coa", form)
        told.passes(minutes=1)

    return both(Flaw(act), reviewed(what))
