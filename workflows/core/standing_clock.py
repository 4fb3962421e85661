"""The standing clock: what becomes true by a date becomes true whether or not a case still runs."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from activities.standing_clock import ClockActivities

STANDING_CLOCK = "standing-clock"
"""The workflow id: there is one."""

TIMES = 100
"""How many looks one run of the workflow takes; its history stays below 1,500 events."""


@workflow.defn
class StandingClock:
    """Establish facts that arise by a date, each at its instant: shelf lives that end, retests that fall due."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(TIMES):
            again = await workflow.execute_activity_method(
                ClockActivities.look,
                workflow.now(),
                start_to_close_timeout=timedelta(minutes=10),
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
                summary="Establish what has become true by its date",
            )
            await workflow.sleep(max(again - workflow.now(), timedelta(seconds=1)))
        workflow.continue_as_new()


async def ensure_standing_clock(client: Client, task_queue: str) -> None:
    """Start the clock unless it runs already. Safe to repeat: every worker calls it when it starts."""
    await client.start_workflow(
        StandingClock.run,
        id=STANDING_CLOCK,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Standing clock: establishes what becomes true by a date",
        rpc_timeout=timedelta(seconds=5),
    )
