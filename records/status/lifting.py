"""What has to be shown before the status of a case is lifted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.status.probation import ProbationConfirmation, ProbationDecision
from domain.status.reinstatement import ReinstatedStatus, ReinstatementCoSignature, ReinstatementProposal
from domain.status.suspension import SuspensionOrder, SuspensionReview
from records.core.case_records import CaseRecords
from records.core.tables.cases import RecordRow

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Lifting:
    """What has to be shown before the status of a case is lifted."""

    criteria: tuple[str, ...] = ()
    conditional: bool = False
    """Whether the status is a conditional approval, which ends with its conditions."""


async def lifting_of(records: CaseRecords) -> Lifting:
    """What was set last: by the order, a review, a probation, or a reinstatement under conditions or on probation."""
    found: list[tuple[int, Lifting]] = [(0, Lifting())]
    orders = [
        (row.number, SuspensionOrder.stored(row.form).exit_criteria) for row in await records.rows(SuspensionOrder)
    ]
    reviews = [
        (row.number, SuspensionReview.stored(row.form).exit_criteria) for row in await records.rows(SuspensionReview)
    ]
    found += [(number, Lifting(criteria)) for number, criteria in [*orders, *reviews] if criteria]
    for row in await records.rows(ProbationConfirmation):
        if (confirmation := ProbationConfirmation.stored(row.form)).confirm:
            decision = await _version(records, ProbationDecision.action.name, confirmation.decision.version)
            found.append((row.number, Lifting(ProbationDecision.stored(decision.form).measures)))
    for row in await records.rows(ReinstatementCoSignature):
        if (signature := ReinstatementCoSignature.stored(row.form)).approve:
            record = await _version(records, ReinstatementProposal.action.name, signature.proposal.version)
            proposal = ReinstatementProposal.stored(record.form)
            conditional = proposal.status is ReinstatedStatus.CONDITIONALLY_APPROVED
            found.append((row.number, Lifting(proposal.measures, conditional)))
    return max(found, key=lambda each: each[0])[1]


async def _version(records: CaseRecords, action: str, version: int) -> RecordRow:
    return await records.session.get_one(RecordRow, (records.case.case_id, action, version))
