"""What is learned of a released batch at any moment is reviewed, also during an evaluation."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pydantic import JsonValue

from domain.release.release_review import Demand, ReleaseEvaluation
from tests.patience import PATIENCE
from workflows.core.case import Case
from workflows.release.post_release import PostRelease


def learned(*reasons: str) -> ReleaseEvaluation:
    at = datetime(2026, 5, 5, 16, tzinfo=UTC)
    demands = [Demand(number=number, reason=reason, cause="EVT-1", at=at) for number, reason in enumerate(reasons)]
    return ReleaseEvaluation(demands=tuple(demands))


class Desk:
    """A case whose records tell of something new while they are read, if an evaluation says so."""

    def __init__(self, *evaluations: tuple[ReleaseEvaluation, bool]) -> None:
        self._evaluations = list(evaluations)
        self._changes = 0
        self.asked: list[str] = []

    async def establish(self, _type: str) -> Mapping[str, JsonValue]:
        (evaluation, changed_meanwhile), *rest = self._evaluations
        self._evaluations = rest or [(evaluation, False)]
        self._changes += changed_meanwhile
        await asyncio.sleep(0)
        return evaluation.model_dump(mode="json")

    async def ask(self, _form: type[object], *, since: datetime, about: str) -> None:
        assert since.tzinfo is not None
        self.asked.append(about)
        await asyncio.Event().wait()

    async def until(self, condition: Callable[[], bool]) -> None:
        while True:
            if condition():
                return
            await asyncio.sleep(0)

    def changes(self) -> int:
        return self._changes

    def meanwhile(self, steps: Coroutine[Any, Any, None], *, must_end: bool) -> asyncio.Task[None]:
        assert not must_end
        return asyncio.create_task(steps)

    def offer(self, _form: type[object]) -> None: ...

    def retract(self, *_forms: type[object]) -> None: ...


@pytest.mark.parametrize(
    ("evaluations", "last"),
    [
        ([(learned("moisture"), True), (learned("moisture", "recall"), False)], "EVT-1: moisture\nEVT-1: recall"),
        ([(learned("moisture"), True), (learned("moisture"), True), (learned("a"), False)], "EVT-1: a"),
        ([(learned(), True), (learned("moisture"), False)], "EVT-1: moisture"),
    ],
    ids=["during the first evaluation", "during the second one", "while nothing was demanded"],
)
async def test_what_is_learned_during_an_evaluation_is_asked_about(
    evaluations: list[tuple[ReleaseEvaluation, bool]], last: str
) -> None:
    desk = Desk(*evaluations)
    PostRelease(cast("Case", desk), of_product=True, clinical=False).begin()
    async with asyncio.timeout(PATIENCE):
        await desk.until(lambda: desk.asked[-1:] == [last])
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
