"""Checks of the sponsor's reviews of a batch."""

from collections.abc import Awaitable, Callable

from domain.batch_review import (
    REVIEWS,
    BatchReview,
    failed_gates,
    refuse_unless_reviewed,
    suggested_verdicts,
)
from domain.entry import OpenTask
from domain.gate_results import HOLD_OF
from records.checks.declared import Effect, checks, suggests
from records.holds import place_hold
from records.tables import BatchRow, CaseRow
from records.writing import Writing


async def judges_gates(writing: Writing, case: CaseRow, form: BatchReview) -> Effect:
    """A gate that a reviewer fails holds the batch (section 8)."""
    refuse_unless_reviewed(form)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    failed = failed_gates(form)
    for gate, reason in failed.items():
        await place_hold(
            writing, batch, HOLD_OF[gate], f"{gate} failed in review: {reason}"[:4000], placed_in=case.case_id
        )
    return {"failed": [*sorted(gate.value for gate in failed)]}


def _suggesting(form: type[BatchReview]) -> Callable[[Writing, CaseRow, OpenTask], Awaitable[Effect]]:
    async def suggest(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
        return suggested_verdicts(form.gates)

    return suggest


for _review in REVIEWS:
    checks(_review)(judges_gates)
    suggests(_review)(_suggesting(_review))
