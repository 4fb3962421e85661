"""The table: every row is one flaw and what must happen."""

from tests.one_flaw.rows import Row
from tests.one_flaw.table import batch, chain, decision, process, sites

ROWS: tuple[Row, ...] = (*sites.ROWS, *process.ROWS, *batch.ROWS, *chain.ROWS, *decision.ROWS)
