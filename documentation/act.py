"""Act as one of the people of `make up`: what the tutorials use in place of a web page.

    python -m documentation.act hana                             the inbox of a person
    python -m documentation.act ines audits '{"type": …}'        start a case
    python -m documentation.act hana AUD-1                       why a case waits
    python -m documentation.act hana AUD-1 decide '{"accept": …}'  submit a form, signed if it has to be
    python -m documentation.act vito BAT-1 upload "Batch record"   upload a file, and print how a form refers to it

A record beside cases, such as an appointment, takes the place of a case.

Each step is what any client does: sign in, read the task, complete its `prefill`, get a signature token for the form,
send it. The person is waited for: a step that has not opened yet is looked for again, for some seconds.
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

from domain.core.document import RecordVersion
from domain.core.forms import Form, Process
from domain.core.record_kinds import RecordKind
from domain.record_kinds import kind_of
from settings import Settings, load

PATIENCE = 30.0
"""Seconds that a step has to open."""
GLANCE = 5.0
"""Seconds that an empty inbox is looked at: the task of a step opens a moment after the step before."""


class Refused(Exception):
    """The API has said no."""


class Person:
    """Somebody who is signed in."""

    def __init__(self, settings: Settings, user: str) -> None:
        self._api = f"http://{settings.api_host}:{settings.api_port}"
        self._password = settings.dev_password
        self._headers = {"Content-Type": "application/json"}
        token = self.call("POST", "/v1/token", {"user": user, "password": self._password})["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; returns the answer's JSON. Raises `Refused`."""
        return self._exchange(method, path, body, headers)[0]

    def _exchange(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[Any, str | None]:
        """The answer's JSON, and its ETag."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._api}{path}", data, {**self._headers, **headers}, method=method)  # noqa: S310 - the address of our own API
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
                return json.load(answer), answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            raise Refused(_in_words(json.load(error))) from None
        except OSError:
            raise Refused(f"Nothing answers at {self._api}; `make up` starts it.") from None

    def upload(self, case: str, title: str) -> Any:
        """Upload a small text as a file of evidence to a case; returns how forms refer to it."""
        of = {"case_id": case, "audience": "SHARED"} if kind_of(case) is None else {}
        asked = urlencode({"title": title, "filename": f"{title}.txt", **of})
        answer = self.call("POST", f"/v1/documents?{asked}", {"title": title})
        return {"document_id": answer["document_id"], "sha256": answer["sha256"]}

    def submit(self, case: str, action: str, form: dict[str, Any]) -> Any:
        """Submit a form to a case, with what its task knows already, signed if it has to be."""
        step = self._open(case, action)
        form = {**step.get("prefill", {}), **form}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if step["signature_meaning"]:
            asked = {"password": self._password, "record": case, "action": action, "form": form}
            headers["Signature-Token"] = self.call("POST", "/v1/signatures", asked)["token"]
        return self.call("POST", step.get("action_url") or step["url"], form, **headers)

    def enter(self, kind: RecordKind, record: str, action: str, form: dict[str, Any]) -> str:
        """Enter a form of a record beside cases, signed, against what is shown of the record. Returns what was done."""
        form_class = next((each for each in kind.forms if each.action.name == action), None)
        if form_class is None:
            raise Refused(f"{kind.called} has no action {action}.")
        method, path = self._address(form_class, record)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if method == "POST":
            shown, tag = self._exchange("GET", self._address_of(kind, record), None, {})
            headers |= {"If-Match": tag} if tag is not None else {}
            form = {**_read(form_class, shown), **form}
        asked = {"password": self._password, "record": record, "action": action, "form": form}
        headers["Signature-Token"] = self.call("POST", "/v1/signatures", asked)["token"]
        self.call(method, path, form, **headers)
        return f"{record}: {form_class.action.title}. Done."

    def show(self, kind: RecordKind, record: str) -> str:
        """A record beside cases, as it is now."""
        return json.dumps(self.call("GET", self._address_of(kind, record)), indent=2)

    def _address_of(self, kind: RecordKind, record: str) -> str:
        form_class = next(iter(kind.forms))
        return self._address(form_class, record)[1].removesuffix(f"/{form_class.action.sent_to}")

    def _address(self, form_class: type[Form], record: str) -> tuple[str, str]:
        """Method and address of a form, as the description of the API says."""
        schema = {"$ref": f"#/components/schemas/{form_class.__name__}"}
        for path, methods in self.call("GET", "/openapi.json")["paths"].items():
            for method, operation in methods.items():
                body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                if body.get("schema") == schema:
                    before, _, rest = path.partition("{")
                    return method.upper(), f"{before}{record}{rest.partition('}')[2]}"
        raise Refused(f"There is no route for {form_class.action.name}.")

    def _open(self, case: str, action: str) -> Any:
        """The open task of an action, whoever may answer it, or the action as it is on offer. Raises `Refused`."""
        began, told_of_waiting = time.monotonic(), False
        while True:
            try:
                view = self.call("GET", path_of(case))
                for task in view["tasks"]:
                    if task["action"] == action:
                        return self.call("GET", task["url"])  # what it knows as it is now
                for step in view["actions"]:
                    if step["action"] == action:
                        return step
                problem = f"{case} does not take {action} now. {view['waiting']}"
            except Refused as refused:
                problem = str(refused)
            waited = time.monotonic() - began
            if waited > PATIENCE:
                raise Refused(problem)
            if waited > GLANCE and not told_of_waiting:
                sys.stderr.write(f"{problem} Looking again for {PATIENCE:.0f} seconds.\n")
                told_of_waiting = True
            time.sleep(0.2)


def _read(form_class: type[Form], shown: Any) -> dict[str, Any]:
    """The version that is shown, where the form names the one that was read."""
    newest = shown["versions"][0] if "versions" in shown else shown
    fields = [name for name, field in form_class.model_fields.items() if field.annotation is RecordVersion]
    return {name: {"version": newest.get("version", 1), "sha256": newest["sha256"]} for name in fields}


def path_of(case: str) -> str:
    """The address of a case, by the prefix of its id."""
    prefix = case.partition("-")[0]
    process = next((each for each in Process if each.prefix == prefix), None)
    if process is None:
        raise Refused(f"{case} is no id of a case, such as AUD-1.")
    return f"/v1/{process.value}/{case}"


def told(case: Any) -> str:
    """A case in a few lines."""
    return f"{case['case_id']} is {case['stage']}. {case['waiting']}"


def _in_words(problem: Any) -> str:
    fields = "".join(f"\n  {name}: {fault}" for name, fault in problem.get("fields", {}).items())
    return f"{problem['code']} ({problem['status']}): {problem['detail']}{fields}"


def _inbox(person: Person) -> str:
    until = time.monotonic() + GLANCE
    while not (page := person.call("GET", "/v1/tasks"))["items"] and time.monotonic() < until:
        time.sleep(0.2)
    lines = [in_the_inbox(each) for each in page["items"]]
    if page["next"]:
        lines.append(f"There is more: these {len(lines)} fall due first.")
    return "\n".join(lines) or "Nothing to do."


def in_the_inbox(task: Any) -> str:
    """A task in a line: where and what, about what, and until when."""
    known = [str(value) for name, value in task["prefill"].items() if name == "market" or name.endswith("_id")]
    about = "; ".join(dict.fromkeys(each for each in (*known, *task["about"].splitlines()[:1]) if each))
    due = (
        f"due {datetime.fromisoformat(task['due_at']).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        if task["due_at"]
        else "without a due date"
    )
    overdue = ", overdue" if task["overdue"] else ""
    return f"{task['case_id']} {task['action']}: {task['title']}{f' ({about})' if about else ''}, {due}{overdue}"


def form_of(text: str) -> dict[str, Any]:
    """The form of a command line. Raises `Refused` with one sentence if it is none."""
    try:
        form = json.loads(text)
    except ValueError as error:
        raise Refused(f"The form is not JSON: {error}.") from None
    if not isinstance(form, dict):
        raise Refused('The form is not JSON with names and values, such as {"accept": true}.')
    return form


def run(arguments: list[str]) -> str:
    """Do what the command line asks for. Returns what is printed."""
    match arguments:
        case [user]:
            return _inbox(_signed_in(user))
        case [user, record] if (kind := kind_of(record)) is not None:
            return _signed_in(user).show(kind, record)
        case [user, case]:
            return told(_signed_in(user).call("GET", path_of(case)))
        case [user, process, text] if text.startswith("{"):
            form, key = form_of(text), str(uuid.uuid4())
            return told(_signed_in(user).call("POST", f"/v1/{process}", form, **{"Idempotency-Key": key}))
        case [user, case, "upload", title]:
            return json.dumps(_signed_in(user).upload(case, title))
        case [user, case, action, *texts] if len(texts) <= 1:
            form = form_of(texts[0]) if texts else {}
            if (kind := kind_of(case)) is not None:
                return _signed_in(user).enter(kind, case, action, form)
            return told(_signed_in(user).submit(case, action, form))
    raise Refused(__doc__ or "")


def _signed_in(user: str) -> Person:
    return Person(load(makes_secret=False), user)


def main() -> NoReturn:
    """The command."""
    try:
        sys.stdout.write(f"{run(sys.argv[1:])}\n")
    except Refused as refused:
        sys.exit(str(refused))
    sys.exit(0)


if __name__ == "__main__":
    main()
