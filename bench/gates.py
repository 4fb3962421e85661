"""`python -m bench.gates [looks]`: what a look at the gates costs for a batch with an ancestry, and for one without.

A batch is made, analysed and reviewed in a new SQLite database; then it comes from 200 others over five steps, at the
same site. Prints the statements and the processor time of one look (evidence and verdicts) for both, each the median of
so many looks, by default 40. Exits with 1 if the ancestry costs more than three times the time.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from domain.release.gates import evaluate
from records.contexts import load
from records.core.database import Database, upgrade
from records.core.journal import Journal
from records.core.policies import Policies
from records.installation.seed import seed
from records.release.gate_evidence import evidence_of
from settings import Settings
from tests.authorised import all_is_authorised
from tests.cost.test_gates import DEPTH, WIDTH, counted, with_ancestry
from tests.records.certifying import fit, reviewed
from tests.records.making import batch_of
from tests.records.qualifying import Qualifying
from tests.records.seeded import START, Seeded

LOOKS = 40
TIMES = 3
"""So many times what a batch without parents costs may one with two hundred ancestors cost."""


async def _measured(folder: Path, looks: int) -> bool:
    url = f"sqlite+aiosqlite:///{folder / 'gates.db'}"
    upgrade(url)
    database = Database(url)
    result = await seed(database, load(), Settings(), now=START)
    await all_is_authorised(database)
    batch = await reviewed(await fit(Seeded(database, Journal(database, load()), result)))
    alone = await _looks(batch, looks)
    await with_ancestry(batch, width=WIDTH, depth=DEPTH)
    family = await _looks(batch, looks)
    await database.close()
    table = Table("one look at the gates", "ancestors", "statements", "p50", "longest")
    for name, ancestors, (said, seconds) in (("alone", 0, alone), ("with its ancestry", WIDTH * DEPTH, family)):
        p50 = f"{statistics.median(seconds) * 1000:.1f} ms"
        table.add_row(name, str(ancestors), str(said), p50, f"{max(seconds) * 1000:.1f} ms")
    Console(highlight=False).print(table)
    ratio = statistics.median(family[1]) / statistics.median(alone[1])
    Console(highlight=False).print(f"{ratio:.2f} times")
    return ratio <= TIMES


async def _looks(batch: Qualifying, looks: int) -> tuple[int, list[float]]:
    """Statements of one look, and the seconds of each."""
    row, policies, seconds, said = await batch_of(batch), Policies(), [], 0
    for _ in range(looks):
        async with batch.seeded.database.reading() as session:
            with counted(batch.seeded.database.engine) as statements:
                began = time.process_time()
                evidence = await evidence_of(session, policies, row, "EU", batch.at)
                evaluate(evidence, {}, batch.at)
                seconds.append(time.process_time() - began)
            said = len(statements)
    return said, seconds


def main() -> None:
    """Measure in a folder of its own."""
    looks = int(sys.argv[1]) if len(sys.argv) > 1 else LOOKS
    with tempfile.TemporaryDirectory(prefix="vetted-bench-") as name:
        within = asyncio.run(_measured(Path(name), looks))
    sys.exit(0 if within else 1)


if __name__ == "__main__":
    main()
