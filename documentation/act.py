"""Act as one of the people of `make up`: what the tutorials use in place of a web page.

    python -m documentation.act hana                             the inbox of a person
    python -m documentation.act ines audits '{"type": …}'        start a case
    python -m documentation.act hana AUD-1                       why a case waits
    python -m documentation.act hana AUD-1 decide '{"accept": …}'  submit a form, signed if it has to be

Each step is what any client does: sign in, read the task, complete its `prefill`, get a signature token for the form,
send it. The person is waited for: a step that has not opened yet is looked for again, for some seconds.
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any, NoReturn

from domain.core.forms import Process
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
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._api}{path}", data, {**self._headers, **headers}, method=method)  # noqa: S310 - the address of our own API
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(_in_words(json.load(error))) from None

    def submit(self, case: str, action: str, form: dict[str, Any]) -> Any:
        """Submit a form to a case, with what its task knows already, signed if it has to be."""
        step = self._open(case, action)
        form = {**step.get("prefill", {}), **form}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if step["signature_meaning"]:
            asked = {"password": self._password, "record": case, "action": action, "form": form}
            headers["Signature-Token"] = self.call("POST", "/v1/signatures", asked)["token"]
        return self.call("POST", step.get("action_url") or step["url"], form, **headers)

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
    while not (tasks := person.call("GET", "/v1/tasks")["items"]) and time.monotonic() < until:
        time.sleep(0.2)
    lines = [f"{each['case_id']} {each['action']}: {each['title']}, due {each['due_at']}" for each in tasks]
    return "\n".join(lines) or "Nothing to do."


def run(arguments: list[str]) -> str:
    """Do what the command line asks for. Returns what is printed."""
    match arguments:
        case [user]:
            return _inbox(_signed_in(user))
        case [user, case]:
            return told(_signed_in(user).call("GET", path_of(case)))
        case [user, process, form] if form.startswith("{"):
            key = str(uuid.uuid4())
            return told(_signed_in(user).call("POST", f"/v1/{process}", json.loads(form), **{"Idempotency-Key": key}))
        case [user, case, action, *form] if len(form) <= 1:
            return told(_signed_in(user).submit(case, action, json.loads(form[0]) if form else {}))
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
