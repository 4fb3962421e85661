"""What a `vetted dev` must have for itself: the data directory and three ports."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from pydantic import BaseModel, ValidationError

from embedded.processes import Failed
from settings import Settings, variable


class Running(BaseModel):
    """What the lock file says about the `vetted dev` that holds it."""

    pid: int
    api: str
    temporal_ui: str


@contextmanager
def sole_use(settings: Settings) -> Iterator[None]:
    """Hold the data directory. Raises `Failed` while another `vetted dev` does.

    It is the system's lock, so a killed process leaves none behind.
    """
    path = settings.data_dir / "lock"
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.open("a+")
    except OSError as error:
        raise Failed(f"VETTED_DATA_DIR ({settings.data_dir}) cannot be written: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(_already_running(path, settings)) from None
        lock.truncate(0)
        lock.write(Running(pid=os.getpid(), api=local_address(settings), temporal_ui=settings.ui_url).model_dump_json())
        lock.flush()
        yield


def refuse_unless_usable(settings: Settings) -> None:
    """Raise `Failed` if `sole_use` would, without creating or writing anything."""
    path = settings.data_dir / "lock"
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    if nearest != path:
        if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
            raise Failed(f"VETTED_DATA_DIR ({settings.data_dir}) cannot be written.")
        return
    try:
        with path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failed(_already_running(path, settings)) from None
    except OSError as error:
        raise Failed(f"VETTED_DATA_DIR ({settings.data_dir}) cannot be written: {error.strerror}.") from None


def _already_running(path: Path, settings: Settings) -> str:
    try:
        other = Running.model_validate_json(path.read_bytes())
        who = f"process {other.pid}; API {other.api}, Temporal UI {other.temporal_ui}"
    except ValidationError:
        who = "another process that is just starting"
    return f"Vetted already runs on {settings.data_dir} ({who}). Stop it, or set VETTED_DATA_DIR to another folder."


def refuse_unless_ports_are_free(settings: Settings) -> None:
    """Raise `Failed` for the first port that nobody can listen on any more."""
    for host, port, field in _listened(settings):
        _refuse_unless_free(host, port, variable(field))


def _listened(settings: Settings) -> tuple[tuple[str, int, str], ...]:
    """Every address and port that will be listened on, and the setting it comes from."""
    return (
        (settings.api_host, settings.api_port, "api_port"),
        ("127.0.0.1", settings.temporal_port, "temporal_port"),
        ("127.0.0.1", settings.ui_port, "ui_port"),
    )


def _refuse_unless_free(host: str, port: int, variable: str) -> None:
    """Raise `Failed` with one sentence if nobody can listen on the port any more."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = f"is taken{_taken_by(port)}" if taken else f"cannot be used: {error.strerror}"
            remedy = f"set {variable} to another port"
            if error.errno == errno.EADDRNOTAVAIL:
                remedy = "set VETTED_API_HOST to an address of this machine"
            raise Failed(f"Port {port} on {host} {reason}; free it or {remedy}.") from None


def _taken_by(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
                continue
            if connection.laddr.port == port:
                process = psutil.Process(connection.pid)
                return f" by {process.name()} (process {connection.pid}{_of_vetted(process)})"
    except psutil.Error:
        pass
    return ""


def _of_vetted(process: psutil.Process) -> str:
    """Which installation a process belongs to: the parts of each are told where its data are."""
    try:
        folder = process.environ().get(variable("data_dir"))
    except psutil.Error:
        folder = None
    return f", of the Vetted on {folder}" if folder else ""


def refuse_unless_own(pid: int, host: str, port: int, field: str) -> None:
    """Raise `Failed` if it is not this process, or a child of it, that listens on a port that answers."""
    try:
        process = psutil.Process(pid)
        own = [each for one in (process, *process.children(recursive=True)) for each in one.net_connections("tcp")]
    except psutil.AccessDenied:
        return  # the system does not tell
    except psutil.NoSuchProcess:
        own = []
    if not any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in own):
        holder = f"Port {port} on {host} is taken{_taken_by(port)}"
        raise Failed(f"{holder} since Vetted began to start; stop that or set {variable(field)} to another port.")


def local_address(settings: Settings) -> str:
    """The API's address as seen from this machine."""
    host = settings.api_host if settings.api_host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - a comparison
    return f"http://{host}:{settings.api_port}"
