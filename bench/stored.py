"""What the records cost: rebuilding the projections, and lists that grow. No server is needed."""

import re
import sqlite3
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import SQLModel, col, select

from domain.core.forms import Process
from domain.core.people import Actor, Org, Role
from records.contexts import load
from records.core.database import Database, upgrade
from records.core.rebuild import replay
from records.core.tables.cases import CaseRow
from records.views.cases import list_cases

SITES = 200
STAGES = ("PLANNED", "NOTICED", "REPORT_DRAFT", "REPORT_ISSUED", "CLOSED")
_COPIED = "type, command_id, site_id, audience, recorded_at, hash"


def url_of(database: Path) -> str:
    return f"sqlite+aiosqlite:///{database}"


def grow(database: Path, audits: Sequence[str], events: int) -> None:
    """Copy the journals of audits under new ids until there are so many events."""
    with sqlite3.connect(database) as journal:
        marks = ", ".join("?" * len(audits))
        query = f"SELECT stream, number, body, {_COPIED} FROM events WHERE stream IN ({marks}) ORDER BY position"  # noqa: S608
        rows = journal.execute(query, audits).fetchall()
        insert = f"INSERT INTO events (stream, number, body, {_COPIED}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        for shift in range(1, events // len(rows) + 1):

            def renumbered(text: str, offset: int = shift * 100_000) -> str:
                return re.sub(r"\bAUD-(\d+)", lambda found: f"AUD-{int(found[1]) + offset}", text)

            journal.executemany(
                insert,
                [(renumbered(stream), number, renumbered(body), *copied) for stream, number, body, *copied in rows],
            )


async def rebuilding(database: Path) -> tuple[float, float]:
    """Events a second, and events a second of processor time, which others on this machine do not slow down."""
    before = time.process_time()
    rebuilt = await replay(url_of(database), load())
    return rebuilt.events / rebuilt.seconds, rebuilt.events / (time.process_time() - before)


async def listing(folder: Path, pattern: CaseRow, sizes: Sequence[int], rounds: int) -> list[float]:
    """The 99th percentile, in seconds, of a page of cases for each number of cases: the worst of several lists."""
    databases = [await _filled(folder / f"{size}.db", pattern, size) for size in sizes]
    lists = [
        (_actor(Org.SPONSOR, Role.SUPPLIER_QUALITY), None),
        (_actor(Org.SPONSOR, Role.SUPPLIER_QUALITY), STAGES[0]),
        (_actor(Org.CDMO, Role.CDMO_QA, "SITE-1"), None),
    ]
    worst = [0.0 for _ in sizes]
    for actor, stage in lists:
        seconds: list[list[float]] = [[] for _ in sizes]
        for _ in range(rounds):
            for place, database in enumerate(databases):
                began = time.perf_counter()
                async with database.reading() as session:
                    page = await list_cases(session, actor, Process.AUDIT, stage=stage, limit=5)
                seconds[place].append(time.perf_counter() - began)
                assert len(page.items) == 5
        worst = [max(was, statistics.quantiles(now, n=100)[98]) for was, now in zip(worst, seconds, strict=True)]
    for database in databases:
        await database.close()
    return worst


def _actor(org: Org, role: Role, *sites: str) -> Actor:
    return Actor(
        person="PER-1", user="bench", name="Bench", org=org, roles=frozenset({role}), sites=frozenset(sites),
        supplier_id="SUP-1" if org is Org.CDMO else None,
    )  # fmt: skip


async def _filled(path: Path, pattern: CaseRow, size: int) -> Database:
    database = Database(url_of(path))
    table = SQLModel.metadata.tables["cases"]
    row = pattern.model_dump()
    cases = [
        row | {"case_id": f"AUD-{no}", "number": no, "site_id": f"SITE-{no % SITES}", "stage": STAGES[no % len(STAGES)]}
        for no in range(1, size + 1)
    ]
    async with database.engine.begin() as connection:
        await connection.execute(table.insert(), cases)
    return database


async def a_case(database: Database) -> CaseRow:
    """Any audit."""
    async with database.reading() as session:
        return (await session.exec(select(CaseRow).where(col(CaseRow.process) == Process.AUDIT.value).limit(1))).one()


def prepare(folder: Path, sizes: Sequence[int]) -> None:
    """Create the databases of `listing`, before an event loop runs."""
    for size in sizes:
        upgrade(url_of(folder / f"{size}.db"))
