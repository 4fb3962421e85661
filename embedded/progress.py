"""Waiting for the parts of `vetted dev` as long as they get on, and telling how far they are."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil
from rich.markup import escape

from embedded.processes import Child, Failed, ended

STILL = 180.0
"""Seconds without a sign of progress after which a part is given up. A loaded machine only takes longer."""
WORK = 5.0
"""Seconds of processor time that are a sign of progress: less is used by a server that has nothing to do."""
TELL_EVERY = 10.0
"""Seconds between two words about a part that is still starting."""


@dataclass(frozen=True)
class Signs:
    """What a part shows of itself: the length of its log, what it answers, and the processor time it has used."""

    written: int
    state: str
    worked: float

    def differ_from(self, earlier: "Signs") -> bool:
        told = (self.written, self.state) != (earlier.written, earlier.state)
        return told or self.worked - earlier.worked >= WORK


@dataclass(frozen=True)
class Waiting:
    """Waits for parts that start. `clock` and `pause` are in seconds."""

    say: Callable[[str], None]
    still: float = STILL
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def until_ready(self, child: Child, state: Callable[[], str | None], beside: Sequence[Child] = ()) -> None:
        """Wait until `state` is `None`; else it is what the part answers, empty if nothing.

        Raises `Failed` when the part or one of those `beside` it has ended, or when the part does not get on.
        """
        began = told = seen_at = self.clock()
        self.say(f"{child.name}: starting")
        seen: Signs | None = None
        while (answer := state()) is not None:
            for each in (*beside, child):
                _refuse_if_ended(each)
            signs, now = Signs(len(child.words()), answer, processor_time(child)), self.clock()
            if seen is None or signs.differ_from(seen):
                seen, seen_at = signs, now
            elif now - seen_at > self.still:
                last = child.last_words()
                raise Failed(f"{child.name} has shown no sign of progress for {self.still:g} s.\n{last}")
            if now - told >= TELL_EVERY:
                told = now
                self.say(f"{child.name}: still starting after {now - began:.0f} s{_newest(child, answer)}")
            self.pause(0.1)
        self.say(f"{child.name}: ready after {self.clock() - began:.0f} s")


def processor_time(child: Child) -> float:
    """Seconds of processor time that a part has used."""
    if child.process is None:
        return 0.0
    try:
        used = psutil.Process(child.process.pid).cpu_times()
    except psutil.Error:
        return 0.0
    return used.user + used.system


def _refuse_if_ended(child: Child) -> None:
    code = child.process.poll() if child.process else None
    if code is not None:
        raise Failed(f"{child.name} ended while Vetted was starting ({ended(code)}).\n{child.last_words()}")


def _newest(child: Child, answer: str) -> str:
    """What the part says of itself: its answer, or the newest line of its log."""
    lines = child.words().split("\n")
    newest = answer or next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {escape(newest[:200])}" if newest else ""
