"""Whatever is killed, nothing that was acknowledged is lost or done twice, and every case goes on."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from pathlib import Path

import httpx2
import pytest
from sqlmodel import col, func, select

from domain.audit.request import AuditRequest
from domain.core.events import Event
from domain.core.forms import Process
from domain.processes import form_of
from records.core.database import Database
from records.core.outgoing.deliveries import pending
from records.core.tables.journal import CommandRow, EventRow, OutboxRow
from records.core.verify import broken_links
from tests.faults.machine import Machine, Part, machine_in
from tests.faults.office import CLOSE_MEETING, LOG_EVIDENCE, UP_TO_THE_SITE, Office
from tests.patience import PATIENCE

AUDITS = 30
AT_ONCE = 8
"""Steps that are under way at the same time, while parts are killed one after the other."""
BUDGET = 15.0
"""Seconds within which every case moves again; told, since a loaded machine needs longer."""
LIMIT = PATIENCE
"""Seconds after which this test does not believe any more that it is only the load."""
ROUNDS = 2
"""Before the last blow, which kills all parts at once."""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with machine_in(tmp_path) as machine:
        yield machine


@pytest.fixture
async def office(machine: Machine) -> AsyncIterator[Office]:
    limits = httpx2.Limits(max_connections=AUDITS + 10)
    async with httpx2.AsyncClient(base_url=machine.url, timeout=20, limits=limits) as http:
        yield Office(http, machine.settings.dev_password)


@pytest.mark.timeout(1200)
async def test_thirty_audits_survive_the_death_of_worker_api_and_temporal(machine: Machine, office: Office) -> None:
    began = time.monotonic()
    under_way = asyncio.Semaphore(AT_ONCE)

    async def audited(number: int) -> str:
        async with under_way:
            case_id = await office.requests(f"HOTLINE-{number}")
        for step in UP_TO_THE_SITE:
            async with under_way:
                await office.does(case_id, step)
        return case_id

    async with asyncio.TaskGroup() as group:
        audits = [group.create_task(audited(number)) for number in range(AUDITS)]
        late = group.create_task(_killed_one_after_the_other(machine, office))
    cases = [audit.result() for audit in audits]
    _tell(f"{time.monotonic() - began:.0f} s; {office.silences} requests repeated so far")

    went_on = await _goes_on_after_all_died_at_once(machine, office, cases)
    slowest = max(went_on)
    _tell(f"After the last kill cases went on in {min(went_on):.1f} to {slowest:.1f} s (budget {BUDGET:g} s)")
    _tell(f"{len(office.acknowledged)} forms acknowledged, {office.silences} requests repeated")

    await office.does(late.result(), UP_TO_THE_SITE[0])
    database = Database(machine.settings.database_url)
    try:
        await _delivered(database)
        await _nothing_was_lost_or_doubled(database, office)
        await _was_started_by_the_relay(database, late.result())
        await _mails_were_sent_once(database, machine.settings.mailbox_dir)
    finally:
        await database.close()
    for case_id in cases:
        await _is_where_it_is_believed_to_be(office, case_id)
    _tell(f"{time.monotonic() - began:.0f} s")
    assert slowest < LIMIT


async def test_an_action_that_only_the_journal_remembers_is_told_to_the_case_again(
    machine: Machine, office: Office
) -> None:
    """The journal has it, Temporal and the worker die before it is written down there, and the person repeats it."""
    case_id = await office.requests("HOTLINE-1")
    before, team = UP_TO_THE_SITE[:3], UP_TO_THE_SITE[3]
    for step in before:
        await office.does(case_id, step)
    database = Database(machine.settings.database_url)
    with machine.nobody_mends():
        await office.asked(case_id, *team[:2])
        async with database.writing() as session:
            await session.connection()  # from here on the worker gets the action, but cannot write it down
            submitted = asyncio.create_task(office.does(case_id, team))
            await asyncio.sleep(5)  # less than the worker's patience with one task
            machine.kill(Part.TEMPORAL)
        await _written(database, case_id, _event_type(team.action))
        machine.kill(Part.WORKER)
        await asyncio.sleep(5)  # until the API does not try any more either
    await database.close()

    await submitted
    for step in UP_TO_THE_SITE[4:6]:
        await office.does(case_id, step)


async def _written(database: Database, case_id: str, event_type: str) -> None:
    """Wait until the journal holds an event of a case."""
    query = select(EventRow.number).where(col(EventRow.stream) == case_id, col(EventRow.type) == event_type)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.reading() as session:
                if (await session.exec(query)).first() is not None:
                    return
            await asyncio.sleep(0.05)


async def _killed_one_after_the_other(machine: Machine, office: Office) -> str:
    """Worker, API and Temporal in turn, spread over the work; returns the case requested without Temporal."""
    kills = [part for _ in range(ROUNDS) for part in Part]
    share = AUDITS * len(UP_TO_THE_SITE) // (len(kills) + 1)
    late = ""
    for number, part in enumerate(kills, 1):
        await office.has_acknowledged(number * share)
        if part is Part.TEMPORAL and not late:
            with machine.nobody_mends():
                machine.kill(part)
                late = await office.requests("WITHOUT-TEMPORAL")
            assert not office.requested[late]
        else:
            machine.kill(part)
        killed, count = time.monotonic(), len(office.acknowledged)
        await office.has_acknowledged(count + AT_ONCE + 1)
        _tell(f"{part.name} killed after {count} forms; work went on in {time.monotonic() - killed:.1f} s")
    return late


async def _goes_on_after_all_died_at_once(machine: Machine, office: Office, cases: list[str]) -> list[float]:
    """Kill everything in the middle of one more action each; the seconds until each case has taken an action since."""

    async def goes_on(case_id: str) -> None:
        await office.does(case_id, LOG_EVIDENCE)
        await office.does(case_id, CLOSE_MEETING)

    before = len(office.acknowledged)
    async with asyncio.TaskGroup() as group:
        for case_id in cases:
            group.create_task(goes_on(case_id))
        await office.has_acknowledged(before + AUDITS // 3)
        machine.kill(*Part)
        killed = time.monotonic()
    first = {done.case_id: done.at for done in reversed(office.acknowledged) if done.at > killed}
    assert first.keys() == set(cases)
    return [at - killed for at in first.values()]


async def _delivered(database: Database) -> None:
    """Wait until everything has left that the records want to leave."""
    async with asyncio.timeout(LIMIT):
        while True:
            async with database.reading() as session:
                query = select(func.count()).select_from(OutboxRow).where(pending(OutboxRow))
                if (await session.exec(query)).one() == 0:
                    return
            await asyncio.sleep(0.2)


async def _nothing_was_lost_or_doubled(database: Database, office: Office) -> None:
    """Each acknowledged form is one event of its case, and nothing else was submitted."""
    assert await broken_links(database) == []
    async with database.reading() as session:
        rows = (await session.exec(select(EventRow).order_by(col(EventRow.stream), col(EventRow.number)))).all()
        commands = (await session.exec(select(CommandRow.command_id))).all()
    events = [Event.model_validate_json(row.body) for row in rows]
    streams = Counter(event.stream for event in events)
    for stream, count in streams.items():
        assert [event.number for event in events if event.stream == stream] == list(range(1, count + 1))
    request = _event_type(AuditRequest.action.name)
    assert Counter(event.stream for event in events if event.type == request) == Counter(office.requested.keys())
    submitted = Counter(
        (event.stream, event.number, event.type, str(event.payload["sha256"]))
        for event in events
        if event.stream in office.requested and "sha256" in event.payload and event.type != request
    )
    promised = Counter(
        (done.case_id, done.number, _event_type(done.action), done.record_hash) for done in office.acknowledged
    )
    assert submitted - promised == Counter(), "done, but never acknowledged"
    assert promised - submitted == Counter(), "acknowledged, but not done"
    once = Counter((event.stream, event.type, str(event.payload.get("task"))) for event in events if _answers(event))
    assert [answer for answer, times in once.items() if times > 1] == []
    assert len(set(commands)) == len(commands)


def _event_type(action: str) -> str:
    return form_of(Process.AUDIT, action).action.event_type(Process.AUDIT)


def _answers(event: Event) -> bool:
    return event.payload.get("task") is not None and "sha256" in event.payload


async def _was_started_by_the_relay(database: Database, case_id: str) -> None:
    """The relay counts its tries; whoever starts a case without it does not."""
    query = select(OutboxRow).where(col(OutboxRow.kind) == "start", col(OutboxRow.lane) == case_id)
    async with database.reading() as session:
        start = (await session.exec(query)).one()
    assert start.delivered_at is not None
    assert start.tries > 0


async def _mails_were_sent_once(database: Database, mailbox: Path) -> None:
    """One file for each mail of the outbox, and nobody was asked twice for the same thing."""
    async with database.reading() as session:
        rows = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "mail"))).all()
    sent = Counter(_message_ids(mailbox))
    assert sent == Counter(f"<outbox-{row.outbox_id}@localhost>" for row in rows)
    written = Counter((row.payload["person"], row.payload["text"]) for row in rows)
    assert written
    assert [text for text, times in written.items() if times > 1] == []


def _message_ids(mailbox: Path) -> Iterator[str]:
    for file in mailbox.glob("*/*.eml"):
        yield str(message_from_bytes(file.read_bytes())["Message-ID"])


async def _is_where_it_is_believed_to_be(office: Office, case_id: str) -> None:
    """The case shows what was acknowledged, each form in its latest version, and asks for what comes next."""
    case = await office.sees(case_id)
    believed = {done.action: done.number for done in office.acknowledged if done.case_id == case_id}
    held = {record["action"]: record["number"] for record in case["records"]}
    assert held == believed | {AuditRequest.action.name: 1}
    await office.asked(case_id, "tom", "report")
    assert len({task["action"] for task in case["tasks"]}) == len(case["tasks"])


def _tell(words: str) -> None:
    """For whoever reads the run: how long it took is a figure of its own."""
    print(words)  # noqa: T201
