"""A batch that two people have released: what is learned later is answered by each for the own market."""

import asyncio
from typing import Any

from records.core.tables.cases import TaskRow
from tests.company import Company
from tests.patience import PATIENCE
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, nothing_is_due, tries


def confirmed(market: str) -> list[dict[str, Any]]:
    return [{"market": market, "outcome": "CONFIRM"}]


async def test_what_is_learned_of_a_batch_is_answered_by_the_decider_of_each_market(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001")
    await does(company.quentin, batch, "certify")
    await does(company.hana, batch, "approve")

    await does_unasked(company.nora, batch, "report-later-finding")
    review = await company.asked(batch, "review-release")
    assert set(review.roles) == {"QP", "HEAD_QA", "QA_APPROVER", "QCU_RELEASER"}
    await nothing_is_due(company, batch, 1)
    both = (await tries(company.quentin, batch, "review-release")).json()
    assert (both["code"], list(both["fields"])) == ("wrong_role", ["outcomes.1.outcome"])

    # Both answer in the same instant, to the same task: whoever comes second answers what the first one has left.
    answered = await asyncio.gather(
        tries(company.quentin, batch, "review-release", outcomes=confirmed("EU")),
        tries(company.hana, batch, "review-release", outcomes=confirmed("US")),
    )
    assert [answer.status_code for answer in answered] == [200, 200], [answer.text for answer in answered]
    reviews = await company.events(batch, "batch.review-release")
    assert len({event.payload["task"] for event in reviews}) == 2
    await is_over(company, batch)
    async with company.database.reading() as session:
        tasks = [await session.get_one(TaskRow, str(event.payload["task"])) for event in reviews]
    assert {task.due_at for task in tasks} == {review.due_at}  # the clock of what was learned runs on

    # The States take theirs back: the Union answers to that too.
    await does_unasked(company.nora, batch, "report-later-finding", description="Glass particles.")
    await asked_for(company, batch, "EU", "US")
    evidence = [await company.hana.uploads(batch)]
    back = [{"market": "US", "outcome": "WITHDRAW", "grounds": ["CONTAMINATION"]}]
    await does(company.hana, batch, "review-release", outcomes=back, evidence=evidence)
    review = await asked_for(company, batch, "EU")
    assert (review.roles, "EU waits for QP" in review.about) == (["QP"], True)
    assert "The release for US is taken back" in review.about
    await nothing_is_due(company, batch, 2)
    await does(company.quentin, batch, "review-release", outcomes=confirmed("EU"))
    seen = await is_over(company, batch)
    assert [each["withdrawn_at"] is None for each in seen["batch"]["markets"]] == [True, False]
    await are_rebuilt_identically(company.database, "review_demands", "release_reviews", "batches", "batch_markets")


async def asked_for(company: Company, batch: str, *markets: str) -> TaskRow:
    """The review, once it is asked for exactly these markets."""
    async with asyncio.timeout(PATIENCE):
        while True:
            task = await company.asked(batch, "review-release")
            outcomes: Any = task.prefill["outcomes"]
            if [each["market"] for each in outcomes] == [*markets]:
                return task
            await asyncio.sleep(0.02)


async def is_over(company: Company, batch: str) -> dict[str, Any]:
    """The case, once nothing of the release is under review."""
    async with asyncio.timeout(PATIENCE):
        while True:
            seen = await company.quentin.sees(batch)
            if seen["stage"] == "RELEASED":
                assert not seen["batch"]["review_open"]
                return seen
            await asyncio.sleep(0.02)
