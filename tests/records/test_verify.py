from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from records.verify import Broken, broken_links, verify
from tests.records.seeded import Seeded

Tamper = Callable[[AsyncSession], Awaitable[object]]


def _says(statement: str) -> Tamper:
    async def tamper(session: AsyncSession) -> None:
        done = await session.execute(text(statement))
        assert done.rowcount == 1  # type: ignore[attr-defined]

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
            await session.execute(text(statement))
    assert await broken_links(seeded.database) == []


async def test_the_journal_cannot_be_emptied_or_overwritten(seeded: Seeded) -> None:
    statement = (
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1"
        if seeded.database.is_sqlite
        else "TRUNCATE events"
    )
    with pytest.raises(DBAPIError, match="events is append-only"):
        async with seeded.database.writing() as session:
            await session.execute(text(statement))


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
        await session.execute(text("DELETE FROM events WHERE stream = 'PER-1' AND number = 2"))
        await session.execute(
            text(
                "UPDATE streams SET number = 1, hash = (SELECT hash FROM events WHERE stream = 'PER-1' AND number = 1)"
                " WHERE stream = 'PER-1'"
            )
        )

    await _behind_the_triggers(seeded, cut)
    (broken,) = await broken_links(seeded.database)
    assert broken == Broken("PER-1", 2, "missing; it is what command seed:person.changed:ties:ines wrote")


async def test_the_command_ends_with_1_if_anything_was_altered(
    seeded: Seeded, capsys: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    url = seeded.database.engine.url.render_as_string(hide_password=False)
    await asyncio.to_thread(verify, url)
    assert capsys.readouterr().out == "The journal is whole.\n"
    await _behind_the_triggers(seeded, _says("DELETE FROM events WHERE stream = 'PER-1' AND number = 2"))
    with pytest.raises(SystemExit) as end:
        await asyncio.to_thread(verify, url)
    assert end.value.code == 1
    assert "PER-1, event 2: missing" in capsys.readouterr().out


async def _behind_the_triggers(seeded: Seeded, tamper: Tamper) -> None:
    async with seeded.database.writing() as session:
        if seeded.database.is_sqlite:
            for trigger in ("events_refuse_update", "events_refuse_delete"):
                await session.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
        await tamper(session)
