"""Child processes of `vetted dev`: started, watched, restarted, stopped, and never left behind."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
from pydantic import BaseModel, TypeAdapter

QUICK_DEATH = 10.0
"""Seconds. A child that ends sooner than this after its start died quickly."""
PATIENCE = 5
"""Quick deaths in a row after which a child is given up."""
LOG_LIMIT = 5_000_000
"""Bytes. A longer log is put aside as `.log.1` when its process is first started."""

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Failed(Exception):
    """The program cannot start or go on. The message is for the person at the terminal."""


def _die_with_parent() -> None:
    """Runs in the child: on Linux the kernel ends it when the parent is killed. Elsewhere `end_orphans` does."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One command that is kept running. Its output goes to `log`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    grace: float = 8.0
    """Seconds between the request to stop and the kill."""
    process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _quick_deaths: int = 0
    _retry_at: float | None = None
    _begins: int = 0
    """Where in the log this start of the process begins."""

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C then reaches the parent alone, which stops in order."""
        with self.log.open("ab") as log:
            self._begins = log.tell()
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                process_group=0,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the parent has no threads
            )
        self._started = time.monotonic()
        self._retry_at = None

    def keep_running(self, say: Callable[[str], None]) -> bool:
        """Look once, and start it again if it died and its pause is over.

        Returns whether it was started again. Raises `Failed` when it is given up.
        """
        code = self.process.poll() if self.process else None
        if code is None:
            return False
        now = time.monotonic()
        if self._retry_at is None:
            self._quick_deaths = self._quick_deaths + 1 if now - self._started < QUICK_DEATH else 1
            if self._quick_deaths >= PATIENCE:
                raise Failed(f"{self.name} ended {PATIENCE} times in a row ({ended(code)}).\n{self.last_words()}")
            pause = 2.0 ** (self._quick_deaths - 1) / 2
            self._retry_at = now + pause
            say(f"{self.name} ended ({ended(code)}); starting it again in {pause:g} s. Its log: {self.log}")
        if now < self._retry_at:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Ask it to stop, wait for `grace`, then kill it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def words(self) -> str:
        """What it has written into its log since it was started last."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._begins)
            return log.read().decode(errors="replace")

    def last_words(self, lines: int = 15) -> str:
        """The end of them, with the cause of an end."""
        return "\n".join([f"The last lines of {self.log}:", *self.words().splitlines()[-lines:]])


def ended(code: int) -> str:
    """An exit code in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def log_file(folder: Path, name: str) -> Path:
    """The log of a child; a long one from earlier runs is put aside."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(folder / f"{name}.log.1")
    return log


@dataclass
class Family:
    """The children in their order of start. `register` is a file by which the next run finds those left behind."""

    register: Path
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> Child:
        self.children.append(child)
        child.start()
        self._write_down()
        return child

    def watch(self, say: Callable[[str], None]) -> None:
        """Look at every child once and start again those that died. Raises `Failed` when one is given up."""
        for child in self.children:
            if child.keep_running(say):
                self._write_down()

    def stop(self) -> None:
        """Stop the children, the last started first."""
        for child in reversed(self.children):
            child.stop()
        self.register.unlink(missing_ok=True)

    def kill(self) -> None:
        """Kill them all, without waiting: safe in a signal handler."""
        for child in self.children:
            if child.process is not None:
                child.process.kill()

    def _write_down(self) -> None:
        marks = [Mark.of(child.process.pid) for child in self.children if child.process]
        draft = self.register.with_suffix(".draft")
        draft.write_text(MARKS.dump_json([mark for mark in marks if mark]).decode())
        draft.replace(self.register)


class Mark(BaseModel):
    """What tells a process from any later one with the same number: its command line and its instant of start."""

    pid: int
    started: float
    command: list[str]

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The mark of a living process."""
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid=pid, started=process.create_time(), command=_command(process))
        except psutil.Error:
            return None

    def lives(self) -> bool:
        """Whether this very process still runs. The instant of start may shift a little when the clock is set."""
        now = Mark.of(self.pid)
        return now is not None and now.command == self.command and abs(now.started - self.started) < 2


def _command(process: psutil.Process) -> list[str]:
    """Its command line. A process that has only just begun may not show it for an instant."""
    for _ in range(20):
        if command := process.cmdline():
            return command
        time.sleep(0.01)
    return []


MARKS = TypeAdapter(list[Mark])


def end_orphans(register: Path, grace: float = 5.0) -> list[int]:
    """End the children of a killed run that still live. Returns their numbers. No other process is ever touched."""
    if not register.exists():
        return []
    orphans = [psutil.Process(mark.pid) for mark in MARKS.validate_json(register.read_bytes()) if mark.lives()]
    for orphan in orphans:
        orphan.terminate()
    for stubborn in psutil.wait_procs(orphans, timeout=grace)[1]:
        stubborn.kill()
    register.unlink(missing_ok=True)
    return [orphan.pid for orphan in orphans]
