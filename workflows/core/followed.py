"""Steps beside the procedure: one for each thing that stands now, and none for what is gone."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Generic, TypeVar

from workflows.core.case import Case

W = TypeVar("W")


class Followed(Generic[W]):
    """What the records say is followed, by keys; they say it anew whenever something has changed."""

    def __init__(self, case: Case, steps: Callable[[W], Coroutine[Any, Any, None]]) -> None:
        self._case = case
        self._steps = steps
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def only(self, wanted: Mapping[str, W]) -> None:
        """Follow these and no others: what is new begins, what is gone is left, with its open questions."""
        for gone in [key for key in self._tasks if key not in wanted]:
            self._tasks.pop(gone).cancel()
        for key, what in wanted.items():
            if key not in self._tasks:
                self._tasks[key] = self._case.meanwhile(self._steps(what), must_end=False)

    def end(self) -> None:
        """Leave all of them."""
        for task in self._tasks.values():
            task.cancel()
