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
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.one_flaw.branches import GATES, Branches
from tests.one_flaw.judging import faults_of
from tests.one_flaw.rows import Row
from tests.one_flaw.table import ROWS
from tests.one_flaw.world import World, told
from tests.records.databases import Databases

KEPT = Path(__file__).parents[2] / ".vetted" / "one_flaw.json"
REASONS: dict[str, str] = {}
"""Branches that no row can reach, each with the reason. There is none."""
UNFINISHED = 2


@dataclass
class Bite:
    """What became of the branches: by which row each was missed as it said nothing; `None` if no row has noticed."""

    missed: dict[str, str | None] = field(default_factory=dict)
    speakers: dict[str, list[str]] = field(default_factory=dict)
    """The rows in which each branch says something, the quickest first."""

    @property
    def survivors(self) -> list[str]:
        return sorted(name for name, row in self.missed.items() if row is None and name not in REASONS)


async def listen(world: World, folder: Path, rows: Iterable[Row] = ROWS) -> Bite:
    """Which rows make which branches speak. Every row must hold as things are."""
    branches, heard = Branches(), list[tuple[float, Row, set[int]]]()
    with branches.watched():
        for row in rows:
            branches.said.clear()
            begun = monotonic()
            faults = await faults_of(row, world, folder)
            assert not faults, f"{row.name}: {faults}"
            heard.append((monotonic() - begun, row, set(branches.said)))
        heard.sort(key=lambda each: each[0])
        names = [each.name for each in branches.all]
    return Bite(speakers={
        name: [row.name for _, row, said in heard if number in said] for number, name in enumerate(names)
    })  # fmt: skip


async def bite(bitten: Bite, world: World, folder: Path, names: Iterable[str], *, until: float) -> None:
    """Turn branches into passes, one by one, until there is no more time."""
    by_name = {row.name: row for row in ROWS}
    branches = Branches()
    with branches.watched():
        numbers = {each.name: number for number, each in enumerate(branches.all)}
        for name in names:
            if monotonic() > until:
                return
            branches.passed = numbers[name]
            bitten.missed[name] = None
            for speaker in bitten.speakers[name]:
                if await faults_of(by_name[speaker], world, folder):
                    bitten.missed[name] = speaker
                    break


def state() -> str:
    """What a result is valid for: the gates and the table."""
    table = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in [*GATES, *table])).hexdigest()


async def _run(minutes: float) -> int:
    until = monotonic() + minutes * 60
    bitten = _kept()
    with tempfile.TemporaryDirectory(prefix="vetted-") as name:
        folder = Path(name)
        world = await told(folder, Databases(folder))
        if bitten is None:
            bitten = await listen(world, folder)
        left = [name for name in bitten.speakers if name not in bitten.missed]
        await bite(bitten, world, folder, left, until=until)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({state(): {"missed": bitten.missed, "speakers": bitten.speakers}}))
    return _tell(bitten)


def _kept() -> Bite | None:
    if not KEPT.exists():
        return None
    kept = json.loads(KEPT.read_text()).get(state())
    return Bite(missed=kept["missed"], speakers=kept["speakers"]) if kept else None


def _tell(bitten: Bite) -> int:
    for name in bitten.survivors:
        _say(f"No row fails without: {name}")
    left = len(bitten.speakers) - len(bitten.missed)
    killed = len(bitten.missed) - len(bitten.survivors)
    _say(f"{killed} of {len(bitten.speakers)} branches are missed by a row; {left} are left to try.")
    return 1 if bitten.survivors else UNFINISHED if left else 0


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
