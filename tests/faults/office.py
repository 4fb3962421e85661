"""People who submit forms over HTTP and repeat each request with its own key until somebody answers."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2

from domain.core.forms import Process
from domain.processes import form_of
from tests.domain.filling import filled
from tests.patience import PATIENCE
from tests.stating import stated

PAUSE = 0.4
"""Seconds between two tries."""
OUTCOME_UNKNOWN = frozenset({503, 504})


class Step(NamedTuple):
    """Who does what in an audit, and how the form differs from what the task suggests."""

    user: str
    action: str
    form: Callable[[date], dict[str, Any]] = lambda _: {}
    is_offered: bool = False


class Acknowledged(NamedTuple):
    """What was promised to whoever submitted a form."""

    case_id: str
    action: str
    number: int
    record_hash: str
    at: float
    """Of the monotonic clock."""


@dataclass
class Office:
    """The people at their browsers, and a note of everything that was acknowledged to them."""

    http: httpx2.AsyncClient
    password: str
    acknowledged: list[Acknowledged] = field(default_factory=list)
    requested: dict[str, bool] = field(default_factory=dict)
    """By case id, whether it was started when its request was acknowledged."""
    silences: int = 0
    """Requests whose outcome was unknown and that were repeated."""
    _tokens: dict[str, str] = field(default_factory=dict)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def requests(self, reference: str) -> str:
        """Tom requests a for-cause audit; returns its id."""
        scopes = (await self._insists("tom", "GET", "/v1/sites/VM-02/scopes")).json()["items"]
        trigger = {"reason": "DI_BREACH", "reference": reference, "description": "Deleted HPLC injections."}
        body = {
            "type": "FOR_CAUSE",
            "site_id": "VM-02",
            "scope_ids": [scopes[0]["scope_id"]],
            "trigger": trigger,
        }
        answer = await self._insists("tom", "POST", "/v1/audits", body, {"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 201, answer.text
        case_id = str(answer.json()["case_id"])
        assert case_id not in self.requested, "two requests were merged"
        self.requested[case_id] = bool(answer.json()["started"])
        return case_id

    async def does(self, case_id: str, step: Step) -> Acknowledged:
        """Wait for the task, fill in its form, sign it if need be, and submit it until it is acknowledged."""
        task = {"prefill": {}} if step.is_offered else await self.asked(case_id, step.user, step.action)
        kind = form_of(Process.AUDIT, step.action)
        form = filled(kind, stated(kind, {**task["prefill"], **step.form(today())}, datetime.now(UTC)))
        body = form.model_dump(mode="json")
        headers = {"Idempotency-Key": str(uuid4())}
        if form.meaning() is not None:
            signature = {"password": self.password, "record": case_id, "action": step.action, "form": body}
            signed = await self._insists(step.user, "POST", "/v1/signatures", signature)
            headers["Signature-Token"] = str(signed.json()["token"])
        answer = await self._insists(step.user, "POST", f"/v1/audits/{case_id}/{step.action}", body, headers)
        receipt = answer.json()["receipt"]
        done = Acknowledged(case_id, step.action, receipt["number"], receipt["record_hash"], time.monotonic())
        async with self._changed:
            self.acknowledged.append(done)
            self._changed.notify_all()
        return done

    async def asked(self, case_id: str, user: str, action: str) -> Mapping[str, Any]:
        """Wait until the procedure asks for an action; the open task as the person sees it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            case = (await self._insists(user, "GET", f"/v1/audits/{case_id}")).json()
            for task in case["tasks"]:
                if task["action"] == action:
                    return dict(task)
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{case_id} does not go on: {user} waits for {action}, but {case['waiting']}")

    async def sees(self, case_id: str) -> dict[str, Any]:
        """The case as supplier quality sees it."""
        return dict((await self._insists("ines", "GET", f"/v1/audits/{case_id}")).json())

    async def has_acknowledged(self, count: int) -> None:
        """Wait until so many forms have been acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.acknowledged) >= count)

    async def _insists(
        self, user: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send the same request until it is answered."""
        signed_in = {"Authorization": f"Bearer {await self._token(user)}"}
        return await self._repeats(method, path, body, signed_in | dict(headers or {}))

    async def _token(self, user: str) -> str:
        if user not in self._tokens:
            answer = await self._repeats("POST", "/v1/token", {"user": user, "password": self.password}, {})
            self._tokens[user] = str(answer.json()["access_token"])
        return self._tokens[user]

    async def _repeats(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx2.Response:
        until = time.monotonic() + PATIENCE
        what = ""
        while time.monotonic() < until:
            try:
                answer = await self.http.request(method, path, json=body, headers=dict(headers))
            except httpx2.TransportError as error:
                what = repr(error)
            else:
                if answer.status_code not in OUTCOME_UNKNOWN:
                    assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
                    return answer
                what = answer.text
            self.silences += 1
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{method} {path} was not answered within {PATIENCE:g} s: {what}")


def today() -> date:
    return datetime.now(UTC).date()


def now() -> str:
    return datetime.now(UTC).isoformat()


def _days(day: date) -> dict[str, Any]:
    return {"first_day": day.isoformat(), "last_day": (day + timedelta(days=1)).isoformat()}


def _notice(day: date) -> dict[str, Any]:
    agenda = [{"day": day.isoformat(), "area": "QC laboratory", "topic": "Data integrity"}]
    return {**_days(day), "agenda": agenda, "short_notice_agreed_in": "QTA-1"}


def _closing(day: date) -> dict[str, Any]:
    finding = {"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."}
    return {"held_at": now(), "last_day": day.isoformat(), "preliminary_findings": [finding]}


LOG_EVIDENCE = Step("tom", "log-evidence", lambda _: {"at": now(), "note": f"Bottle {uuid4()}"}, is_offered=True)
CLOSE_MEETING = Step("tom", "close-meeting", _closing)
UP_TO_THE_SITE = (
    Step("hana", "decide"),
    Step("ines", "plan", _days),
    Step("priya", "approve-plan"),
    Step("ines", "team"),
    Step("tom", "declare"),
    Step("tom", "notice", _notice),
    Step("vito", "confirm"),
    Step("tom", "prepare"),
    Step("tom", "open", lambda _: {"held_at": now()}),
    LOG_EVIDENCE,
)
"""A for-cause audit from its request into the site, within one day."""
