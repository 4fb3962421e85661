"""What is counted for the scorecard of a scope, and the score of a month."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.core.forms import Process
from domain.core.period import PeriodKind
from domain.core.refusals import Code, Refused
from domain.oversight.scorecard import Figures, Tally
from records.contexts import load
from records.core.declared import Effect, EventCheck
from records.core.registries import Table
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing
from records.oversight.checks.scorecard import compute_month
from records.oversight.queries import ScorecardList, scorecards
from records.oversight.scorecards import figures
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.scored import SCAR, a_capa, an_event, makes_batches, noon, watched
from tests.records.seeded import Seeded

FIRST, LAST = date(2025, 4, 1), date(2025, 6, 30)


@pytest.fixture(autouse=True)
def _months_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oversight computes months; here a fact of the test's own does."""

    async def compute(writing: Writing, payload: Effect) -> Effect:
        return await compute_month(writing, await writing.case(), date.fromisoformat(str(payload["first_day"])))

    now, checks = load().event_checks, Table[str, EventCheck]("The check")
    for type_ in now.known:
        checks.declare(type_, now[type_])
    checks.declare("site.month", compute)
    checks.seal()
    monkeypatch.setattr(load(), "event_checks", checks)


async def counted(seeded: Seeded, scope_id: str = "SC-1", tz: str = "UTC") -> Figures:
    scope = await seeded.row(ScopeRow, scope_id)
    async with seeded.database.reading() as session:
        return await figures(session, scope, FIRST, LAST, ZoneInfo(tz))


async def seen(seeded: Seeded, user: str = "ines", **query: Any) -> ScorecardList:
    actor = await seeded.actor(user)
    query = {"scope": None, "site": None, "period": None, "cursor": None, "limit": 50, **query}
    async with seeded.database.reading() as session:
        return await scorecards(session, actor, **query)


async def month(oversight: Qualifying, first_day: str) -> Effect:
    return (await oversight.notes("site.month", {"first_day": first_day})).effect


async def test_batches_and_capas_count_in_the_period_of_their_day(seeded: Seeded) -> None:
    await makes_batches(seeded, "2025-03-31", "2025-04-01", "2025-06-30", "2025-07-01", None)
    await makes_batches(seeded, "2025-05-05", scope_id="SC-2")
    await a_capa(seeded, due_on="2025-04-10", done_on="2025-04-10")
    await a_capa(seeded, due_on="2025-06-30", done_on="2025-07-01")
    await a_capa(seeded, due_on="2025-05-30")
    await a_capa(seeded, due_on="2025-07-01", done_on="2025-05-02")
    found = await counted(seeded)
    assert found.batches == 2
    assert found.capas_on_time == Tally(numerator=1, denominator=3)
    assert (await counted(seeded, "SC-2")).capas_on_time == Tally(numerator=0, denominator=0)
    nothing = Tally(numerator=0, denominator=0)  # how batches of before were made is not known
    assert (found.right_first_time, found.packages_on_time, found.deliveries_on_time) == (nothing, nothing, nothing)


async def test_answers_of_the_site_count_their_calendar_days(seeded: Seeded) -> None:
    capa = await a_case(seeded, Process.CAPA, SCAR, by="ines", at=noon("2025-03-20"))
    suggested = await capa.asks("plan")
    assert (await counted(seeded)).response_days == Tally(numerator=0, denominator=0)  # asked, not answered
    capa.at = noon("2025-04-03")
    await capa.answers("vito", "plan", suggested)
    await capa.does("ines", "accept-plan")  # an answer of the sponsor
    assert (await counted(seeded)).response_days == Tally(numerator=14, denominator=1)
    capa.at = noon("2025-06-30").replace(hour=23)
    await capa.does("vito", "plan")
    assert (await counted(seeded)).response_days == Tally(numerator=14, denominator=2)
    assert (await counted(seeded, tz="Asia/Tokyo")).response_days == Tally(numerator=14, denominator=1)  # in July there


async def test_events_count_in_the_period_in_which_they_were_received(seeded: Seeded) -> None:
    await makes_batches(seeded, "2025-04-07", "2025-04-14")
    for number, (type_, severity, day) in enumerate(
        [
            ("OOS", "MAJOR", "2025-04-02"),
            ("OOS", "MAJOR", "2025-03-31"),
            ("DEVIATION", "CRITICAL", "2025-06-30"),
            ("DEVIATION", "MINOR", "2025-06-30"),
            ("COMPLAINT", "MINOR", "2025-05-05"),
            ("KEY_PERSON_CHANGE", "MINOR", "2025-05-05"),
        ]
    ):
        await an_event(seeded, number, type_, severity, day)
    found = await counted(seeded)
    one, none = Tally(numerator=1, denominator=2), Tally(numerator=0, denominator=0)
    assert (found.confirmed_oos, found.serious_deviations, found.complaints) == (one, one, one)
    assert (await counted(seeded, "SC-2")).complaints == none
    assert found.deviations_on_time == none


async def test_a_month_is_computed_once_by_its_day_and_shown_to_the_sponsor_alone(seeded: Seeded) -> None:
    oversight = await watched(seeded)
    await makes_batches(seeded, "2025-04-07", "2025-04-14", "2025-04-21", "2025-05-05")
    await a_capa(seeded, due_on="2025-04-10", done_on="2025-04-09")
    oversight.at = noon("2025-04-30")
    assert (await refused(month(oversight, "2025-04-01"))).fields == {"first_day": "runs until 2025-04-30"}
    oversight.at = noon("2025-06-01")
    assert await month(oversight, "2025-04-01") == {"computed": True, "score": "100.00", "rating": "GREEN"}
    await makes_batches(seeded, "2025-04-22", scope_id="SC-2")
    assert await month(oversight, "2025-04-01") == {"computed": False, "score": "100.00", "rating": "GREEN"}
    assert await month(oversight, "2025-05-01") == {"computed": True, "score": None, "rating": "INSUFFICIENT_DATA"}
    may, april = (await seen(seeded)).items
    assert (may.first_day, may.batches, may.trend, april.batches) == (date(2025, 5, 1), 1, "UNKNOWN", 3)
    assert {metric.key.value for metric in april.metrics if metric.score is None} == {
        "right_first_time",
        "deviations_on_time",
        "changes_on_time",
        "packages_on_time",
        "response_days",
        "deliveries_on_time",
    }
    with pytest.raises(Refused) as hidden:
        await seen(seeded, "vito")
    assert hidden.value.refusal.code is Code.WRONG_ORGANISATION
    await are_rebuilt_identically(seeded.database, "scorecards")


async def test_scorecards_are_listed_page_by_page(seeded: Seeded) -> None:
    oversight = await watched(seeded)
    oversight.at = noon("2025-06-01")
    for first_day in ("2025-03-01", "2025-04-01", "2025-05-01"):
        await month(oversight, first_day)
    first = await seen(seeded, limit=2)
    rest = await seen(seeded, limit=2, cursor=first.next)
    assert [[item.first_day.month for item in page.items] for page in (first, rest)] == [[5, 4], [3]]
    assert rest.next is None
    for query in ({"scope": "SC-2"}, {"site": "OB-01"}, {"period": PeriodKind.QUARTER}):
        assert (await seen(seeded, **query)).items == ()
    unknown: list[dict[str, Any]] = [{"scope": "SC-99"}, {"site": "XX-99"}, {"scope": "SC-99", "site": "XX-99"}]
    for query in unknown:
        refusal = await refused(seen(seeded, **query))
        assert (refusal.code, set(refusal.fields)) == (Code.NOT_FOUND, set(query))
    with pytest.raises(Refused):
        await seen(seeded, cursor="WzFd")
