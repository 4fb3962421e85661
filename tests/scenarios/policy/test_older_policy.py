"""A case that asks by a clock which the policy in force does not know, because an older release wrote it."""

import asyncio
from typing import Any

from sqlmodel import col, select

from records.contexts import load as load_contexts
from records.core.journal import Journal
from records.core.tables.master_data import PolicyRow
from records.installation.supplementing import supplement_policy
from tests.company import Company

CLOCK = "audit.plan.for_cause"


async def forgets(company: Company, clock: str) -> int:
    """The policy in force is one without a clock. Returns its version."""
    async with company.database.writing() as session:
        newest = (await session.exec(select(PolicyRow).order_by(col(PolicyRow.version).desc()))).first()
        assert newest is not None
        version, since = newest.version + 1, company.now
        clocks = {key: rule for key, rule in newest.body["clocks"].items() if key != clock}
        body: dict[str, Any] = {
            **newest.body, "version": version, "effective_from": since.isoformat(), "clocks": clocks
        }  # fmt: skip
        session.add(PolicyRow(version=version, effective_from=since, body=body))
    return version


async def failure(company: Company, case_id: str) -> str:
    """Wait until the procedure of a case fails at what it has to do; why it does."""
    handle = company.environment.client.get_workflow_handle(case_id)
    async with asyncio.timeout(20):
        while True:
            for event in (await handle.fetch_history()).events:
                if event.HasField("workflow_task_failed_event_attributes"):
                    return event.workflow_task_failed_event_attributes.failure.message
            await asyncio.sleep(0.1)


async def test_it_says_which_clock_and_the_remedy_and_goes_on_after_the_upgrade(company: Company) -> None:
    audit = await company.tom.requests()
    await company.asked(audit, "decide")
    version = await forgets(company, CLOCK)
    deciding = asyncio.create_task(company.hana.attempts(audit, "decide"))
    assert f"Policy version {version} has no clock {CLOCK}. `vetted db upgrade` adds what it lacks." in await failure(
        company, audit
    )
    assert await company.open_task(audit, "plan") is None
    journal = Journal(company.database, load_contexts())
    assert await supplement_policy(company.database, journal, company.now) == [version + 1]
    plan = await company.asked(audit, "plan")
    assert plan.due_at is not None
    await deciding
    assert len(await company.events(audit, "audit.decide")) == 1
