"""The steps of a case: its procedure, and what is followed beside it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from temporalio import workflow

from workflows.core.progress import Progress
from workflows.core.tasks import Closing


class Procedure:
    """Follows the procedure of a case and further steps beside it. None of them fails in silence."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._procedure: asyncio.Task[Closing] | None = None
        self._beside: dict[asyncio.Task[None], bool] = {}
        self._failure: BaseException | None = None

    async def follow(self, procedure: Coroutine[Any, Any, Closing]) -> Closing:
        """Until the procedure has ended, or something else has ended the case. Raises what any of its steps raised."""
        self._procedure = asyncio.create_task(procedure)
        await workflow.wait_condition(self._is_over)
        if self._failure is not None:
            raise self._failure
        return self._progress.ending or self._procedure.result()

    def cancel(self) -> None:
        """Follow no step any more."""
        for task in (self._procedure, *self._beside):
            if task is not None:
                task.cancel()

    def meanwhile(self, steps: Coroutine[Any, Any, None], *, must_end: bool = True) -> asyncio.Task[None]:
        """Follow further steps. `must_end`: the case waits for them where it settles."""
        task = self.guard(steps)
        self._beside[task] = must_end
        task.add_done_callback(lambda done: self._beside.pop(done, None))
        return task

    def guard(self, steps: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Follow steps for as long as the case is open; their failure is the workflow's."""
        return asyncio.create_task(self._guarded(steps))

    @property
    def has_settled(self) -> bool:
        """Whether all further steps that must end have ended."""
        return not any(self._beside.values())

    def _is_over(self) -> bool:
        procedure = self._procedure
        has_ended = procedure is not None and procedure.done()
        return self._failure is not None or self._progress.ending is not None or has_ended

    async def _guarded(self, steps: Coroutine[Any, Any, None]) -> None:
        try:
            await steps
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - handed to `follow`, which raises it
            self._failure = error
