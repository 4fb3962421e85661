"""Status cases: which are open, what is in force in them, and how they hear of statements of other cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl import AslStatus, SuspensionScope, stream_of
from domain.case import Subject
from domain.entry import Tell
from domain.forms import Process
from domain.probation import ProbationConfirmation, ProbationDecision
from domain.reinstatement import ReinstatedStatus, ReinstatementCoSignature, ReinstatementProposal
from domain.status_request import StatusKind, StatusRequest, is_overtaken, trigger_of
from domain.suspension import SuspensionOrder, SuspensionReview
from records import outbox
from records.case_records import CaseRecords
from records.tables import AslRow, BatchRow, CaseRow, RecordRow

if TYPE_CHECKING:
    from records.writing import Writing


@dataclass(frozen=True)
class Standing:
    """What has to be shown before the status of a case is lifted."""

    criteria: tuple[str, ...] = ()
    conditional: bool = False
    """Whether the status is a conditional approval, which ends with its conditions."""


def request_of(case: CaseRow) -> StatusRequest:
    """The proposal that opened a status case."""
    return StatusRequest.stored(case.order["request"])


async def open_status_cases(session: AsyncSession, site_id: str, scope_id: str, *kinds: StatusKind) -> list[CaseRow]:
    """The open status cases of a scope of these kinds, the newest first."""
    query = select(CaseRow).where(
        col(CaseRow.site_id) == site_id,
        col(CaseRow.trigger).in_([trigger_of(kind, scope_id) for kind in kinds]),
        col(CaseRow.process) == Process.STATUS.value,
        col(CaseRow.closed_at).is_(None),
    )
    return list((await session.exec(query.order_by(col(CaseRow.number).desc()))).all())


async def own_statement(session: AsyncSession, case: CaseRow) -> AslRow | None:
    """The last statement that a case has made, or that its source has made where it is in force by that."""
    request = request_of(case)
    makers = {case.case_id, request.source} if request.in_force else {case.case_id}
    query = select(AslRow).where(
        col(AslRow.scope_id) == request.scope_id, col(AslRow.decided_in).in_(sorted(filter(None, makers)))
    )
    return (await session.exec(query.order_by(col(AslRow.number).desc()).limit(1))).first()


async def is_decided(session: AsyncSession, case: CaseRow) -> bool:
    """Whether the change that a case is about is in force."""
    return request_of(case).in_force or await own_statement(session, case) is not None


async def tell_overtaken(writing: "Writing", row: AslRow, before: AslRow | None) -> None:
    """Tell the other status cases of a scope that a statement leaves nothing to do for, now or once it takes effect."""
    for case in await open_status_cases(writing.session, row.site_id, row.scope_id, *StatusKind):
        overtaken = is_overtaken(
            StatusKind(case.kind),
            decided=await is_decided(writing.session, case),
            before=AslStatus(before.status) if before else None,
            after=AslStatus(row.status),
            scope=SuspensionScope(row.suspension_scope) if row.suspension_scope else None,
        )
        if overtaken and case.case_id not in (row.decided_in, writing.entry.stream):
            stream, line = stream_of(row.scope_id), Tell(to=case.case_id, subject=Subject.CHANGED)
            message_id = f"{stream}#{row.number}"
            outbox.signal(writing.session, writing.recorded_at, case.case_id, message_id, stream, line)


async def standing_of(records: CaseRecords) -> Standing:
    """What was set last: by the order, a review, a probation, or a reinstatement under conditions or on probation."""
    found: list[tuple[int, Standing]] = [(0, Standing())]
    orders = [
        (row.number, SuspensionOrder.stored(row.form).exit_criteria) for row in await records.rows(SuspensionOrder)
    ]
    reviews = [
        (row.number, SuspensionReview.stored(row.form).exit_criteria) for row in await records.rows(SuspensionReview)
    ]
    found += [(number, Standing(criteria)) for number, criteria in [*orders, *reviews] if criteria]
    for row in await records.rows(ProbationConfirmation):
        if (confirmation := ProbationConfirmation.stored(row.form)).confirm:
            decision = await _version(records, ProbationDecision.action.name, confirmation.decision.version)
            found.append((row.number, Standing(ProbationDecision.stored(decision.form).measures)))
    for row in await records.rows(ReinstatementCoSignature):
        if (signature := ReinstatementCoSignature.stored(row.form)).approve:
            record = await _version(records, ReinstatementProposal.action.name, signature.proposal.version)
            proposal = ReinstatementProposal.stored(record.form)
            conditional = proposal.status is ReinstatedStatus.CONDITIONALLY_APPROVED
            found.append((row.number, Standing(proposal.measures, conditional)))
    return max(found, key=lambda each: each[0])[1]


async def _version(records: CaseRecords, action: str, version: int) -> RecordRow:
    return await records.session.get_one(RecordRow, (records.case.case_id, action, version))


async def batches_of(session: AsyncSession, scope_id: str, *states: str) -> Sequence[BatchRow]:
    """The batches of a scope in these states, by id."""
    query = select(BatchRow).where(col(BatchRow.scope_id) == scope_id, col(BatchRow.state).in_(states))
    return (await session.exec(query.order_by(col(BatchRow.batch_id)))).all()
