"""Starting the workflow of a case. Safe to repeat: a case is started once, for ever."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.visibility import starting_attributes
from domain.core.case import CaseOrder


async def start_case(client: Client, order: CaseOrder, task_queue: str) -> None:
    """Start the workflow of a case; does nothing if it was started before, even if it has ended since."""
    try:
        await client.start_workflow(
            order.process.workflow,
            order,
            id=order.case_id,
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"{order.case_id}: {order.title}",
            static_details=f"{order.site_id}, requested {order.requested_at:%Y-%m-%d %H:%M} UTC",
            search_attributes=starting_attributes(order),
            rpc_timeout=timedelta(seconds=5),
        )
    except WorkflowAlreadyStartedError:
        return
