"""`python -m bench`: what the design budgets, measured in one run on this machine; takes some five minutes.

The embedded program runs as for anybody: Temporal's development server, worker and API as processes of their own, and
SQLite that syncs every commit. On the same server runs a raw case: a minimal workflow with as many updates, local
activities and timers as an audit (counted in the audit's history), whose activities do nothing. They take turns.

- Commands and starts over HTTP against updates and starts by the Temporal client; one client, the median.
- Processor time of worker and API, without the checks of passwords, against that of the raw worker and its client.
- The history of an audit up to its opening meeting, which is as far as a case gets without waiting for days.
- Memory that the worker holds for an open case after its first step.
- A rebuild, and pages of lists among few and among many cases.

Not measured here: lists of a million rows, PostgreSQL, ten thousand open cases, killed processes.
"""

import asyncio
import os
import socket
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil
from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from bench import raw, stored
from bench.people import STEPS, People
from embedded.claims import local_address
from embedded.dev import child_environment, start
from embedded.processes import Child, Family, log_file
from embedded.progress import Waiting
from embedded.welcome import Seeded
from records.core.database import Database
from settings import Settings, load

ROUNDS, AUDITS, STARTS = 3, 4, 50
"""Rounds of so many whole audits and so many bare starts, each time followed by as many raw ones."""
SIZES, PAGES, EVENTS = (1_000, 100_000), 400, 20_000


@dataclass
class Measured:
    """Seconds, processor seconds, bytes and counts."""

    commands: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    cpu: float = 0.0
    memory: float = 0.0


def _seconds(*processes: psutil.Process) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)


def _count(history: WorkflowHistory, type_: EventType.ValueType) -> int:
    return sum(event.event_type == type_ for event in history.events)


async def _serving(
    settings: Settings, seeded: Seeded, processes: dict[str, psutil.Process]
) -> tuple[Measured, Measured, list[str], WorkflowHistory]:
    """Take turns; returns what was measured of ours and of the raw case, the audits, and the history of one."""
    worker, api, raw_worker = processes["worker"], processes["api"], processes["raw"]
    ours, bare, audits, shape = Measured(), Measured(), list[str](), None
    client = await Client.connect(settings.temporal_address, data_converter=pydantic_data_converter)
    database = Database(settings.database_url)
    async with httpx2.AsyncClient(base_url=local_address(settings), timeout=30) as http:
        people = People(http, database, settings.dev_password, lambda: _seconds(worker, api))
        for warming in (True, *[False] * ROUNDS):
            before = _seconds(worker, api) - people.signing
            for _ in range(AUDITS):
                audits.append((await people.request(seeded.audit_request))[0])
                ours.commands += await people.follow(audits[-1])
            ours.cpu += _seconds(worker, api) - people.signing - before
            history = await client.get_workflow_handle(audits[-1]).fetch_history()
            if shape is None:
                markers = _count(history, EventType.EVENT_TYPE_MARKER_RECORDED)
                timers = _count(history, EventType.EVENT_TYPE_TIMER_STARTED)
                shape = raw.Shape(steps=len(STEPS), further=markers - len(STEPS), timers=timers)
            before = _seconds(raw_worker, psutil.Process())
            for _ in range(AUDITS):
                bare.commands += (await raw.follow(client, shape))[1]
            bare.cpu += _seconds(raw_worker, psutil.Process()) - before
            resident = worker.memory_info().rss, raw_worker.memory_info().rss
            ours.starts += [(await people.request(seeded.audit_request))[1] for _ in range(STARTS)]
            bare.starts += [(await raw.start(client, shape))[1] for _ in range(STARTS)]
            await asyncio.sleep(3)
            ours.memory += (worker.memory_info().rss - resident[0]) / STARTS / ROUNDS
            bare.memory += (raw_worker.memory_info().rss - resident[1]) / STARTS / ROUNDS
            if warming:
                ours, bare = Measured(), Measured()
    await database.close()
    return ours, bare, audits, history


def _row(table: Table, what: str, budget: str, measured: str, *, keeps: bool) -> None:
    table.add_row(what, budget, measured, "" if keeps else "misses")


def _compare(table: Table, ours: Measured, bare: Measured, history: WorkflowHistory) -> None:
    for what, budget, mine, other in (
        ("command over HTTP, p50", 1.25, ours.commands, bare.commands),
        ("start over HTTP, p50", 1.4, ours.starts, bare.starts),
    ):
        one, two = statistics.median(mine) * 1000, statistics.median(other) * 1000
        _row(table, what, f"{budget} x raw", f"{one / two:.2f} x ({one:.1f} : {two:.1f} ms)", keeps=one <= budget * two)
    ratio, cases = ours.cpu / bare.cpu, ROUNDS * AUDITS
    measured = f"{ratio:.2f} x ({ours.cpu / cases * 1000:.0f} : {bare.cpu / cases * 1000:.0f} ms)"
    _row(table, "processor time of a case", "1.3 x raw", measured, keeps=ratio <= 1.3)
    steps = len(STEPS) + 1
    events, size = len(history.events) / steps, sum(event.ByteSize() for event in history.events) / steps
    _row(table, "history events a human step", "9", f"{events:.1f}", keeps=events <= 9)
    _row(table, "history bytes a human step", "1500", f"{size:.0f}", keeps=size <= 1500)
    memory = f"{ours.memory / 1024:.0f} KiB (raw {bare.memory / 1024:.0f})"
    _row(table, "memory of an open case", "110 KiB", memory, keeps=ours.memory <= 110 * 1024)


async def _storing(table: Table, folder: Path, database: Path, audits: list[str]) -> None:
    records = Database(stored.url_of(database))
    pattern = await stored.a_case(records)
    await records.close()
    few, many = await stored.listing(folder, pattern, SIZES, PAGES)
    measured = f"{many / few:.2f} x ({many * 1000:.1f} : {few * 1000:.1f} ms)"
    _row(table, f"lists of {SIZES[1]} cases, p99", f"1.5 x {SIZES[0]}", measured, keeps=many <= 1.5 * few)
    stored.grow(database, audits, EVENTS)
    rate, alone = await stored.rebuilding(database)
    measured = f"{rate:.0f} ({alone:.0f} a processor second)"
    _row(table, "rebuild, events a second", "2000", measured, keeps=rate >= 2000)


def main() -> None:
    """Start everything in a folder of its own, measure, stop, and print one table."""
    table = Table("what", "budget", "measured", "")
    with tempfile.TemporaryDirectory(prefix="vetted-bench-") as name:
        folder = Path(name)
        settings, family = own_settings(folder), Family(folder / "children.json")
        try:
            seeded = start(settings, family, Waiting(print))
            command = (sys.executable, "-m", "bench.raw", settings.temporal_address)
            family.start(Child("raw", command, child_environment(os.environ, settings), log_file(folder, "raw")))
            processes = {child.name: psutil.Process(child.process.pid) for child in family.children if child.process}
            ours, bare, audits, history = asyncio.run(_serving(settings, seeded, processes))
        finally:
            family.stop()
        _compare(table, ours, bare, history)
        stored.prepare(folder, SIZES)
        asyncio.run(_storing(table, folder, Path(settings.data_dir) / "vetted.db", audits))
    Console().print(table)


def own_settings(folder: Path) -> Settings:
    """Settings with ports that are free and a folder of its own."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        ports = [each.getsockname()[1] for each in sockets]
    given = zip(("VETTED_API_PORT", "VETTED_TEMPORAL_PORT", "VETTED_UI_PORT"), map(str, ports), strict=True)
    os.environ.update(dict(given) | {"VETTED_DATA_DIR": str(folder)})
    return load()


if __name__ == "__main__":
    main()
