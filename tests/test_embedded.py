"""`vetted dev`, its settings and its child processes, with real processes and ports."""

import io
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil
import pytest
from pydantic import JsonValue
from rich.console import Console

from embedded.claims import refuse_unless_own, refuse_unless_ports_are_free, sole_use
from embedded.dev import obstacles, prepare_records, run
from embedded.processes import MARKS, Child, Failed, Family, Mark, end_orphans, log_file
from embedded.progress import Waiting
from embedded.welcome import Seeded, SeededPerson, announce, audit_snippet
from settings import Settings, SettingsError, load, variable
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
PRINTED = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
"""The commands that a page tells its reader to type."""
SECONDS_OF_A_DAY = 86_400
SLEEP = (sys.executable, "-c", "import time; time.sleep(3600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(3600)",
)


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    api, temporal, ui = free_ports(3)
    return Settings(data_dir=tmp_path / "data", api_port=api, temporal_port=temporal, ui_port=ui)


def until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def child(name: str, command: tuple[str, ...], folder: Path, grace: float = 8) -> Child:
    return Child(name, command, os.environ, log_file(folder, name), grace)


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


# ------------------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"VETTED_API_PORT": "abc"}, "VETTED_API_PORT is 'abc' but must be the API's port, 1 to 65535."),
        ({"VETTED_UI_PORT": "70000"}, "VETTED_UI_PORT is '70000' but must be"),
        ({"VETTED_MODE": "prod"}, "VETTED_MODE is 'prod' but must be embedded or production."),
        ({"VETTED_LOG_LEVEL": "loud"}, "must be debug, info, warning or error"),
        ({"VETTED_ALLOW_PRIVATE_WEBHOOKS": "perhaps"}, "must be true or false"),
        ({"VETTED_SMTP_URL": "mail.example"}, "VETTED_SMTP_URL must be smtp://"),
        ({"VETTED_MAIL_FROM": "nobody"}, "must be the sender of all mail, an e-mail address"),
        ({"VETTED_API_PORT": "7233"}, "must be three different ports"),
        ({"VETTED_TOKEN_SECRET": "short"}, "VETTED_TOKEN_SECRET must have at least 32 characters"),
        ({"VETTED_API_PROT": "1"}, "VETTED_API_PROT is not a setting. Did you mean VETTED_API_PORT?"),
        ({"VETTED_TOKEN_SECRET_FILE": "no/such/file"}, "VETTED_TOKEN_SECRET_FILE names a file that cannot be read"),
        ({"VETTED_MODE": "production"}, "VETTED_MODE=production also needs VETTED_TOKEN_SECRET, VETTED_DATABASE_URL"),
        ({"VETTED_DATA_DIR": os.devnull + "/x"}, "must be a folder that can be written"),
    ],
)
def test_a_bad_setting_is_named_with_what_was_expected(environ: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"VETTED_DATA_DIR": str(tmp_path), **environ})
    assert message in str(refused.value)


def test_all_bad_settings_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"VETTED_API_HOST": "h", "VETTED_API_PORT": "x", "VETTED_LOG_LEVEL": "y"})
    assert [line.split()[0] for line in str(refused.value).splitlines()] == ["VETTED_LOG_LEVEL", "VETTED_API_PORT"]


def test_a_password_in_a_bad_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        load({"VETTED_DATABASE_URL": "mysql://me:hunter2@here"})
    assert "hunter2" not in str(refused.value)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert load({"VETTED_DATA_DIR": str(tmp_path), "VETTED_API_PORT": ""}).api_port == 8000


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n")
    given = load({"VETTED_DATA_DIR": str(tmp_path), "VETTED_TOKEN_SECRET_FILE": str(secret)})
    assert given.token_secret == "s" * 40
    assert "s" * 40 not in repr(given)


def test_the_embedded_mode_makes_its_token_secret_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"VETTED_DATA_DIR": str(tmp_path / "new")}
    first, second = load(environ), load(environ)
    assert len(first.token_secret) >= 32
    assert second.token_secret == first.token_secret
    assert (tmp_path / "new" / "token-secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["token-secret"]


def test_without_making_a_secret_nothing_is_created(tmp_path: Path) -> None:
    environ = {"VETTED_DATA_DIR": str(tmp_path / "new")}
    assert load(environ, makes_secret=False).token_secret == ""
    assert list(tmp_path.iterdir()) == []


def test_addresses_follow_from_the_ports(tmp_path: Path) -> None:
    given = load({"VETTED_DATA_DIR": str(tmp_path), "VETTED_TEMPORAL_PORT": "1233", "VETTED_API_PORT": "1800"})
    assert given.temporal_address == "127.0.0.1:1233"
    assert given.public_url == "http://127.0.0.1:1800"
    assert given.database_url == f"sqlite+aiosqlite:///{tmp_path}/vetted.db"


# ------------------------------------------------------------------------------ before the start


@pytest.mark.parametrize("field", ["api_port", "temporal_port", "ui_port"])
def test_a_busy_port_is_told_in_one_sentence_with_its_variable_and_its_holder(field: str, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", getattr(settings, field))):
        with pytest.raises(Failed) as refused:
            run(settings, Console(file=io.StringIO()))
        told = str(refused.value)
        assert told.startswith(f"Port {getattr(settings, field)} on 127.0.0.1 is taken by ")
        assert f"(process {os.getpid()})" in told
        assert told.endswith(f"set VETTED_{field.upper()} to another port.")
        assert obstacles(settings) == [told]
    refuse_unless_ports_are_free(settings)


def test_a_port_that_another_installation_answers_on_is_not_taken_for_ones_own(
    settings: Settings, tmp_path: Path
) -> None:
    """Two that start at once have both found the ports free."""
    code = f"import socket, time; held = socket.create_server(('127.0.0.1', {settings.api_port})); time.sleep(3600)"
    environ = {**os.environ, "VETTED_DATA_DIR": str(tmp_path / "other")}
    other = Child("other", (sys.executable, "-c", code), environ, log_file(tmp_path, "other"))
    ours = child("api", SLEEP, tmp_path)
    with ExitStack() as ends:
        for each in (other, ours):
            each.start()
            ends.callback(each.stop)
        until(lambda: _listens(settings.api_port))
        refuse_unless_own(pid_of(other), "127.0.0.1", settings.api_port, "api_port")
        with pytest.raises(Failed) as refused:
            refuse_unless_own(pid_of(ours), "127.0.0.1", settings.api_port, "api_port")
    told = str(refused.value)
    assert f"(process {pid_of(other)}, of the Vetted on {tmp_path / 'other'})" in told
    assert told.endswith("stop that or set VETTED_API_PORT to another port.")


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def test_a_second_start_on_the_same_directory_names_the_first(settings: Settings) -> None:
    with sole_use(settings), pytest.raises(Failed) as refused:
        run(settings, Console(file=io.StringIO()))
    told = str(refused.value)
    assert f"process {os.getpid()}" in told
    assert f"http://127.0.0.1:{settings.api_port}" in told
    assert f"http://127.0.0.1:{settings.ui_port}" in told
    assert "VETTED_DATA_DIR" in told
    with sole_use(settings):
        assert obstacles(settings)
    assert obstacles(settings) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"temporal_address": "elsewhere:7233"}, "unset VETTED_TEMPORAL_ADDRESS"),
        (
            {
                "mode": "production",
                "token_secret": "s" * 32,
                "database_url": "sqlite+aiosqlite:///x",
                "public_url": "h",
            },
            "VETTED_MODE=embedded",
        ),
    ],
)
def test_dev_is_refused_beside_another_temporal_server(
    changed: dict[str, str], message: str, settings: Settings
) -> None:
    other = Settings.model_validate({**settings.model_dump(), **changed})
    with pytest.raises(Failed, match=message):
        run(other, Console(file=io.StringIO()))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('later')",
            "is newer than this",
        ),
        ("CREATE TABLE ledger (entry INTEGER)", "tables of another program"),
    ],
)
def test_a_database_that_is_newer_or_of_another_program_is_told_plainly(
    script: str, message: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "vetted.db")) as database:
        database.executescript(script)
    with pytest.raises(Failed, match=message) as refused:
        prepare_records({**os.environ, "VETTED_DATA_DIR": str(tmp_path)}, tmp_path, Waiting(print))
    assert "name another place by VETTED_DATABASE_URL or VETTED_DATA_DIR" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def vetted(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VETTED_")}
    environ |= {"PYTHONPATH": str(ROOT), **variables}
    command = (sys.executable, "-m", "cli", *arguments)
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("verify",), ("db", "rebuild")])
def test_looking_in_the_wrong_folder_is_told_in_one_sentence_and_creates_nothing(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    done = vetted(tmp_path, *command)
    told = f"There is no Vetted database at {tmp_path}/.vetted/vetted.db; name it by VETTED_DATA_DIR or"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{told} VETTED_DATABASE_URL.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be taken for the header of one" * 20])
def test_a_file_that_is_no_database_is_told_plainly_and_left_as_it_is(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "vetted.db"
    file.write_bytes(content)
    done = vetted(tmp_path, "verify", VETTED_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "VETTED_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert (list(tmp_path.iterdir()), file.read_bytes()) == ([file], content)


def test_a_database_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://me:hunter2@127.0.0.1:{free_ports(1)[0]}/vetted"
    done = vetted(tmp_path, "verify", VETTED_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("The records database cannot be used: ")
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_names_a_missing_database_and_creates_nothing(settings: Settings, tmp_path: Path) -> None:
    ports = {variable(name): str(getattr(settings, name)) for name in ("api_port", "temporal_port", "ui_port")}
    done = vetted(tmp_path, "doctor", **ports)
    assert done.returncode == 0
    assert f"There is no Vetted database at {tmp_path}/.vetted/vetted.db; name it by VETTED_DATA_DIR" in done.stdout
    assert "Nothing stands in the way of `vetted dev`." in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_finds_a_folder_that_cannot_be_made(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    assert obstacles(settings) == [f"VETTED_DATA_DIR ({settings.data_dir}) cannot be written."]


def test_the_doctor_leaves_the_lock_as_it_was(settings: Settings) -> None:
    with sole_use(settings):
        pass
    lock = settings.data_dir / "lock"
    before = lock.read_bytes()
    assert obstacles(settings) == []
    assert lock.read_bytes() == before


# ------------------------------------------------------------------------------ children

KILLED_RUN = """
import os, sys, time
from pathlib import Path
from embedded.claims import sole_use
from embedded.processes import Child, Family, log_file
from settings import Settings
settings = Settings(data_dir=Path(sys.argv[1]))
with sole_use(settings):
    family = Family(settings.data_dir / "children.json")
    child = family.start(Child("child", sys.argv[2:], os.environ, log_file(settings.data_dir, "child")))
    print(child.process.pid, flush=True)
    time.sleep(3600)
"""


@contextmanager
def killed_run(data_dir: Path, *command: str) -> Iterator[int]:
    """A run that was killed with one child left; gives the child's number."""
    arguments = (sys.executable, "-c", KILLED_RUN, str(data_dir), *command)
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        left = int(parent.stdout.readline())
        if command == STUBBORN:
            until(lambda: "deaf" in (data_dir / "child.log").read_text())
        parent.kill()
        parent.wait()
        try:
            yield left
        finally:
            if lives(left):
                psutil.Process(left).kill()


def lives(pid: int) -> bool:
    return Mark.of(pid) is not None


def test_on_linux_a_killed_run_takes_its_children_along_elsewhere_the_next_run_does(tmp_path: Path) -> None:
    with killed_run(tmp_path, *SLEEP) as left:
        if sys.platform != "linux":
            end_orphans(tmp_path / "children.json")
        until(lambda: not lives(left))


def test_the_next_run_ends_what_a_killed_run_left_and_holds_the_directory(tmp_path: Path) -> None:
    with killed_run(tmp_path, *STUBBORN) as left:
        assert lives(left)
        with sole_use(Settings(data_dir=tmp_path)):
            assert end_orphans(tmp_path / "children.json", grace=0.2) == [left]
        until(lambda: not lives(left))
        assert end_orphans(tmp_path / "children.json") == []


@pytest.mark.parametrize("other", [{"started": 1.0}, {"command": ["temporal"]}])
def test_a_process_that_only_has_an_old_number_is_left_alone(other: dict[str, object], tmp_path: Path) -> None:
    register = tmp_path / "children.json"
    with subprocess.Popen(SLEEP) as stranger:
        mark = Mark.of(stranger.pid)
        assert mark is not None
        register.write_bytes(MARKS.dump_json([mark.model_copy(update=other)]))
        assert end_orphans(register) == []
        assert stranger.poll() is None
        register.write_bytes(MARKS.dump_json([mark]))
        assert end_orphans(register) == [stranger.pid]


def test_a_child_that_dies_is_started_again_and_said_so(tmp_path: Path) -> None:
    said: list[str] = []
    family = Family(tmp_path / "children.json")
    sleeper = family.start(child("worker", SLEEP, tmp_path))
    first = pid_of(sleeper)
    try:
        os.kill(first, signal.SIGKILL)

        def is_back() -> bool:
            family.watch(said.append)
            return pid_of(sleeper) != first

        until(is_back)
        assert [mark["pid"] for mark in json.loads(family.register.read_text())] == [pid_of(sleeper)]
    finally:
        family.stop()
    assert len(said) == 1
    assert said[0].startswith("worker ended (signal SIGKILL); starting it again in 0.5 s.")
    assert not family.register.exists()


def test_a_child_that_keeps_dying_is_given_up_with_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedded.processes.PATIENCE", 2)
    monkeypatch.setattr("embedded.processes.QUICK_DEATH", PATIENCE)
    family = Family(tmp_path / "children.json")
    family.start(child("api", (sys.executable, "-c", "raise SystemExit('no such table')"), tmp_path))
    said: list[str] = []

    def watch_for_ever() -> None:
        while True:
            family.watch(said.append)
            time.sleep(0.02)

    with pytest.raises(Failed) as given_up:
        watch_for_ever()
    assert "api ended 2 times in a row (exit code 1)." in str(given_up.value)
    assert str(given_up.value).endswith("no such table")
    assert len(said) == 1


def test_children_are_stopped_last_started_first_and_a_deaf_one_is_killed(tmp_path: Path) -> None:
    noted = tmp_path / "order"
    script = (
        "import signal, sys, time\n"
        "def stop(*_):\n"
        "    with open(sys.argv[1], 'a') as order: order.write(sys.argv[2] + ' ')\n"
        "    raise SystemExit\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(3600)\n"
    )
    family = Family(tmp_path / "children.json")
    for name in ("temporal", "worker"):
        family.start(child(name, (sys.executable, "-c", script, str(noted), name), tmp_path, PATIENCE))
    deaf = family.start(child("api", STUBBORN, tmp_path, grace=0.2))
    until(lambda: all(each.log.stat().st_size for each in family.children))
    family.stop()
    assert noted.read_text().split() == ["worker", "temporal"]
    assert deaf.process is not None
    assert deaf.process.returncode == -signal.SIGKILL


def test_a_long_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.processes.LOG_LIMIT", 3)
    (tmp_path / "api.log").write_text("long")
    assert not log_file(tmp_path, "api").exists()
    assert (tmp_path / "api.log.1").read_text() == "long"


# ------------------------------------------------------------------------------ the whole


def test_the_printed_command_survives_the_shell_whatever_the_password(settings: Settings) -> None:
    settings = settings.model_copy(update={"dev_password": 'it\'s "$HOME" \\'})
    body: dict[str, JsonValue] = {"reason": "Tom's finding: 5 µg", "site_id": "VM-02"}
    seeded = Seeded(
        people=[SeededPerson(user="tom", person_id="PER-2", name="Tom", roles=[])], requester="tom", audit_request=body
    )
    words = shlex.split(audit_snippet(settings, seeded))
    assert words[0] == "curl"
    assert f"http://127.0.0.1:{settings.api_port}/v1/audits" in words
    assert json.loads(words[-1]) == body
    echoed = audit_snippet(settings, seeded).replace("curl", "printf '%s\\n'")
    printed = subprocess.run(["sh", "-c", echoed], capture_output=True, text=True, check=True).stdout
    assert json.dumps({"user": "tom", "password": settings.dev_password}) in printed


def test_the_welcome_tells_the_id_by_which_forms_name_a_person(settings: Settings) -> None:
    tom = SeededPerson(user="tom", person_id="PER-2", name="Tom Okafor", roles=["LEAD_AUDITOR"])
    printed = io.StringIO()
    announce(settings, Seeded(people=[tom], requester="tom", audit_request={}), Console(file=printed, width=120))
    (row,) = [line for line in printed.getvalue().splitlines() if "Tom Okafor" in line]
    assert "PER-2" in row


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def environment(settings: Settings) -> dict[str, str]:
    """As of somebody who has exported the settings in a terminal."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VETTED_")}
    return environ | {
        "VETTED_DATA_DIR": str(settings.data_dir),
        "VETTED_API_PORT": str(settings.api_port),
        "VETTED_TEMPORAL_PORT": str(settings.temporal_port),
        "VETTED_UI_PORT": str(settings.ui_port),
        "COLUMNS": "200",
    }


@contextmanager
def dev(settings: Settings, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = environment(settings)
    with output.open("wb") as out:
        process = subprocess.Popen((sys.executable, "-m", "cli", "dev"), cwd=ROOT, env=environ, stdout=out, stderr=out)
    try:
        until(lambda: process.poll() is not None or "Idempotency-Key" in output.read_text())
        assert process.poll() is None, output.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_one_command_starts_everything_again_and_again_and_stops_it(settings: Settings, tmp_path: Path) -> None:
    output = tmp_path / "output"
    api, ui = f"http://127.0.0.1:{settings.api_port}", f"http://127.0.0.1:{settings.ui_port}"
    with dev(settings, output) as first:
        children = psutil.Process(first.pid).children()
        assert len(children) == 3
        assert answers(f"{api}/readyz")
        assert answers(ui)
        first.kill()
        first.wait()
    with dev(settings, output) as second:
        told = output.read_text()
        assert all(word in told for word in (api, ui, str(settings.mailbox_dir), "tom", settings.dev_password))
        children = psutil.Process(second.pid).children()
        second.send_signal(signal.SIGINT)
        assert second.wait(PATIENCE) == 0
    assert not any(each.is_running() for each in children)
    assert not answers(f"{api}/readyz")
    assert (settings.data_dir / "temporal.db").exists()
    assert "Stopped." in output.read_text()


# ------------------------------------------------------------------------------ what is printed


def commands(page: str) -> str:
    return "".join(PRINTED.findall((ROOT / page).read_text()))


def test_the_readme_begins_the_audit_of_the_tutorial() -> None:
    printed, tutorial = commands("README.md").splitlines(), iter(commands("docs/tutorials/first-audit.md").splitlines())
    assert len(printed) > 5
    assert [line for line in printed[:-1] if line not in tutorial] == []
    assert printed[-1] in commands("docs/tutorials/first-audit.md")


@pytest.mark.timeout(300)
def test_the_first_audit_works_as_printed(settings: Settings, tmp_path: Path) -> None:
    """All of its steps happen on one day, at a site whose days are those of UTC: no midnight comes in between."""
    left = SECONDS_OF_A_DAY - time.time() % SECONDS_OF_A_DAY
    if left < 120:
        time.sleep(left + 1)
    script = commands("docs/tutorials/first-audit.md").replace(".venv/bin/python", shlex.quote(sys.executable))
    with dev(settings, tmp_path / "output"):
        command, environ = ("sh", "-euc", script), environment(settings)
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "AUD-1 respond: Respond to the findings" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("AUD-1 is RESPONSE_DUE. Waits for CDMO_QA of the site until ")
