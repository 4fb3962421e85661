"""Proof that the table bites: each branch of each gate is turned into a pass, and some row must fail.

`python -m tests.one_flaw.mutate` tries them all, for at most half an hour; the next run goes on with what is left, as
long as neither the gates nor the table have changed.
"""

import asyncio
import hashlib
import json
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from tests.one_flaw.abroad import everything_told
from tests.one_flaw.branches import GATES, Branches
from tests.one_flaw.judging import faults_of, told_again
from tests.one_flaw.rows import Row
from tests.one_flaw.table import ROWS
from tests.one_flaw.world import World
from tests.records.databases import Databases

KEPT = Path(__file__).parents[2] / ".vetted" / "one_flaw.json"
UNFINISHED = 2


@dataclass
class Heard:
    """What came of a row, as the gates are."""

    faults: list[str]
    seconds: float
    said: list[str]
    """The branches that said something, by name."""


@dataclass
class Bite:
    """The rows that were tried, and the branches that were turned into passes. It is used while they are watched."""

    world: World
    branches: Branches
    heard: dict[str, Heard] = field(default_factory=dict)
    """By the name of the row."""
    missed: dict[str, str | None] = field(default_factory=dict)
    """By branch the row that has noticed that it said nothing; `None` if none has."""

    async def hear(self, row: Row) -> list[str]:
        """What is otherwise than a row expects. What the gates said meanwhile is kept."""
        if row.name not in self.heard:
            self.branches.passed = None
            await told_again(row.flaw, self.world.of(row.market))
            self.branches.said.clear()
            begun = monotonic()
            faults = await faults_of(row, self.world, aside=self.branches.aside)
            said = [self.branches.all[number].name for number in sorted(self.branches.said)]
            self.heard[row.name] = Heard(faults, monotonic() - begun, said)
        return self.heard[row.name].faults

    async def misses(self, name: str, rows: Mapping[str, Row]) -> str | None:
        """The row that fails if a branch says nothing, of those in which it speaks, the quickest first."""
        for speaker in self.speakers(name):
            self.branches.passed = None
            await told_again(rows[speaker].flaw, self.world.of(rows[speaker].market))
            self.branches.passed = self.names.index(name)
            if await faults_of(rows[speaker], self.world):
                return speaker
        return None

    async def listen(self, rows: Iterable[Row], *, until: float = inf) -> None:
        """Try every row, as long as there is time. Each must hold as things are."""
        for row in rows:
            if monotonic() > until:
                return
            faults = await self.hear(row)
            assert not faults, f"{row.name}: {faults}"

    async def bite(self, rows: Iterable[Row], *, until: float) -> None:
        """Turn the branches that are left into passes, one by one, until there is no more time."""
        by_name = {row.name: row for row in rows}
        for name in self.left:
            if monotonic() > until:
                return
            self.missed[name] = await self.misses(name, by_name)

    def speakers(self, name: str) -> list[str]:
        """The rows in which a branch says something, the quickest first."""
        return sorted((row for row, each in self.heard.items() if name in each.said), key=self._seconds)

    def _seconds(self, row: str) -> float:
        return self.heard[row].seconds

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.branches.all]

    @property
    def silent(self) -> list[str]:
        """Branches that say something in no row."""
        said = {name for each in self.heard.values() for name in each.said}
        return [name for name in self.names if name not in said]

    @property
    def left(self) -> list[str]:
        """Branches that speak, and were not tried yet."""
        silent = self.silent
        return [name for name in self.names if name not in self.missed and name not in silent]

    @property
    def survivors(self) -> list[str]:
        """Branches that no row has missed."""
        return [name for name, row in self.missed.items() if row is None]


def state() -> str:
    """What a result is valid for: the gates and the table."""
    table = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in [*GATES, *table])).hexdigest()


async def _run(minutes: float) -> int:
    until = monotonic() + minutes * 60
    with tempfile.TemporaryDirectory(prefix="vetted-") as name, (branches := Branches()).watched():
        folder = Path(name)
        bitten = Bite(await everything_told(folder, Databases(folder)), branches)
        kept = _kept()
        bitten.missed = kept.get("missed", {})
        bitten.heard = {row: Heard(**each) for row, each in kept.get("heard", {}).items()}
        try:
            await bitten.listen(ROWS, until=until)
            if _is_heard(bitten):
                await bitten.bite(ROWS, until=until)
        finally:
            _keep(bitten)
    return _tell(bitten)


def _is_heard(bitten: Bite) -> bool:
    return all(row.name in bitten.heard for row in ROWS)


def _kept() -> dict[str, Any]:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return dict(kept) if kept.get("state") == state() else {}


def _keep(bitten: Bite) -> None:
    heard = {row: asdict(each) for row, each in bitten.heard.items()}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({"state": state(), "missed": bitten.missed, "heard": heard}))


def _tell(bitten: Bite) -> int:
    if not _is_heard(bitten):
        _say(f"{len(bitten.heard)} of {len(ROWS)} rows were tried; then the branches are turned into passes.")
        return UNFINISHED
    for name in bitten.silent:
        _say(f"No row makes it speak: {name}")
    for name in bitten.survivors:
        _say(f"No row fails without it: {name}")
    seconds = sum(each.seconds for each in bitten.heard.values()) / len(bitten.heard)
    noticed = len(bitten.missed) - len(bitten.survivors)
    _say(f"{len(bitten.heard)} rows, {seconds:.2f} s each. Of {len(bitten.names)} branches {len(bitten.missed)} were")
    _say(f"turned into a pass: {noticed} noticed, {len(bitten.survivors)} not; {len(bitten.left)} are left to try, and")
    _say(f"{len(bitten.silent)} say something in no row.")
    return 1 if bitten.survivors or bitten.silent else UNFINISHED if bitten.left else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Try the branches; the status is that of the process."""
    parser = ArgumentParser(prog="python -m tests.one_flaw.mutate", description="Turn branches of gates into passes.")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many (30)")
    return asyncio.run(_run(parser.parse_args().minutes))


if __name__ == "__main__":
    sys.exit(main())
