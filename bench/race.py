"""`python -m bench.race`: 200 suspensions against 200 certifications, on SQLite and on PostgreSQL; some two minutes.

Both sides of a pair decide on the same scope and batch at the same time. Exactly one of two things must happen: the
certification was recorded first, stands, and its batch is reviewed again; or it was refused because the gates were
closed, and the batch is held. Anything else is counted as wrong, and the exit code is 1.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal
from records.installation.seed import seed
from settings import Settings
from tests.authorised import all_is_authorised
from tests.records.certifying import fit
from tests.records.databases import Databases
from tests.records.racing import Ending, raced
from tests.records.seeded import START, Seeded

PAIRS = 200
_CONSOLE = Console(highlight=False)


async def _race(url: str) -> int:
    """How many pairs went wrong."""
    database, began = Database(url), time.perf_counter()
    result = await seed(database, load(), Settings(), now=START)
    await all_is_authorised(database)
    endings = await raced(await fit(Seeded(database, Journal(database, load()), result)), PAIRS)
    await database.close()
    for ending in Ending:
        _CONSOLE.print(f"  {endings[ending]:4} {ending}")
    _CONSOLE.print(f"  {time.perf_counter() - began:.0f} s")
    return endings[Ending.WRONG]


def main() -> None:
    """Run the pairs on both kinds of database and print how they ended."""
    with tempfile.TemporaryDirectory(prefix="vetted-", ignore_cleanup_errors=True) as folder:
        databases, wrong = Databases(Path(folder)), 0
        for kind in ("sqlite", "postgresql"):
            _CONSOLE.print(kind)
            wrong += asyncio.run(_race(databases.migrated(kind)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
