"""A database that release 0.4.0 has left behind, with cases at many stages, goes on under this program.

`database_of_0_4_0.sql.gz` is what people wrote into it over HTTP. It is never made anew. Accounts, secrets and what was
already delivered are left out. That the procedures of its cases go on is told by the recorded histories.
"""

import gzip
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import SQLModel, select

from domain.core.forms import Process
from domain.processes import form_of
from records.batch.tables.decisions import HoldRow
from records.batch.tables.process import BatchDeviationRow
from records.contexts import load
from records.core.database import Database, upgrade
from records.core.journal import Journal
from records.core.people.actors import actor_of
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.facts import FactRow
from records.core.tables.journal import EventRow
from records.core.tables.master_data import PolicyRow
from records.core.verify import broken_links
from records.installation.supplementing import supplement_policy
from records.installation.taking_up import take_up, take_up_facts
from tests.records.databases import Databases
from tests.records.rebuilt import are_rebuilt_identically, is_rebuilt_identically

R = TypeVar("R", bound=SQLModel)
DUMP = Path(__file__).with_name("database_of_0_4_0.sql.gz")
UPGRADED = datetime(2026, 12, 1, 8, tzinfo=UTC)
EVENTS = 431
OPEN = [
    ("AUD-2", "plan"),
    ("AUD-3", "plan"),
    ("AUD-4", "confirm"),
    ("AUD-5", "approve-report"),
    ("AUD-6", "respond"),
    ("BAT-1", "finish"),
    ("BAT-2", "approve"),
    ("BAT-2", "certify"),
    ("CAPA-1", "implement"),
    ("CAPA-2", "implement"),
    ("CHG-1", "classify"),
    ("EVT-1", "triage"),
    ("INS-1", "begin"),
    ("QC-2", "hand-in-questionnaire"),
    ("QC-3", "screen"),
    ("STA-1", "suspend"),
    ("TX-1", "respond"),
]
"""The tasks that waited for people."""


@pytest.fixture
def old_url(databases: Databases) -> str:
    """The address of the database, with the newest schema."""
    url = databases.empty("sqlite")
    with closing(sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        connection.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    upgrade(url)
    return url


@pytest.fixture
async def old(old_url: str) -> AsyncIterator[Database]:
    """The database after `vetted db upgrade`."""
    database = Database(old_url)
    journal = Journal(database, load(), web="http://vetted")
    await supplement_policy(database, journal, UPGRADED)
    assert await take_up(database, journal, UPGRADED) == []  # its site is watched already
    yield database
    await database.close()


async def rows(database: Database, table: type[R]) -> list[R]:
    async with database.reading() as session:
        return list((await session.exec(select(table))).all())


async def test_its_journal_is_whole(old: Database) -> None:
    assert len(await rows(old, EventRow)) >= EVENTS
    assert await broken_links(old) == []


async def test_its_journal_gives_the_same_rows_under_this_program(old: Database) -> None:
    tables = ("cases", "tasks", "records", "answers", "agreements", "certificates", "findings", "exchanges", "batches")
    await is_rebuilt_identically(old, *tables, "parameter_sets", "specifications", "delegations", "policies")


async def test_the_same_tasks_wait_and_their_forms_take_what_is_known(old: Database) -> None:
    tasks = [task for task in await rows(old, TaskRow) if task.state == "OPEN"]
    assert sorted((task.case_id, task.action) for task in tasks) == OPEN
    for task in tasks:
        assert set(task.prefill) <= form_of(Process(task.process), task.action).model_fields.keys()


async def test_what_was_on_hold_is_on_hold(old: Database) -> None:
    assert sorted(case.case_id for case in await rows(old, CaseRow) if case.held) == ["AUD-3", "QC-3"]


async def test_its_policy_is_in_force_and_the_one_dated_ahead_is_not_yet(old: Database) -> None:
    first, signed, ahead = sorted(await rows(old, PolicyRow), key=lambda row: row.version)[:3]
    assert first.effective_from < signed.effective_from < UPGRADED < ahead.effective_from


async def test_a_delegation_counts(old: Database) -> None:
    """Tom has handed his audits over to Ruth for some days."""
    async with old.reading() as session:
        ruth = await actor_of(session, "PER-9", "ruth", at=UPGRADED, on_behalf_of="PER-2")
    assert ruth.on_behalf_of == "PER-2"


async def test_what_holds_in_it_is_established_once_with_the_upgrade_as_its_cause(old: Database) -> None:
    """A grave deviation was reported of a batch in manufacture, and its hold was lost by hand."""
    journal = Journal(old, load(), web="http://vetted")
    async with old.writing() as session:
        session.add(
            BatchDeviationRow(
                batch_id="BAT-1", deviation_id="DEV-1", deviation_class="MAJOR", state="OPEN",
                description="Too warm.", detected_at=UPGRADED, reported_at=UPGRADED,
            )
        )  # fmt: skip
    assert await take_up_facts(old, journal, load(), UPGRADED) == ["GraveDeviationReported BAT-1:DEV-1:MAJOR"]
    (fact,) = await rows(old, FactRow)
    (hold,) = await rows(old, HoldRow)
    assert (fact.cause, fact.consequences["holds"]) == (
        {"entry": "BAT-1", "by": "upgrade", "fact": None},
        [hold.hold_id],
    )
    assert (hold.batch_id, hold.type, hold.fact_identity) == ("BAT-1", "DEVIATION", "BAT-1:DEV-1:MAJOR")
    assert await take_up_facts(old, journal, load(), UPGRADED) == []
    assert (len(await rows(old, FactRow)), len(await rows(old, HoldRow))) == (1, 1)
    assert await broken_links(old) == []
    await are_rebuilt_identically(old, "facts", "fact_subjects", "holds")
