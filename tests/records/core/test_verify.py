import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from records.core.documents.store import DocumentStore
from records.core.verify import Broken, broken_links, check, verify
from tests.records.seeded import Seeded

Tamper = Callable[[AsyncSession], Awaitable[object]]


def _says(statement: str) -> Tamper:
    async def tamper(session: AsyncSession) -> None:
        done = await (await session.connection()).execute(text(statement))
        assert done.rowcount == 1

    return tamper


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = replace(body, 'Ines', 'Inez')",
        "DELETE FROM events",
        "UPDATE events SET site_id = NULL",
    ],
)
async def test_what_was_written_cannot_be_changed(seeded: Seeded, statement: str) -> None:
    with pytest.raises(DBAPIError, match="events is append-only"):
        async with seeded.database.writing() as session:
            await (await session.connection()).execute(text(statement))
    assert await broken_links(seeded.database) == []


async def test_the_journal_cannot_be_emptied_or_overwritten(seeded: Seeded) -> None:
    statement = (
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1"
        if seeded.database.is_sqlite
        else "TRUNCATE events"
    )
    with pytest.raises(DBAPIError, match="events is append-only"):
        async with seeded.database.writing() as session:
            await (await session.connection()).execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "number", "what"),
    [
        (
            "UPDATE events SET body = replace(body, 'Ines Marin', 'Ines Maria') WHERE stream = 'PER-1' AND number = 1",
            1,
            "the text and its hash do not fit",
        ),
        ("UPDATE events SET type = 'person.absent' WHERE stream = 'PER-1' AND number = 2", 2, "the column type says"),
        ("UPDATE events SET site_id = 'OB-01' WHERE stream = 'PER-1' AND number = 2", 2, "the column site_id says"),
        ("UPDATE events SET audience = 'SHARED' WHERE stream = 'PER-1' AND number = 2", 2, "the column audience says"),
        ("DELETE FROM events WHERE stream = 'PER-1' AND number = 1", 1, "missing; the next one is 2"),
        ("DELETE FROM events WHERE stream = 'PER-1' AND number = 2", 2, "missing; the stream had 2 events"),
        ("UPDATE streams SET number = 1 WHERE stream = 'PER-1'", 3, "unknown to the head"),
        ("UPDATE streams SET hash = '0' WHERE stream = 'PER-1'", 3, "the head of the stream has another hash"),
        ("DELETE FROM streams WHERE stream = 'PER-1'", 3, "the stream has events but no head"),
    ],
)
async def test_what_was_altered_behind_the_triggers_is_named(
    seeded: Seeded, statement: str, number: int, what: str
) -> None:
    await _behind_the_triggers(seeded, _says(statement))
    (broken,) = await broken_links(seeded.database)
    assert (broken.stream, broken.number) == ("PER-1", number)
    assert broken.what.startswith(what)


async def test_a_tail_cut_off_with_its_head_is_missed_by_its_command(seeded: Seeded) -> None:
    async def cut(session: AsyncSession) -> None:
        await (await session.connection()).execute(text("DELETE FROM events WHERE stream = 'PER-1' AND number = 2"))
        await (await session.connection()).execute(
            text(
                "UPDATE streams SET number = 1, hash = (SELECT hash FROM events WHERE stream = 'PER-1' AND number = 1)"
                " WHERE stream = 'PER-1'"
            )
        )

    await _behind_the_triggers(seeded, cut)
    (broken,) = await broken_links(seeded.database)
    assert broken == Broken("PER-1", 2, "missing; it is what command seed:person.changed:ties:ines wrote")


async def test_the_command_ends_with_1_if_anything_was_altered(
    seeded: Seeded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = seeded.database.engine.url.render_as_string(hide_password=False)
    await asyncio.to_thread(verify, url, tmp_path)
    async with seeded.database.reading() as session:
        events, streams = (
            await (await session.connection()).execute(text("SELECT count(*), count(DISTINCT stream) FROM events"))
        ).one()
    assert capsys.readouterr().out.splitlines() == [
        f"Checked: journal: {events} events in {streams} streams; documents: 0 files. All of it is whole.",
        "Not checked: projections. `vetted db rebuild` makes them again from the journal.",
    ]
    await _behind_the_triggers(seeded, _says("DELETE FROM events WHERE stream = 'PER-1' AND number = 2"))
    with pytest.raises(SystemExit) as end:
        await asyncio.to_thread(verify, url, tmp_path)
    assert end.value.code == 1
    assert "PER-1, event 2: missing" in capsys.readouterr().out


async def _uploaded(seeded: Seeded, store: DocumentStore, document_id: str, content: bytes) -> Path:
    """Keep a file as the API does, and say where it lies."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    kept = await store.keep(chunks(), filename="report.txt", limit=1000)
    await seeded.write(
        "document.uploaded",
        document_id,
        {
            "sha256": kept.sha256,
            "size": kept.size,
            "media_type": kept.media_type,
            "title": "Report",
            "filename": "report.txt",
            "case_id": None,
            "site_id": None,
        },
        by=await seeded.actor("ines"),
    )
    return store.path(kept.sha256)


async def test_files_are_hashed_again_and_the_same_file_once(seeded: Seeded, tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    for number, content in enumerate((b"as observed", b"as agreed", b"as observed"), start=1):
        await _uploaded(seeded, store, f"DOC-{number}", content)
    checked = await check(seeded.database, store)
    assert (checked.files, checked.broken) == (2, [])


async def test_a_file_that_was_altered_or_removed_is_named(seeded: Seeded, tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    altered = await _uploaded(seeded, store, "DOC-1", b"as observed")
    removed = await _uploaded(seeded, store, "DOC-2", b"as agreed")
    await _uploaded(seeded, store, "DOC-3", b"as signed")
    altered.chmod(0o640)
    altered.write_bytes(b"as 0bserved")
    removed.unlink()
    checked = await check(seeded.database, store)
    assert checked.broken == [
        Broken("DOC-1", 1, f"the file {altered.name} was altered"),
        Broken("DOC-2", 1, f"the file {removed.name} cannot be read: No such file or directory"),
    ]
    assert str(checked).startswith(f"DOC-1, event 1: the file {altered.name} was altered\nDOC-2, event 1: ")
    assert "documents: 3 files. Broken: 2." in str(checked)


async def _behind_the_triggers(seeded: Seeded, tamper: Tamper) -> None:
    async with seeded.database.writing() as session:
        if seeded.database.is_sqlite:
            for trigger in ("events_refuse_update", "events_refuse_delete"):
                await (await session.connection()).execute(text(f"DROP TRIGGER {trigger}"))
        else:
            await (await session.connection()).execute(text("SET LOCAL session_replication_role = replica"))
        await tamper(session)
