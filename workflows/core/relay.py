"""The relay's workflow: it keeps one relay running, for ever."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy

with workflow.unsafe.imports_passed_through():
    from activities.relay import Relay

RELAY = "relay"
"""The workflow id: there is one."""

TIMES = 100
"""How often one run of the workflow runs the relay; its history stays below 1,000 events."""


@workflow.defn
class OutboxRelay:
    """Deliver outbox rows: starts and messages of cases, mail, webhooks."""

    @workflow.run
    async def run(self) -> None:
        for _ in range(TIMES):
            await workflow.execute_activity_method(
                Relay.run,
                start_to_close_timeout=timedelta(hours=2),
                heartbeat_timeout=timedelta(seconds=6),
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1.0),
                summary="Deliver what waits in the outbox",
            )
        workflow.continue_as_new()


async def ensure_relay(client: Client, task_queue: str) -> None:
    """Start the relay unless it runs already. Safe to repeat: every worker calls it when it starts."""
    await client.start_workflow(
        OutboxRelay.run,
        id=RELAY,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Relay: delivers starts and messages of cases, mail and webhooks",
        rpc_timeout=timedelta(seconds=5),
    )
