"""A quarter is reviewed, sent back, judged by two people, and leads to a proposal that others decide on."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from domain.core.days import add_months
from domain.core.period import quarter_name
from records.contexts import load
from records.core.journal import Journal
from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.scored import makes_batches, watched
from tests.records.seeded import Seeded
from tests.scenarios.days import evening

RED = {"rating": "RED", "override_reason": "The laboratory has no head.", "consequences": ["SCORE_RED"]}


def last_quarter(today: date) -> date:
    """First day of the quarter that ended last."""
    this = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return add_months(this, -3)


async def requests(company: Company, user: str, first_day: date) -> Any:
    form = {"site_id": "VM-02", "scope_id": "SC-1", "first_day": first_day.isoformat()}
    return await getattr(company, user).post("/v1/oversight-reviews", form, **{"Idempotency-Key": str(uuid4())})


async def test_a_quarter_is_judged_by_two_and_its_consequence_proposed(company: Company) -> None:
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    first_day = last_quarter(company.today)
    await makes_batches(seeded, *((first_day + timedelta(days=days)).isoformat() for days in (0, 40, 80)))
    assert (await requests(company, "ines", first_day)).status_code == 422  # nobody watches the scope yet
    await watched(seeded)
    await company.delivered()
    assert (await requests(company, "paul", first_day)).json()["code"] == "wrong_role"
    review = (await requests(company, "ines", first_day)).json()["case_id"]
    assert (await requests(company, "ines", first_day)).json()["merged"] is True

    asked = await company.asked(review, "review")
    quarter_end = add_months(first_day, 3) - timedelta(days=1)
    last_weekday = quarter_end - timedelta(days=max(0, quarter_end.weekday() - 4))
    assert asked.due_at == evening(last_weekday, 28)  # 20 business days are four weeks
    suggested = asked.prefill
    assert (suggested["period"], "rating" in suggested) == (quarter_name(first_day), False)
    assert (suggested["figures"]["batches"], suggested["figures"]["rating"]) == (3, "GREEN")
    invented = await company.ines.attempts(review, "review", **{**RED, "consequences": []})
    assert list(invented.json()["fields"]) == ["consequences"]
    await company.ines.does(review, "review", **RED)

    assert await company.ines.is_refused(review, "approve") == (403, "wrong_role")
    assert (await company.priya.does(review, "approve", approve=False))["stage"] == "REVIEW"
    await company.ines.does(review, "review", **RED, actions=[{"due": (company.today + timedelta(days=9)).isoformat()}])
    case = await company.hana.does(review, "approve")
    await company.delivered()
    closed = await company.hana.sees(review)
    assert (closed["stage"], closed["outcome"], closed["tasks"]) == ("CLOSED", "JUDGED", [])
    (approval,) = (record for record in case["records"] if record["action"] == "approve")
    assert approval["signature"]["meaning"] == "APPROVED"

    (proposal,) = (await company.priya.get("/v1/status-cases"))["items"]
    assert (proposal["kind"], proposal["scope_ids"]) == ("PROBATION", ["SC-1"])
    (quarter,) = (await company.tom.get("/v1/scorecards", period="QUARTER"))["items"]
    assert (quarter["rating"], quarter["computed_rating"], quarter["score"]) == ("RED", "GREEN", "100.00")
    assert (await requests(company, "ines", first_day)).json()["code"] == "conflict"
    assert await hidden_from_the_site(company, review)
    await are_rebuilt_identically(company.database, "scorecards")


async def hidden_from_the_site(company: Company, review: str) -> bool:
    """The site learns neither of the review nor of its score (S6)."""
    assert (await company.vito.get("/v1/oversight-reviews"))["items"] == []
    for path in (f"/v1/oversight-reviews/{review}", "/v1/scorecards"):
        answer = await company.http.get(path, headers=company.vito.headers)
        assert answer.status_code in {403, 404}
    events = await company.events(review)
    return {event.audience.value for event in events} == {"SPONSOR"}
