"""Checks of the sponsor's reviews of a batch."""

from collections.abc import Awaitable, Callable, Sequence

from sqlmodel import col, select

from domain.batch.batch import DeviationClass
from domain.batch.facts.by_hand import GateFailedInReview
from domain.batch.gate.results import HOLD_OF
from domain.batch.own_review import refuse_own_review
from domain.batch.review import (
    REVIEWS,
    BatchReview,
    RecordReview,
    ResultsReview,
    failed_gates,
    refuse_unless_minor_seen,
    refuse_unless_reviewed,
    suggested_verdicts,
)
from domain.core.entry import OpenTask
from records.batch.results.reports import reports_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow
from records.core.declared import Effect, checks, suggests
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def judges_gates(writing: Writing, case: CaseRow, form: BatchReview) -> Effect:
    """A gate that a reviewer fails holds the batch (section 8)."""
    refuse_unless_reviewed(form)
    if isinstance(form, RecordReview):
        refuse_unless_minor_seen(form, await _minor(writing, case))
    batch = await writing.session.get_one(BatchRow, case.case_id)
    failed = failed_gates(form)
    if isinstance(form, ResultsReview) and not failed:  # whoever finds something wrong may say so
        refuse_own_review(writing.actor, (await reports_of(writing.session, batch.batch_id)).own_tests())
    for gate, reason in failed.items():
        fact = GateFailedInReview(
            batch_id=batch.batch_id, case_id=case.case_id, type=HOLD_OF[gate], gate=gate, reason=reason
        )
        await establish(writing, fact)
    return {"failed": [*sorted(gate.value for gate in failed)]}


async def _minor(writing: Writing, case: CaseRow) -> Sequence[str]:
    query = select(BatchDeviationRow.deviation_id).where(
        col(BatchDeviationRow.batch_id) == case.case_id,
        col(BatchDeviationRow.deviation_class) == DeviationClass.MINOR.value,
    )
    return (await writing.session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all()


def _suggesting(form: type[BatchReview]) -> Callable[[Writing, CaseRow, OpenTask], Awaitable[Effect]]:
    async def suggest(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
        return suggested_verdicts(form.gates)

    return suggest


for _review in REVIEWS:
    checks(_review)(judges_gates)
    suggests(_review)(_suggesting(_review))
