"""A released batch is watched for years: it goes on in a new run as it was."""

import asyncio
from uuid import uuid4

import pytest

from domain.batch.deviations.deviation import DeviationReport
from domain.core.case import Message, Subject, submitted
from tests.company import Company
from tests.patience import PATIENCE
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, with_files
from workflows.release import post_release


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every change begins a new run of a batch that nobody is asked about."""
    monkeypatch.setattr(post_release, "LONG", 0)


@pytest.mark.usefixtures("short")
async def test_a_released_batch_goes_on_in_a_new_run_as_it_was(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001")
    await does(company.quentin, batch, "certify")
    await does(company.hana, batch, "approve")

    # It was on hold, and still is.
    await does_unasked(company.ines, batch, "hold")
    await in_a_new_run(company, batch)
    report = company.fills(
        DeviationReport, {}, deviation_class="MINOR", parameter=None, detected_at=company.now.isoformat()
    )
    body = await with_files(company.vito, batch, report.model_dump(mode="json"))
    assert await company.ines.is_refused(batch, "hold", reason="Once more") == (409, "case_on_hold")
    await does_unasked(company.ines, batch, "resume")

    # A report that arrives together with a change is followed, whichever is taken first.
    reported, _ = await asyncio.gather(company.vito.sends(batch, "deviation", body), changed(company, batch))
    assert reported.status_code == 200, reported.text
    await company.asked(batch, "close-deviation")

    # What is told again to a later run was followed by an earlier one.
    (event,) = await company.events(batch, "batch.deviation")
    await does(company.vito, batch, "close-deviation")
    await in_a_new_run(company, batch)
    handle = company.environment.client.get_workflow_handle(batch)
    receipt = await handle.execute_update("deviation", submitted(event), id=event.command_id)
    assert receipt == reported.json()["receipt"]
    await asyncio.sleep(0.5)
    assert await company.open_tasks(batch, "close-deviation") == []
    await in_a_new_run(company, batch)


async def changed(company: Company, batch: str) -> None:
    message = Message(message_id=str(uuid4()), sender="LIST", subject=Subject.CHANGED)
    await company.environment.client.get_workflow_handle(batch).signal("changed", message)


async def in_a_new_run(company: Company, batch: str) -> None:
    """Tell the batch of a change, and wait until a new run has taken it up."""
    before = await run_of(company, batch)
    await company.delivered()
    await changed(company, batch)
    async with asyncio.timeout(PATIENCE):
        while True:
            if await run_of(company, batch) != before:
                return
            await asyncio.sleep(0.05)


async def run_of(company: Company, batch: str) -> str:
    history = await company.environment.client.get_workflow_handle(batch).fetch_history()
    return history.events[0].workflow_execution_started_event_attributes.original_execution_run_id
