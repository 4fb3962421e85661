"""The measure: a minimal workflow with as many updates, local activities and timers as a case, and nothing else.

`python -m bench.raw ADDRESS` runs its worker.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

QUEUE = "raw"
_LIMIT = timedelta(seconds=20)
_LONG = timedelta(days=30)


@dataclass(frozen=True)
class Shape:
    """What the raw case does: `steps` updates, and per case so many further local activities and timers."""

    steps: int
    further: int
    timers: int


@activity.defn
async def note(words: str) -> str:
    """Do nothing."""
    return words


@workflow.defn
class RawCase:
    """Takes updates until there were enough."""

    def __init__(self) -> None:
        self.taken = 0

    @workflow.run
    async def run(self, shape: Shape) -> None:
        """After each update write what is left of the local activities evenly, and set a timer now and then."""
        clocks = []
        for step in range(shape.steps + 1):
            await workflow.wait_condition(lambda step=step: self.taken >= step)  # type: ignore[misc]
            for _ in range(_share(shape.further, step, shape.steps + 1)):
                await workflow.execute_local_activity(note, "opened", start_to_close_timeout=_LIMIT)
            for _ in range(_share(shape.timers, step, shape.steps + 1)):
                clocks.append(asyncio.create_task(asyncio.sleep(_LONG.total_seconds())))
                await asyncio.sleep(0)
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def step(self, words: str) -> str:
        """One step of a person."""
        answer = await workflow.execute_local_activity(note, words, start_to_close_timeout=_LIMIT)
        self.taken += 1
        return answer


def _share(whole: int, part: int, parts: int) -> int:
    return whole * (part + 1) // parts - whole * part // parts


async def start(client: Client, shape: Shape) -> tuple[WorkflowHandle[RawCase, None], float]:
    """Start a raw case; returns it and the seconds that took."""
    began = time.perf_counter()
    handle = await client.start_workflow(RawCase.run, shape, id=f"RAW-{uuid4().hex}", task_queue=QUEUE)
    return handle, time.perf_counter() - began


async def follow(client: Client, shape: Shape) -> tuple[WorkflowHandle[RawCase, None], list[float]]:
    """Go through a raw case; returns it and the seconds of its updates."""
    handle, _ = await start(client, shape)
    seconds = []
    for _ in range(shape.steps):
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        await handle.execute_update(RawCase.step, "step")
        seconds.append(time.perf_counter() - began)
    return handle, seconds


async def main(address: str) -> None:
    """Run the worker until it is killed."""
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    sandbox = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules("bench"))
    async with Worker(client, task_queue=QUEUE, workflows=[RawCase], activities=[note], workflow_runner=sandbox):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
