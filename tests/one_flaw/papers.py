"""Flaws of certificates and own testing: of another day, of a laboratory of who makes, of another specification."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.batch.results.specification import SpecifiedTest, stream_of
from records.batch.tables.analysis import SpecificationRow
from tests.one_flaw.authorised import specified_as, varied
from tests.one_flaw.flaws import MADE_AT, Flaw, both, said
from tests.one_flaw.goods import replaced
from tests.one_flaw.making import begun
from tests.one_flaw.older import recorded
from tests.one_flaw.past import IMPURITY
from tests.one_flaw.quantities import corrected_end
from tests.one_flaw.results import retested, reviewed
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import World
from tests.records.analysing import specified


def began_on(world: World, what: str) -> date:
    """The day on which the manufacture of a batch began, at its site; it has ended on the next one."""
    return begun(world, what).astimezone(ZoneInfo(MADE_AT[what].tz)).date()


def certified_too_early(what: str) -> Flaw:
    """Its certificate is of the day on which it was told to end; it has ended a day later, as is corrected since."""
    return _ended_later(what, lambda first: replaced(what, "0.12", issued_on=first))


def tested_too_early(what: str) -> Flaw:
    """The same of a report of own testing."""
    return both(_ended_later(what, lambda first: retested(what, "0.12", tested_on=first)), reviewed(what))


def once_tested_by(what: str, laboratory: str) -> Flaw:
    """An earlier version of the program has taken own testing of a laboratory that it would refuse today."""

    async def act(told: Telling) -> None:
        given = {
            "report": "QC-901",
            "laboratory": laboratory,
            "tested_on": told.at.date().isoformat(),
            "results": [{"test": IMPURITY, "result": "0.12", "unit": "%"}],
            "document": await told.uploads("tove"),
        }
        effect: dict[str, Any] = {"judged": {"1": {"verdicts": "P", "reasons": {}}}, "confirms": True}
        await recorded(told, what, "own-testing", given, effect, version=901)
        told.passes(minutes=1)

    return both(Flaw(act), reviewed(what))


def now_printed_as(what: str, number: str) -> Flaw:
    """A further version of its specification says under which number its site prints it."""

    async def act(told: Telling) -> None:
        scope_id = told.world.scopes[MADE_AT[what].site_id]
        (first,) = (row for row in await told.seeded.rows(SpecificationRow) if row.scope_id == scope_id)
        tests = [SpecifiedTest.model_validate(each) for each in first.tests]
        since, names = first.effective_from, (*first.printed_as, number)
        await specified(told.seeded, *tests, scope_id=scope_id, version=2, effective_from=since, printed_as=names)
        for market in told.world.markets:
            await varied(market, specified_as(stream_of(scope_id), 2)).act(told)

    return Flaw(act)


def _ended_later(what: str, paper: Callable[[str], Flaw]) -> Flaw:
    async def told_to_end(told: Telling) -> None:
        first = began_on(told.world, what).isoformat()
        await said(what, "finish", finished_on=first, finished_at=None).act(told)

    async def corrects(told: Telling) -> None:
        first = began_on(told.world, what)
        await paper(first.isoformat()).act(told)
        await corrected_end(what, finished_on=(first + timedelta(days=1)).isoformat()).act(told)

    return both(Flaw(told_to_end, what), Flaw(corrects))
