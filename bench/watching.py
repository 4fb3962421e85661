"""`python -m bench.watching [sites]`: what it costs to watch many sites, by default 2,000; takes some five minutes.

The embedded program runs as for anybody. Commands of an audit are timed with few cases open; then so many entries of
the approved supplier list are stated and watched, and the same commands are timed again. They have been evaluated by
then, and nothing wakes them meanwhile. Memory is what the worker holds more than before, for each oversight case.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import psutil
from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from sqlmodel import col, func, select

from bench.__main__ import AUDITS, ROUNDS, own_settings
from bench.people import People
from domain.asl.asl import stream_of
from domain.core.entry import AnyLine, Entry, PlainEvent, StartCase, Written
from domain.core.forms import Process
from embedded.claims import local_address
from embedded.dev import start
from embedded.processes import Family
from embedded.progress import Waiting
from embedded.welcome import Seeded
from records.asl.tables.oversight import OversightRow
from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal
from settings import Settings

SITES = 2_000
SCOPES_OF_A_SITE = 10


class Watching:
    """Entries of the list that are stated and watched, so many that it matters."""

    def __init__(self, database: Database, web: str) -> None:
        self._database = database
        self._journal = Journal(database, load(), web=web)

    async def begin(self, entries: int) -> float:
        """State and watch so many entries; returns the seconds until every one has been evaluated."""
        began = time.perf_counter()
        site = ""
        for number in range(entries):
            if number % SCOPES_OF_A_SITE == 0:
                site = f"BENCH-{number // SCOPES_OF_A_SITE}"
                await self._site(site)
            await self._entry(site, number)
        while True:
            if await self._evaluated() >= entries:
                return time.perf_counter() - began
            await asyncio.sleep(0.5)

    async def _site(self, site: str) -> None:
        record: dict[str, JsonValue] = {
            "site_id": site, "supplier_id": "SUP-1", "name": site, "address": f"{site} street", "tz": "UTC",
            "calendar_id": "CAL-UTC", "identifiers": {},
        }  # fmt: skip
        await self._write(site, PlainEvent(type="site.registered", payload={"record": record, "site_id": site}))

    async def _entry(self, site: str, number: int) -> None:
        record: dict[str, JsonValue] = {
            "activity": "TESTING", "product": f"Product {number}", "markets": ["EU"], "stage": "COMMERCIAL",
            "sole_source": False, "risk_tier": "MEDIUM",
        }  # fmt: skip
        registered = PlainEvent(type="scope.registered", payload={"record": record, "site_id": site})
        scope = str((await self._write(site, registered)).effect["id"])
        due = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
        stated: dict[str, JsonValue] = {
            "scope_id": scope, "site_id": site, "supplier_id": "SUP-1", "status": "APPROVED", "suspension_scope": None,
            "effective_from": datetime.now(UTC).isoformat(), "reason_code": "QUALIFICATION", "reason": "As decided.",
            "decided_in": "QC-0", "decided_by": [], "oversight_model": None, "valid_to": None, "next_audit_due": due,
            "next_requal_due": due, "markets": ["EU"],
        }  # fmt: skip
        await self._write(stream_of(scope), PlainEvent(type="asl.changed", payload=stated))
        await self._write("", StartCase(process=Process.OVERSIGHT, form={"site_id": site, "scope_id": scope}))

    async def _write(self, stream: str, line: AnyLine) -> Written:
        key = f"bench/{time.perf_counter_ns()}"
        return await self._journal.write(Entry(stream=stream, command_id=key, at=datetime.now(UTC), lines=(line,)))

    async def _evaluated(self) -> int:
        async with self._database.reading() as session:
            query = select(func.count()).select_from(OversightRow).where(col(OversightRow.looked_at).is_not(None))
            return (await session.exec(query)).one()


async def _measured(settings: Settings, seeded: Seeded, worker: psutil.Process, lines: int) -> dict[str, float]:
    database = Database(settings.database_url)
    async with httpx2.AsyncClient(base_url=local_address(settings), timeout=60) as http:
        people = People(http, database, settings.dev_password, lambda: 0.0)
        await _commands(people, seeded)  # warms up
        few = await _commands(people, seeded)
        resident = worker.memory_info().rss
        seconds = await Watching(database, settings.public_url).begin(lines)
        await asyncio.sleep(5)
        grown = worker.memory_info().rss - resident
        many = await _commands(people, seeded)
    await database.close()
    return {"few": few, "many": many, "memory": grown / lines, "seconds": seconds}


async def _commands(people: People, seeded: Seeded) -> float:
    """The median of the commands of some audits, in seconds."""
    seconds: list[float] = []
    for _ in range(ROUNDS * AUDITS):
        audit, _ = await people.request(seeded.audit_request)
        seconds += await people.follow(audit)
    return statistics.median(seconds)


def main() -> None:
    """Start everything in a folder of its own, measure, stop, and print one table."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else SITES
    table = Table("what", "budget", "measured")
    with tempfile.TemporaryDirectory(prefix="vetted-bench-") as name:
        folder = Path(name)
        settings, family = own_settings(folder), Family(folder / "children.json")
        try:
            seeded = start(settings, family, Waiting(print))
            processes = {child.name: psutil.Process(child.process.pid) for child in family.children if child.process}
            found = asyncio.run(_measured(settings, seeded, processes["worker"], lines))
        finally:
            family.stop()
    few, many = found["few"] * 1000, found["many"] * 1000
    table.add_row("memory of an open oversight", "110 KiB", f"{found['memory'] / 1024:.0f} KiB")
    table.add_row(f"command p50 with {lines} watched", "1.2 x", f"{many / few:.2f} x ({many:.1f} : {few:.1f} ms)")
    table.add_row("watching all of them began within", "-", f"{found['seconds']:.0f} s")
    Console().print(table)


if __name__ == "__main__":
    main()
