"""After the release: exceptions that were signed before, what is learned, a recall, and a rejection that was wrong."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlmodel import col, select
from temporalio.worker import Worker

from activities.journal import JournalActivities
from domain.entry import Entry, Move
from domain.holds import state_of
from records.database import Database
from records.gate_exceptions import exceptions_of
from records.journal import Journal
from records.tables import BatchMarketRow, BatchRow, TaskRow
from tests.company import Company
from tests.scenarios.days import MONDAY, evening, the_next
from tests.scenarios.making import ready, registers
from tests.scenarios.qualifying import does, does_unasked
from tests.workflows.decided_batch import DecidedBatch
from worker import sandbox

RECALLED = [{"market": "EU", "outcome": "RECALL"}, {"market": "US", "outcome": "WITHDRAW"}]


async def follows_decided_batches(company: Company) -> None:
    """From here on batches follow the steps after their decision."""
    await company.workers.aclose()
    journal = JournalActivities(Journal(company.database, web=company.settings.public_url))
    worker = Worker(
        company.environment.client,
        task_queue=company.settings.task_queue,
        workflows=[DecidedBatch],
        activities=[journal.write],
        workflow_runner=sandbox(),
    )
    await company.workers.enter_async_context(worker)


async def decides(database: Database, batch_id: str, **markets: str) -> None:
    """Some markets are decided on."""
    async with database.writing() as session:
        query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id)
        rows = (await session.exec(query)).all()
        for row in rows:
            row.decision = markets.get(row.market, row.decision)
        batch = await session.get_one(BatchRow, batch_id)
        state, batch.released = state_of((row.decision is not None, row.decision == "RELEASE") for row in rows)
        batch.state = state.value


async def test_a_released_batch_is_reviewed_again_and_at_last_recalled(company: Company) -> None:
    await follows_decided_batches(company)
    await company.comes_on(the_next(MONDAY, company.today, 1))
    await ready(company)
    batch = await registers(company)
    wrong = await registers(company, "B-002")
    # An exception is signed by three before anything is decided.
    await does_unasked(company.hana, batch, "request-exception")
    await does(company.quentin, batch, "sign-exception")
    await does(company.rosa, batch, "sign-exception-regulatory")
    async with company.database.reading() as session:
        assert [each.gate for each in await exceptions_of(session, batch)] == ["G3"]

    # One market is released, the other is still open: what is learned is reviewed all the same.
    await decides(company.database, batch, EU="RELEASE")
    monday = company.today
    await does_unasked(company.nora, batch, "report-later-finding")
    review = await company.asked(batch, "review-release")
    assert (review.due_at, review.prefill["outcomes"]) == (evening(monday, 3), [{"market": "EU"}])
    await does_unasked(company.rosa, batch, "report-later-finding", description="A complaint from a hospital.")
    await company.delivered()
    review = await joined(company, batch)
    assert (review.due_at, review.about.count("\n")) == (evening(monday, 3), 1)  # the clock of the first one
    await does(company.quentin, batch, "review-release")
    assert (await company.asked(batch, "finish")).state == "OPEN"

    # Everything is decided: it is watched, and the next review takes it back.
    await decides(company.database, batch, US="RELEASE")
    await decided(company, batch)
    assert (await company.recorded(batch, "batch.finish")).actor.user == "wen"
    await does_unasked(company.nora, batch, "report-later-finding", description="Glass particles.")
    await company.asked(batch, "review-release")
    assert (await company.quentin.sees(batch))["stage"] == "POST_RELEASE_REVIEW"
    evidence = [await company.quentin.uploads(batch)]
    alert: dict[str, Any] = {"consider_field_alert": True, "not_applicable_because": None}
    await does(company.quentin, batch, "review-release", outcomes=RECALLED, evidence=evidence, **alert)
    await does(company.quentin, batch, "plan-recall", authority_notified_on=monday.isoformat())
    await company.comes_on(monday + timedelta(days=1))
    await does(company.rosa, batch, "assess-field-alert")
    await does(company.hana, batch, "close-recall")
    await company.recorded(batch, "case.closed")
    seen = await company.quentin.sees(batch)
    assert (seen["stage"], seen["outcome"]) == ("RECALLED", "RECALLED")

    # A rejection that was wrong.
    await decides(company.database, wrong, EU="REJECT", US="REJECT")
    await ends(company, wrong)
    again = await registers(company, "B-002", parents=[{"batch_id": wrong, "relation": "CORRECTION"}])
    assert (await company.asked(again, "confirm-correction")).about == f"The rejection of {wrong} is to be corrected"
    await does(company.hana, again, "confirm-correction")
    await does(company.quentin, again, "countersign-correction")
    assert await company.mails("erik", f"the rejection of {wrong} was wrong") != []


async def joined(company: Company, batch: str) -> TaskRow:
    """The review, once it is about both findings."""
    async with asyncio.timeout(10):
        while True:
            task = await company.asked(batch, "review-release")
            if "\n" in task.about:
                return task
            await asyncio.sleep(0.02)


async def decided(company: Company, batch: str) -> None:
    """All markets are decided on; the procedure goes on after that."""
    day = (company.today + timedelta(days=900)).isoformat()
    async with company.database.writing() as session:
        (await session.get_one(BatchRow, batch)).started_on = company.today
    await does(company.wen, batch, "finish", finished_on=company.today.isoformat(), expiry_on=day)


async def ends(company: Company, batch: str) -> None:
    """The case of a batch is closed as rejected."""
    entry = Entry(
        stream=batch,
        command_id=f"ends:{batch}",
        at=company.now,
        lines=(Move(stage="REJECTED", closes=True, outcome="REJECTED"),),
    )
    await Journal(company.database).write(entry)
