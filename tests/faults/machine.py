"""Vetted on a machine of its own, as `vetted dev` starts it, of which any part can be killed without warning."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from embedded.processes import MARKS, Mark, end_orphans
from settings import Settings, load
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


class Part(StrEnum):
    """A process of the system."""

    WORKER = "worker"
    API = "api"
    TEMPORAL = "server"

    def is_run_by(self, mark: Mark) -> bool:
        """Whether a process is this part: its name is an argument of the command."""
        return mark.lives() and self.value in mark.command[1:]


@dataclass(frozen=True)
class Machine:
    """A running `vetted dev`, which starts again whatever dies."""

    settings: Settings
    dev: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.api_port}"

    def kill(self, *parts: Part) -> None:
        """Kill parts at once. Waits for one that is just being started again."""
        pids = [self._pid(part) for part in parts]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    @contextmanager
    def nobody_mends(self) -> Iterator[None]:
        """Until the block ends, what is killed stays dead."""
        self.dev.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.dev.send_signal(signal.SIGCONT)

    def last_words(self) -> str:
        """The end of every log."""
        logs = sorted((self.settings.data_dir / "logs").glob("*.log"))
        return "\n".join(f"--- {log.name}\n" + log.read_text(errors="replace")[-3000:] for log in logs)

    def _pid(self, part: Part) -> int:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            marks = MARKS.validate_json((self.settings.data_dir / "children.json").read_bytes())
            for mark in marks:
                if part.is_run_by(mark):
                    return mark.pid
            time.sleep(0.05)
        raise AssertionError(f"{part} does not run\n{self.last_words()}")


@contextmanager
def machine_in(folder: Path, **given: str) -> Iterator[Machine]:
    """Start the system with an empty data folder, seeded; nothing of it is left when the block ends."""
    api, temporal, ui = _free_ports()
    environ = {
        "VETTED_DATA_DIR": str(folder),
        "VETTED_API_PORT": str(api),
        "VETTED_TEMPORAL_PORT": str(temporal),
        "VETTED_UI_PORT": str(ui),
        "VETTED_LOG_LEVEL": "warning",
        **given,
    }
    settings = load(environ)
    command = (sys.executable, "-m", "cli", "dev")
    with (folder / "dev.out").open("wb") as out:
        dev = subprocess.Popen(command, cwd=ROOT, env=_outside(folder) | environ, stdout=out)
    machine = Machine(settings, dev)
    try:
        _await_readiness(machine)
        yield machine
    finally:
        _end(machine)


def _outside(folder: Path) -> dict[str, str]:
    """The environment without settings of ours. Code is compiled once, as on any machine that has started before."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VETTED_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _await_readiness(machine: Machine) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and machine.dev.poll() is None:
        try:
            with urllib.request.urlopen(f"{machine.url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"Vetted does not start\n{machine.last_words()}")


def _end(machine: Machine) -> None:
    """Kill the mender first, then the parts: nothing here needs to stop in order."""
    machine.dev.kill()
    machine.dev.wait()
    end_orphans(machine.settings.data_dir / "children.json")


def _free_ports() -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(3)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
