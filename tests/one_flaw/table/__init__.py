"""The table: every row is one flaw and what must happen."""

from tests.one_flaw.rows import Row
from tests.one_flaw.table import batch, decision, sites

ROWS: tuple[Row, ...] = (*sites.ROWS, *batch.ROWS, *decision.ROWS)
