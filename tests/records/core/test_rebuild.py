import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from sqlalchemy import select
from sqlmodel import SQLModel, col

from domain.core.case import Subject
from domain.core.clocks import Level
from domain.core.entry import AlarmLine, AnyLine, Entry, Move, OpenTask, Send, StartCase
from domain.core.forms import Process
from domain.core.people import SYSTEM, Actor, Role
from records.contexts import load
from records.core.database import Database
from records.core.rebuild import replay
from records.core.tables.journal import AccountRow
from records.core.tables.kept import JOURNAL
from tests.authorised import forget_what_is_authorised
from tests.company import Company
from tests.records.databases import Databases, on_one_database
from tests.records.qualifying import Qualifying
from tests.records.rebuilt import is_rebuilt_identically, projected
from tests.records.seeded import START, Seeded
from tests.replay.record import disputed_and_reworked_audit

ROOT = Path(__file__).parents[3]
REBUILD = "from records.contexts import load; from records.core.rebuild import rebuild"
Payload = dict[str, JsonValue]


async def test_a_rebuild_gives_the_same_rows(seeded: Seeded) -> None:
    await _a_year_of_oversight(seeded)
    master = ("suppliers", "sites", "scopes", "calendars", "people", "person_roles", "delegations", "policies")
    await is_rebuilt_identically(seeded.database, *master, "cases", "tasks", "task_roles", "rungs", "records")


async def test_the_journal_alone_gives_everything(seeded: Seeded, databases: Databases, database_kind: str) -> None:
    await _a_year_of_oversight(seeded)
    await forget_what_is_authorised(seeded.database)
    other = Database(databases.migrated(database_kind))
    for table in SQLModel.metadata.sorted_tables:
        if table.name in JOURNAL:
            async with seeded.database.engine.connect() as connection:
                rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
            if rows:
                async with other.engine.begin() as connection:
                    await connection.execute(table.insert(), rows)
    await replay(other.engine.url.render_as_string(hide_password=False), load())
    assert await projected(other) == await projected(seeded.database)
    await other.close()


@on_one_database
async def test_another_process_rebuilds_the_same_rows(seeded: Seeded) -> None:
    """Processes order the members of sets differently; rows must not depend on it."""
    await _a_year_of_oversight(seeded)
    await forget_what_is_authorised(seeded.database)
    before = await projected(seeded.database)
    url = seeded.database.engine.url.render_as_string(hide_password=False)
    for hash_seed in ("1", "2", "3"):
        command = (sys.executable, "-c", f"{REBUILD}; rebuild({url!r}, load())")
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        assert await done.wait() == 0
        assert await projected(seeded.database) == before


async def test_a_disputed_and_reworked_audit_is_rebuilt(company: Company) -> None:
    await disputed_and_reworked_audit(company)
    await company.delivered()
    await is_rebuilt_identically(company.database, "audits", "participants", "findings", "capas", "documents")


async def test_what_is_no_function_of_the_journal_stays(seeded: Seeded) -> None:
    before = await _accounts(seeded.database)
    await replay(seeded.database.engine.url.render_as_string(hide_password=False), load())
    assert await _accounts(seeded.database) == before


async def _accounts(database: Database) -> list[dict[str, Any]]:
    async with database.engine.connect() as connection:
        rows = (await connection.execute(select(AccountRow.__table__).order_by(col(AccountRow.user)))).mappings()  # type: ignore[attr-defined]
        return [dict(row) for row in rows]


async def _a_year_of_oversight(seeded: Seeded) -> None:
    """Master data that changes, a delegation, and an audit with a task that was opened, reminded of and answered."""
    ines, hana, priya = [await seeded.actor(user) for user in ("ines", "hana", "priya")]
    await seeded.write("supplier.changed", "SUP-1", {"set": {"name": "Veldmark AG"}, "reason": "New form"}, by=ines)
    await seeded.write("site.changed", "VM-02", {"set": {"name": "Plant 2a"}, "reason": "Renamed"}, by=ines)
    scope: Payload = {"scope_id": "SC-1", "set": {"sole_source": False}, "reason": "A second source"}
    await seeded.write("scope.changed", "VM-02", scope, by=ines)
    days: Payload = {"set": {"closing_days": ["2025-12-24"]}, "reason": "Site holidays"}
    await seeded.write("calendar.changed", "CAL-UTC", days, by=ines)
    roles: Payload = {"set": {"roles": ["QC_REVIEWER", "REG_AFFAIRS"]}, "reason": "New task"}
    await seeded.write("person.changed", seeded.result.person("carla"), roles)
    absence: Payload = {"set": {"absent_until": "2025-02-01"}, "reason": "Ill"}
    await seeded.write("person.absent", seeded.result.person("tom"), absence)
    offer: Payload = {
        "delegate": hana.person,
        "roles": ["QA_APPROVER"],
        "valid_from": "2025-01-13",
        "valid_to": "2025-02-13",
        "reason": "Leave",
    }
    given = await seeded.write("delegation.offered", priya.person, {"record": offer}, by=priya)
    accepted: Payload = {"delegation_id": given.effect["id"]}
    await seeded.write("delegation.accepted", priya.person, accepted, by=hana)

    case_id = await _an_audit(seeded, ines)
    decide = OpenTask(
        task_id=f"{case_id}.1", action="decide", by=frozenset({Role.HEAD_QA}), clock="fc.decision", since=START
    )
    await _step(seeded, case_id, 1, decide, Move(stage="REQUESTED", offers=("hold",)))
    await _step(seeded, case_id, 2, AlarmLine(task_id=f"{case_id}.1", alarm="due", level=Level.L0), days=3)
    await _step(seeded, case_id, 3, AlarmLine(task_id=f"{case_id}.1", alarm="rung", level=Level.L3), days=4)
    audit = Qualifying(seeded, case_id, START + timedelta(days=5), Process.AUDIT)
    await audit.answers("ines", "hold", reason="Site closed by flood")
    audit.passes(days=1)
    await audit.answers("hana", "resume", reason="Site open again")
    plan = OpenTask(task_id=f"{case_id}.2", action="plan", by=frozenset({Role.SUPPLIER_QUALITY}), since=START)
    await _step(seeded, case_id, 4, plan, Send(to="SITE-1", subject=Subject.OUTCOME), days=7)
    other = await _an_audit(seeded, ines, reference="HOTLINE-2")
    await _step(seeded, other, 1, Move(stage="CANCELLED", closes=True, outcome="CANCELLED"), days=8)


async def _an_audit(seeded: Seeded, by: Actor, reference: str = "HOTLINE-1") -> str:
    form = dict(seeded.result.audit_request)
    form["trigger"] = {"reason": "DI_BREACH", "reference": reference, "description": "Deleted injections."}
    entry = Entry(
        stream="",
        command_id=f"start:{reference}",
        at=START,
        actor=by,
        lines=(StartCase(process=Process.AUDIT, form=form),),
    )
    (case_id,) = (await seeded.journal.write(entry)).started
    return case_id


async def _step(seeded: Seeded, case_id: str, number: int, *lines: AnyLine, by: Actor = SYSTEM, days: int = 0) -> None:
    at = START + timedelta(days=days)
    await seeded.journal.write(Entry(stream=case_id, command_id=f"{case_id}:{number}", at=at, actor=by, lines=lines))
