"""A company to tell stories with: real API, real journal, real procedures, and time that can be skipped.

company = ...                                   # the fixture
audit = await company.tom.requests(trigger)     # people act over HTTP
await company.hana.does(audit, "decide")
await company.passes(days=6)                    # clocks run, reminders are sent
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI
from sqlmodel import col, func, or_, select
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.addresses import AddressGuard
from activities.mail import Mail, Mailbox
from activities.relay import Relay, RelaySettings
from activities.visibility import KEYS
from activities.webhooks import Webhooks
from api.app import create_app
from api.core.auth import issue
from domain.core.attestations import stated_by_nobody
from domain.core.clocks import Level
from domain.core.events import Event
from domain.core.forms import Process
from domain.processes import form_of
from records.contexts import load
from records.core.database import Database
from records.core.dates import Dates
from records.core.journal import Journal
from records.core.outgoing.deliveries import Deliveries, pending
from records.core.tables.cases import EscalationRow, TaskRow
from records.core.tables.journal import EventRow, OutboxRow
from records.installation.seed import SeedResult, seed
from settings import Settings
from tests.begins import begins
from tests.domain.filling import F, filled_on
from tests.patience import PATIENCE
from tests.stating import stated
from worker import add_search_attributes, build_worker

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"
SITE = "VM-02"


class Answer(Exception):
    """An answer that was not expected."""


class Alarm(NamedTuple):
    """A reminder, the passing of a due date, or an escalation, as it was sent."""

    at: datetime
    alarm: str
    level: Level
    to: tuple[str, ...]
    proposes: str | None = None


@dataclass
class Colleague:
    """A person with a browser. What is not said is filled in as the task suggests."""

    company: "Company"
    user: str

    @property
    def person(self) -> str:
        return self.company.seeded.person(self.user)

    @property
    def password(self) -> str:
        return self.company.settings.dev_password

    @property
    def headers(self) -> dict[str, str]:
        settings = self.company.settings
        return {"Authorization": f"Bearer {issue(settings.token_secret, self.user, self.person, timedelta(hours=1))}"}

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.company.http.get(path, headers=self.headers, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return await self.company.http.post(path, json=body, headers=self.headers | headers)

    async def uploads(
        self, case_id: str | None = None, content: bytes = b"evidence", audience: str = "SHARED"
    ) -> dict[str, str]:
        """Upload a text file, by default before there is a case; returns the reference to it."""
        about = {"case_id": case_id} if case_id else {}
        answer = await self.company.http.post(
            "/v1/documents",
            params={"title": "Evidence", "filename": "evidence.txt", "audience": audience, **about},
            content=content,
            headers=self.headers | {"Content-Type": "text/plain"},
        )
        assert answer.status_code == 201, answer.text
        return {"document_id": answer.json()["document_id"], "sha256": answer.json()["sha256"]}

    async def requests(self, **changes: Any) -> str:
        """Request an audit; by default for cause. Returns its id."""
        body = {**self.company.seeded.audit_request, **changes}
        answer = await self.post("/v1/audits", body, **{"Idempotency-Key": str(uuid4())})
        assert answer.status_code in {200, 201}, answer.text
        if not answer.json()["started"]:
            await self.company.delivered()
        return str(answer.json()["case_id"])

    async def task(self, case_id: str, action: str) -> dict[str, Any] | None:
        """The task of that action in the person's inbox."""
        for task in (await self.get("/v1/tasks", limit=100))["items"]:
            if (task["case_id"], task["action"]) == (case_id, action):
                return dict(await self.get(task["url"])) if "gates_seen" in task["prefill"] else dict(task)
        return None

    async def attempts(self, case_id: str, action: str, **changes: Any) -> httpx2.Response:
        """Try an action as the task suggests, with changes; signed if it must be."""
        task = await self.task(case_id, action)
        process = self.company.process(case_id)
        form = self.company.fills(form_of(process, action), task["prefill"] if task else {}, **changes)
        return await self.sends(case_id, action, form.model_dump(mode="json"), task["task_id"] if task else None)

    async def sends(
        self, case_id: str, action: str, body: Mapping[str, Any], task_id: str | None = None
    ) -> httpx2.Response:
        """Send a form as it is; signed if it must be."""
        process = self.company.process(case_id)
        headers = {"Idempotency-Key": str(uuid4())}
        if form_of(process, action).action.meaning is not None:
            request = {
                "password": self.password,
                "record": case_id,
                "action": action,
                "form": body,
            }
            signed = await self.post("/v1/signatures", request)
            if signed.status_code != 201:
                return signed
            headers["Signature-Token"] = signed.json()["token"]
        query = f"?task={task_id}" if task_id else ""
        return await self.post(f"/v1/{process.value}/{case_id}/{action}{query}", body, **headers)

    async def does(self, case_id: str, action: str, **changes: Any) -> dict[str, Any]:
        """Do it; anything but success fails the story. Returns the case as it then is."""
        answer = await self.attempts(case_id, action, **changes)
        if answer.status_code != 200:
            raise Answer(f"{self.user} {action} on {case_id}: {answer.status_code} {answer.text}")
        return dict(answer.json())

    async def is_refused(self, case_id: str, action: str, **changes: Any) -> tuple[int, str]:
        """Try it; success fails the story. Returns the status and the code of the refusal."""
        answer = await self.attempts(case_id, action, **changes)
        assert answer.status_code >= 400, f"{self.user} was let through: {answer.text}"
        return answer.status_code, str(answer.json()["code"])

    async def is_away(self, until: date) -> None:
        """Say that they are absent up to and including a day."""
        path = f"/v1/people/{self.person}"
        headers = self.headers | {"If-Match": (await self.company.http.get(path, headers=self.headers)).headers["ETag"]}
        form = {"absent_until": until.isoformat(), "reason": "Holiday"}
        answer = await self.company.http.put(f"{path}/absence", json=form, headers=headers)
        assert answer.status_code == 200, answer.text

    async def changes_policy(self, policy: Mapping[str, Any], **more: Any) -> int:
        """Sign a new version of the policy; returns the status."""
        form = {"policy": policy, "reason": "Sooner, from now on.", **more}
        request = {"password": self.password, "record": "POLICY", "action": "change-policy"}
        signed = await self.post("/v1/signatures", {**request, "form": form})
        token = {"Signature-Token": signed.json().get("token", "")}
        return (await self.company.http.put("/v1/policy", json=form, headers=self.headers | token)).status_code

    async def sees(self, case_id: str) -> dict[str, Any]:
        """The case as this person sees it."""
        return dict(await self.get(f"/v1/{self.company.process(case_id).value}/{case_id}"))


@dataclass
class Company:
    """The seeded company, at an instant that only moves when the story says so."""

    environment: WorkflowEnvironment
    database: Database
    settings: Settings
    seeded: SeedResult
    http: httpx2.AsyncClient
    ahead: list[timedelta]
    folder: Path
    workers: AsyncExitStack
    app: FastAPI | None = None
    colleagues: dict[str, Colleague] = field(default_factory=dict)

    def __getattr__(self, user: str) -> Colleague:
        if user.startswith("_"):
            raise AttributeError(user)
        self.seeded.person(user)
        return self.colleagues.setdefault(user, Colleague(self, user))

    def process(self, case_id: str) -> Process:
        return next(process for process in Process if case_id.startswith(f"{process.prefix}-"))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead[0]

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo("UTC")).date()

    def fills(self, form: type[F], prefill: Mapping[str, Any] | None = None, **changes: Any) -> F:
        """A form as somebody fills it in today: what is known and said, then its examples."""
        return filled_on(self.today, form, stated(form, {**(prefill or {}), **changes}, self.now))

    async def passes(self, **span: float) -> None:
        """Let time pass: `days=3`. What falls due meanwhile fires."""
        await self.comes(self.now + timedelta(**span))

    async def comes(self, instant: datetime, *, step: timedelta = timedelta(hours=12)) -> None:
        """Let time pass until an instant, in steps, after each of which the relay delivers.

        Steps of half a day have what fires worked off in order, across cases too; one case alone needs none.
        """
        while self.now < instant:
            await self.environment.sleep(min(instant - self.now, step))
            self.ahead[0] = await self.environment.get_current_time() - datetime.now(UTC)
            await self.delivered()

    async def comes_on(self, day: date, hour: int = 10) -> None:
        """Let time pass until an hour (UTC) of a day."""
        await self.comes(datetime.combine(day, time(hour), UTC))

    async def delivered(self) -> None:
        """Wait until the relay has delivered everything that the records want to leave the process."""
        async with asyncio.timeout(PATIENCE):
            while True:
                due = or_(col(OutboxRow.kind) != "answer", col(OutboxRow.not_before) <= datetime.now(UTC))
                query = select(func.count()).select_from(OutboxRow).where(pending(OutboxRow), due)
                async with self.database.reading() as session:
                    if (await session.exec(query)).one() == 0:
                        return
                await asyncio.sleep(0.02)

    async def starts_a_worker(self) -> None:
        """A worker follows the procedures until the next restart, or until the company closes."""
        journal = Journal(self.database, load(), web=self.settings.public_url)
        dates = Dates(self.database, journal, load())
        worker = build_worker(self.environment.client, self.settings.task_queue, journal, dates=dates)
        await self.workers.enter_async_context(worker)

    async def restarts_the_worker(self) -> None:
        """Stop the worker and start another, which knows the cases from their histories alone."""
        await self.workers.aclose()
        await self.starts_a_worker()

    async def events(self, stream: str, type_: str | None = None) -> list[Event]:
        """The journal of a case or record, in order."""
        query = select(EventRow.body).where(col(EventRow.stream) == stream).order_by(col(EventRow.number))
        async with self.database.reading() as session:
            events = [Event.model_validate_json(body) for body in (await session.exec(query)).all()]
        return [event for event in events if type_ in (None, event.type)]

    async def open_tasks(self, case_id: str, action: str) -> list[TaskRow]:
        """The open tasks of an action, whoever may answer them."""
        query = select(TaskRow).where(
            col(TaskRow.case_id) == case_id, col(TaskRow.action) == action, col(TaskRow.state) == "OPEN"
        )
        async with self.database.reading() as session:
            return list((await session.exec(query)).all())

    async def open_task(self, case_id: str, action: str) -> TaskRow | None:
        """The first open task of an action."""
        return next(iter(await self.open_tasks(case_id, action)), None)

    async def asked(self, case_id: str, action: str) -> TaskRow:
        """Wait until the procedure asks for an action."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if (task := await self.open_task(case_id, action)) is not None:
                    known = stated_by_nobody(form_of(Process(task.process), action), task.prefill)
                    assert known == task.prefill, "a statement is made for a person"
                    return task
                await asyncio.sleep(0.02)

    async def recorded(self, case_id: str, type_: str) -> Event:
        """Wait until the journal of a case holds a kind of event; returns the last one."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if events := await self.events(case_id, type_):
                    return events[-1]
                await asyncio.sleep(0.02)

    async def escalations(self, case_id: str, action: str | None = None) -> list[EscalationRow]:
        """Reminders and escalations that were sent, in order."""
        query = (
            select(EscalationRow, TaskRow.action)
            .join(TaskRow, col(TaskRow.task_id) == col(EscalationRow.task_id))
            .where(col(EscalationRow.case_id) == case_id)
            .order_by(col(EscalationRow.sent_at))
        )
        async with self.database.reading() as session:
            return [sent for sent, of in (await session.exec(query)).all() if action in (None, of)]

    async def alarms(self, case_id: str, action: str) -> list[Alarm]:
        """What the clocks of an action have sent, in order."""
        return [
            Alarm(
                at=sent.sent_at.replace(microsecond=0),
                alarm=sent.alarm,
                level=Level(sent.level),
                to=tuple(sorted(map(self.user, sent.sent_to))),
                proposes=sent.proposes,
            )
            for sent in await self.escalations(case_id, action)
        ]

    def colleague(self, person_id: str) -> Colleague:
        """The person by id."""
        return getattr(self, self.user(person_id))  # type: ignore[no-any-return]

    def user(self, person_id: str) -> str:
        """The account of a person."""
        return next(person.user for person in self.seeded.people if person.person_id == person_id)

    async def mails(self, user: str, about: str) -> list[str]:
        """Texts of the mails sent to somebody, in order, whose subject holds some words."""
        await self.delivered()
        query = select(OutboxRow).where(
            col(OutboxRow.lane) == f"mail:{self.seeded.person(user)}", col(OutboxRow.delivered_at).is_not(None)
        )
        async with self.database.reading() as session:
            rows = (await session.exec(query.order_by(col(OutboxRow.outbox_id)))).all()
        return [str(row.payload["text"]) for row in rows if about in row.payload["subject"]]

    async def history(self, case_id: str) -> tuple[int, int]:
        """Events and bytes of the workflow's history."""
        history = await self.environment.client.get_workflow_handle(case_id).fetch_history()
        return len(history.events), sum(event.ByteSize() for event in history.events)

    # ------------------------------------------------------------------ stories that others start from

    async def audit_under_way(self, *, findings: list[dict[str, str]], **request: Any) -> str:
        """An audit that has been requested, planned, announced, prepared, opened and closed on site."""
        for_cause = request.get("type", "FOR_CAUSE") == "FOR_CAUSE"
        audit = await (self.accepted(**request) if for_cause else self.tom.requests(**request))
        await self.announced(audit)
        await self.comes_on((await self.tom.sees(audit))["audit"]["first_day"] and await self.first_day(audit))
        await self.conducted(audit, findings)
        return audit

    async def accepted(self, **request: Any) -> str:
        """An audit for cause whose cause is accepted; it waits for its plan."""
        audit = await self.tom.requests(**request)
        await self.hana.does(audit, "decide")
        return audit

    async def planned(self, audit: str, **plan: Any) -> None:
        """Plan and its approval."""
        await self.ines.does(audit, "plan", **plan)
        await self.priya.does(audit, "approve-plan")

    async def staffed(self, audit: str, **plan: Any) -> None:
        """Plan, team and its declaration of independence."""
        await self.planned(audit, **plan)
        await self.ines.does(audit, "team")
        await self.tom.does(audit, "declare")

    async def announced(self, audit: str, **plan: Any) -> None:
        """Plan, team, notice, confirmation, preparation."""
        await self.staffed(audit, **plan)
        await self.tom.does(audit, "notice")
        await self.vito.does(audit, "confirm")
        await self.tom.does(audit, "prepare")

    async def first_day(self, audit: str) -> date:
        return date.fromisoformat((await self.tom.sees(audit))["audit"]["first_day"])

    async def conducted(self, audit: str, findings: list[dict[str, str]]) -> None:
        """Opening meeting, evidence and closing meeting, today."""
        await self.tom.does(audit, "open", held_at=self.now.isoformat())
        await self.tom.does(audit, "log-evidence", at=self.now.isoformat())
        await self.closes_on_site(audit, findings)

    async def closes_on_site(self, audit: str, findings: list[dict[str, str]]) -> None:
        """Closing meeting, today."""
        await self.tom.does(
            audit,
            "close-meeting",
            held_at=self.now.isoformat(),
            last_day=self.today.isoformat(),
            preliminary_findings=findings,
        )

    async def reported(self, audit: str, *, by: str = "tom", **report: Any) -> None:
        """Report of the lead auditor, approval and receipt."""
        await getattr(self, by).does(audit, "report", **report)
        await self.priya.does(audit, "approve-report")
        await self.vito.does(audit, "acknowledge-report")

    async def answered(self, audit: str, rework: tuple[int, ...] = ()) -> None:
        """Response, review and decision; the findings in `rework` go back."""
        await self.vito.does(audit, "respond")
        await self.judged(audit, rework)

    async def judged(self, audit: str, rework: tuple[int, ...] = (), *, by: str = "tom") -> dict[str, Any]:
        """Review of the lead auditor and decision; the findings in `rework` go back. Returns the case."""
        verdicts = [
            {**verdict, "verdict": "REWORK", "reason": "The root cause is missing."}
            if verdict["finding_no"] in rework
            else verdict
            for verdict in await self.accepts_all(audit)
        ]
        await getattr(self, by).does(audit, "review-response", verdicts=verdicts)
        return await self.priya.does(audit, "accept-response", verdicts=verdicts)

    async def drafts(self, audit: str, task_id: str) -> list[dict[str, Any]]:
        """The answers to the findings of one response task, as the task suggests."""
        task = await self.vito.get(f"/v1/tasks/{task_id}")
        form = self.fills(form_of(Process.AUDIT, "respond"), task["prefill"])
        return list(form.model_dump(mode="json")["responses"])

    async def answers(self, audit: str, task_id: str) -> None:
        """Answer one of several response tasks."""
        sent = await self.vito.sends(audit, "respond", {"responses": await self.drafts(audit, task_id)}, task_id)
        assert sent.status_code == 200, sent.text

    async def accepts_all(self, audit: str) -> list[dict[str, Any]]:
        """Verdicts that accept every answer under review."""
        task = await self.asked(audit, "review-response")
        return [{**verdict, "verdict": "ACCEPT"} for verdict in task.prefill["verdicts"]]

    async def capas_of(self, audit: str) -> list[str]:
        return [capa["capa_id"] for capa in (await self.ines.sees(audit))["capas"]]

    async def implemented(self, capa: str) -> None:
        """Implementation with evidence, verified by somebody else."""
        await self.delivered()
        evidence = await self.vito.uploads(capa)
        await self.vito.does(capa, "implement", evidence=[evidence])
        await self.ines.does(capa, "verify")
        await self.delivered()


async def _begun(environment: WorkflowEnvironment) -> datetime:
    """Skip to the instant at which the company begins, before there is anything that would run meanwhile."""
    if (instant := begins()) is not None:
        ahead = instant - await environment.get_current_time()
        assert ahead >= timedelta(0), f"{instant} is past."
        await environment.sleep(ahead)
    return await environment.get_current_time()


@asynccontextmanager
async def company_at(
    folder: Path, database_url: str, *, deliveries: Callable[[Database], Deliveries] = Deliveries
) -> AsyncIterator[Company]:
    """Open the company with its own workflow server, whose time can be skipped."""
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        token_secret="s" * 40,
        public_url="http://vetted",
        task_queue="vetted",
    )
    database = Database(database_url, patience=timedelta(seconds=PATIENCE))
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(TEST_SERVER), data_converter=pydantic_data_converter
    ) as environment:
        await add_search_attributes(environment.client, "default", [key.name for key in KEYS])
        ahead = [await _begun(environment) - datetime.now(UTC)]
        seeded = await seed(database, load(), settings, now=datetime.now(UTC) + ahead[0])
        app = create_app(
            settings, database=database, temporal=environment.client, clock=lambda: datetime.now(UTC) + ahead[0]
        )
        webhooks = Webhooks(database, AddressGuard(), source=settings.public_url)
        mail = Mail(smtp_url="", sender=settings.mail_from, mailbox=Mailbox(settings.mailbox_dir))
        relay = Relay(
            database,
            environment.client,
            settings.task_queue,
            mail,
            webhooks,
            settings=RelaySettings(idle=0.02, renew_every=0.5),
            deliveries=deliveries(database),
        )
        # Beside the server, not as one of its activities: a running activity would hold its time.
        relaying = ActivityEnvironment()
        delivering = asyncio.create_task(relaying.run(relay.run))
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            AsyncExitStack() as workers,
            httpx2.AsyncClient(transport=transport, base_url="http://vetted", timeout=PATIENCE) as http,
        ):
            company = Company(environment, database, settings, seeded, http, ahead, folder, workers, app)
            await company.starts_a_worker()
            yield company
        relaying.worker_shutdown()
        await delivering
        await webhooks.close()
        await database.close()
