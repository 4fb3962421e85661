"""The table: every row is one flaw and what must happen."""

from tests.one_flaw.rows import Row
from tests.one_flaw.table import (
    abroad,
    assurance,
    authorised,
    batch,
    bought,
    chain,
    confirmations,
    decision,
    imports,
    issuers,
    licences,
    lots,
    packs,
    papers,
    process,
    quantities,
    results,
    sites,
    specifications,
    stages,
    standing,
    supplies,
)

ROWS: tuple[Row, ...] = (
    *sites.ROWS, *standing.ROWS, *assurance.ROWS, *process.ROWS, *batch.ROWS, *results.ROWS, *chain.ROWS,
    *decision.ROWS, *stages.ROWS, *lots.ROWS, *quantities.ROWS, *papers.ROWS, *imports.ROWS,
    *specifications.ROWS, *authorised.ROWS, *licences.ROWS,
    *packs.ROWS, *bought.ROWS, *abroad.ROWS, *supplies.ROWS, *confirmations.ROWS,
    *issuers.ROWS,
)  # fmt: skip
