"""`vetted dev` waits for its parts by their progress. The clock is the test's own: nothing here waits for minutes."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from embedded.processes import Child, Failed, log_file
from embedded.progress import STILL, WORK, Signs, Waiting, processor_time

IDLE = (sys.executable, "-c", "import time; time.sleep(3600)")
BUSY = (sys.executable, "-c", "while True: pass")
BROKEN = (sys.executable, "-c", "print('loading'); raise SystemExit('pint cannot read the definitions of ucumvert')")


@dataclass
class Story:
    """A clock that moves by `step` seconds with every look, and what happens at a look."""

    step: float = 30.0
    happens: Callable[[int], None] = lambda _: None
    looks: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.said.append, clock=lambda: self.looks * self.step, pause=self._pause)

    def ready_at(self, look: int, answer: str = "") -> Callable[[], str | None]:
        return lambda: None if self.looks >= look else answer

    def _pause(self, _: float) -> None:
        self.looks += 1
        self.happens(self.looks)


Starts = Callable[[str, tuple[str, ...]], Child]


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Starts]:
    children: list[Child] = []

    def start(name: str, command: tuple[str, ...]) -> Child:
        child = Child(name, command, os.environ, log_file(tmp_path, name), grace=300)
        child.start()
        children.append(child)
        return child

    yield start
    for child in children:
        child.stop()


def never() -> str:
    return ""


def ended(child: Child) -> Child:
    assert child.process is not None
    child.process.wait()
    return child


def test_a_part_that_dies_at_start_is_named_at_once_with_its_exit_code_and_cause(starts: Starts) -> None:
    worker, story = ended(starts("worker", BROKEN)), Story()
    with pytest.raises(Failed) as failed:
        story.waiting.until_ready(worker, never)
    told = str(failed.value)
    assert told.startswith("worker ended while Vetted was starting (exit code 1).\nThe last lines of ")
    assert told.endswith("loading\npint cannot read the definitions of ucumvert")
    assert story.looks == 0


def test_a_part_beside_that_dies_is_named_and_not_the_one_that_is_waited_for(starts: Starts) -> None:
    api, worker = starts("api", IDLE), ended(starts("worker", BROKEN))
    with pytest.raises(Failed, match=r"^worker ended .*\(exit code 1\)"):
        Story().waiting.until_ready(api, never, beside=(worker,))


def test_what_an_earlier_start_has_written_is_not_told_as_the_cause(starts: Starts) -> None:
    ended(starts("worker", BROKEN))
    again = ended(starts("worker", (sys.executable, "-c", "raise SystemExit('the second cause')")))
    assert "the second cause" in again.last_words()
    assert "pint" not in again.last_words()


@pytest.mark.parametrize("sign", ["log", "answer"])
def test_a_part_that_is_slow_but_gets_on_is_waited_for(sign: str, starts: Starts) -> None:
    api = starts("api", IDLE)

    def works(look: int) -> None:
        if sign == "log":
            with api.log.open("a") as log:
                log.write(f"[step] {look}\n")

    story = Story(step=STILL - 1, happens=works)
    looks = 20
    story.waiting.until_ready(
        api, lambda: None if story.looks >= looks else f"lacks {looks - story.looks}" if sign == "answer" else ""
    )
    assert story.said[0] == "api: starting"
    newest = {"log": "\\[step] 1", "answer": "lacks 19"}[sign]  # the terminal would take [step] for a colour
    assert story.said[1] == f"api: still starting after {STILL - 1:.0f} s: {newest}"
    assert story.said[-1] == f"api: ready after {looks * (STILL - 1):.0f} s"


def test_a_part_that_shows_nothing_for_long_is_given_up_with_its_last_lines(starts: Starts) -> None:
    api, story = starts("temporal", IDLE), Story()
    api.log.write_text("waits for nobody")
    with pytest.raises(Failed) as failed:
        story.waiting.until_ready(api, story.ready_at(1000, "not serving"))
    assert str(failed.value).startswith(f"temporal has shown no sign of progress for {STILL:g} s.\n")
    assert str(failed.value).endswith("waits for nobody")
    assert story.looks * story.step > STILL


def test_work_without_words_is_progress_and_idling_is_not(starts: Starts) -> None:
    busy = starts("busy", BUSY)
    before = processor_time(busy)
    while processor_time(busy) <= before:
        pass
    start = Signs(written=1, state="", worked=0.0)
    assert Signs(written=1, state="", worked=WORK).differ_from(start)
    assert not Signs(written=1, state="", worked=WORK / 2).differ_from(start)
    assert Signs(written=2, state="", worked=0.0).differ_from(start)
