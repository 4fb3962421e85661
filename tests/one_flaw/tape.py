"""What the world's journal was told, entry by entry: the same story can be told again with one word changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.core.entry import Entry, Written
from records.core.journal import Journal


class Tape:
    """Takes down every entry that is written, and where in the story copies of the database were made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.entries: list[Entry] = []
        self.marks: dict[str, int] = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Whatever any journal writes meanwhile is taken down, in the order in which it was written."""
        write = Journal.write

        async def taken_down(journal: Journal, entry: Entry) -> Written:
            written = await write(journal, entry)
            self.entries.append(entry)
            return written

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Journal, "write", taken_down)
            yield

    def mark(self, name: str, database: str) -> None:
        """Keep a copy of the database as it is at this place of the story.

        An entry that it holds already is only answered again when the story goes on from there.
        """
        self.marks[name] = len(self.entries)
        target = self._folder / f"{name}.db"
        target.unlink(missing_ok=True)
        with sqlite3.connect(database) as source, sqlite3.connect(target) as copy:
            source.backup(copy)
        source.close()
        copy.close()

    def keep(self) -> None:
        """Write it down for others."""
        lines = [entry.model_dump_json() for entry in self.entries]
        (self._folder / "tape.jsonl").write_text("\n".join(lines))
