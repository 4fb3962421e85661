import json
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from records.core.database import Database, SchemaMismatch, _alembic, synchronous, upgrade
from records.core.tables.master_data import PolicyRow
from tests.records.databases import Databases


def test_the_revisions_give_exactly_the_tables(databases: Databases, database_kind: str) -> None:
    url = databases.empty(database_kind)
    upgrade(url)
    upgrade(url)
    command.check(_alembic(url))


async def test_instants_stay_aware_and_in_utc(database: Database) -> None:
    noon_in_tokyo = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=9)))
    async with database.writing() as session:
        session.add(PolicyRow(version=1, effective_from=noon_in_tokyo, body={}))
    async with database.reading() as session:
        row = await session.get_one(PolicyRow, 1)
    assert row.effective_from == noon_in_tokyo
    assert row.effective_from.tzinfo is UTC


def test_a_newer_schema_is_refused(databases: Databases, database_kind: str) -> None:
    url = databases.migrated(database_kind)
    engine = create_engine(synchronous(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaMismatch, match=r"9999.*newer"):
        upgrade(url)


def test_tables_of_another_program_are_refused(databases: Databases, database_kind: str) -> None:
    url = databases.empty(database_kind)
    engine = create_engine(synchronous(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER PRIMARY KEY)"))
    engine.dispose()
    with pytest.raises(SchemaMismatch, match="another program"):
        upgrade(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("These are notes, and they are long enough to look like something. " * 40)
    with pytest.raises(SchemaMismatch, match="not a database"):
        upgrade(f"sqlite+aiosqlite:///{tmp_path / 'notes.db'}")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "notes.db").execute("SELECT * FROM sqlite_master")


def test_what_batches_shared_before_is_found_by_its_key(databases: Databases, database_kind: str) -> None:
    url = databases.empty(database_kind)
    command.upgrade(_alembic(url), "0004")
    engine = create_engine(synchronous(url))
    used = (
        "INSERT INTO batch_uses (batch_id, kind, reference, detail, approved) VALUES (:batch, :kind, :name, '', true)"
    )
    written = [("BAT-1", "EQUIPMENT", "R-201"), ("BAT-2", "EQUIPMENT", "r 201"), ("BAT-2", "ANALYST", "J. M\u00fcller")]
    with engine.begin() as connection:
        for batch, kind, name in written:
            connection.execute(text(used), {"batch": batch, "kind": kind, "name": name})
    upgrade(url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT reference, key FROM batch_uses ORDER BY reference")).all()
    engine.dispose()
    assert {row.reference: row.key for row in rows} == {
        "R-201": "r 201",
        "r 201": "r 201",
        "J. M\u00fcller": "j mueller",
    }


def test_the_lot_of_a_second_maker_that_was_lost_is_found_in_the_record(
    databases: Databases, database_kind: str
) -> None:
    url = databases.empty(database_kind)
    command.upgrade(_alembic(url), "0022")
    engine = create_engine(synchronous(url))
    lots = [{"name": "Agent", "lot": "C-1", "manufacturer": maker} for maker in ("Rheinchem AG", "Nordchem AG")]
    uses = "INSERT INTO batch_uses (batch_id, kind, reference, key, detail, material, lot, approved) VALUES "
    records = (
        "INSERT INTO records (case_id, action, version, number, audience, form, effect, sha256, by_person, by_name, at,"
        " recorded_at) VALUES ('BAT-1', 'start', 1, 2, 'SHARED', :form, '{}', '0', 'PER-1', 'Wen', :at, :at)"
    )
    with engine.begin() as connection:
        lot = "('BAT-1', 'MATERIAL', 'Agent C-1', 'agent c 1', 'Nordchem AG', 'Agent', 'C-1', true)"
        connection.execute(text(f"{uses} {lot}"))
        connection.execute(text(f"{uses} ('BAT-1', 'EQUIPMENT', 'R-1', 'r 1', '', NULL, NULL, true)"))
        given = {"form": json.dumps({"materials": lots}), "at": "2025-01-13T06:00:00+00:00"}
        connection.execute(text(records), given)
    upgrade(url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT reference, issuer, detail FROM batch_uses ORDER BY issuer")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("R-1", "", ""),
        ("Agent C-1", "nordchem ag", "Nordchem AG"),
        ("Agent C-1", "rheinchem ag", "Rheinchem AG"),
    ]


def test_declarations_of_before_are_found_under_their_appointments(databases: Databases, database_kind: str) -> None:
    url = databases.empty(database_kind)
    command.upgrade(_alembic(url), "0051")
    engine = create_engine(synchronous(url))
    events = (
        "INSERT INTO events (stream, number, type, command_id, audience, recorded_at, body, hash) VALUES"
        " (:stream, 1, 'qp_declaration.declare', :stream, 'SPONSOR', :at, :body, '0')"
    )
    at = "2025-01-13T06:00:00+00:00"
    with engine.begin() as connection:
        for stream, effect in (("QPD-1", {"appointment": "APT-1"}), ("QPD-2", {}), ("QPD-3", {"appointment": "APT-1"})):
            body = json.dumps({"occurred_at": at.replace("+00:00", "Z"), "payload": {"effect": effect}})
            connection.execute(text(events), {"stream": stream, "at": at, "body": body})
        known = "('QPD-3', 1, 0, 'APT-1', '2025-01-13 06:00:00+00:00')"
        uses = "INSERT INTO appointment_uses (stream, event_number, place, number, signed_at) VALUES"
        connection.execute(text(f"{uses} {known}"))
    upgrade(url)
    with engine.begin() as connection:
        found = text("SELECT stream, event_number, place, number, signed_at FROM appointment_uses ORDER BY stream")
        rows = [tuple(row) for row in connection.execute(found).all()]
    engine.dispose()
    assert [row[:4] for row in rows] == [("QPD-1", 1, 0, "APT-1"), ("QPD-3", 1, 0, "APT-1")]
    assert str(rows[0][4])[:19] == "2025-01-13 06:00:00"
