"""Checks of the sponsor's reviews of a batch."""

from collections.abc import Awaitable, Callable

from domain.batch.facts import GateFailedInReview
from domain.batch.gate_results import HOLD_OF
from domain.batch.review import REVIEWS, BatchReview, failed_gates, refuse_unless_reviewed, suggested_verdicts
from domain.core.entry import OpenTask
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def judges_gates(writing: Writing, case: CaseRow, form: BatchReview) -> Effect:
    """A gate that a reviewer fails holds the batch (section 8)."""
    refuse_unless_reviewed(form)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    failed = failed_gates(form)
    for gate, reason in failed.items():
        fact = GateFailedInReview(
            batch_id=batch.batch_id, case_id=case.case_id, type=HOLD_OF[gate], gate=gate, reason=reason
        )
        await establish(writing, fact)
    return {"failed": [*sorted(gate.value for gate in failed)]}


def _suggesting(form: type[BatchReview]) -> Callable[[Writing, CaseRow, OpenTask], Awaitable[Effect]]:
    async def suggest(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
        return suggested_verdicts(form.gates)

    return suggest


for _review in REVIEWS:
    checks(_review)(judges_gates)
    suggests(_review)(_suggesting(_review))
