"""What may have to be reported of a released batch, and what is still investigated about it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationClass, DeviationState, MarketDecision, OosState
from domain.batch.results.oos import OosKind, goes_on
from domain.policy.authority_report import AuthorityReport
from domain.release.rejection_correction import is_unfinished
from domain.release.release_review import Alert
from domain.release.review_answers import bearing_of
from records.batch.results.failing import results_outside
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.batch.tables.process import BatchDeviationRow
from records.core.writing import Writing
from records.delivery.shipping import shipments_of
from records.release.tables import AuthorityAnswerRow, ReleaseReviewRow

_TOLD = 1000
"""Characters of what a task tells about the information."""


async def reports_of(writing: Writing, batch_id: str, markets: Collection[str]) -> list[AuthorityReport]:
    """The reports of the policy that may be due of a batch, by the markets of its release and what was dispatched."""
    policy = await writing.policy()
    sent = {each.market for each in await shipments_of(writing.session, batch_id) if each.dispatched_at is not None}
    return [
        each
        for each in policy.authority_reports
        if each.applies(markets=frozenset(markets), distributed=not sent.isdisjoint(each.markets))
    ]


class Unanswered(NamedTuple):
    """A report that may be due for information that was received at one instant."""

    report: AuthorityReport
    since: datetime
    demands: tuple[ReviewDemandRow, ...]

    def alert(self) -> Alert:
        """What is asked of regulatory affairs."""
        reasons = "; ".join(dict.fromkeys(each.reason for each in self.demands))
        return Alert(
            review=self.demands[0].number,
            demands=tuple(each.number for each in self.demands),
            since=self.since,
            about=f"{self.report.title}: {self.report.trigger}? {reasons}"[:_TOLD],
            report=self.report.key,
            clock=self.report.clock,
        )


async def unanswered(writing: Writing, batch_id: str) -> list[Unanswered]:
    """Every report that may be due and that nobody has said of whether it is, for each information that was received.

    What an older version has learned was considered in its review. A market whose release was taken back counts: what
    had to be reported has to be. So does one that was supplied under an exception.
    """
    session = writing.session
    demands = await session.exec(
        select(ReviewDemandRow)
        .where(col(ReviewDemandRow.batch_id) == batch_id, col(ReviewDemandRow.fact_kind).is_not(None))
        .order_by(col(ReviewDemandRow.number))
    )
    reportable = [each for each in demands.all() if bearing_of(str(each.fact_kind)).reportable]
    if not reportable:
        return []
    answered = await session.exec(select(AuthorityAnswerRow).where(col(AuthorityAnswerRow.batch_id) == batch_id))
    known = {(each.demand, each.report) for each in answered.all()}
    rows = (await session.exec(select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id))).all()
    left = [row.market for row in rows if row.decision == MarketDecision.RELEASE.value or row.supplied_under]
    found = []
    for report in await reports_of(writing, batch_id, left):
        by_receipt: dict[datetime, list[ReviewDemandRow]] = {}
        for each in reportable:
            if (each.number, report.key) not in known:
                by_receipt.setdefault(each.received_at or each.demanded_at, []).append(each)
        found += [Unanswered(report, since, tuple(by_receipt[since])) for since in sorted(by_receipt)]
    return found


class UnderWay(NamedTuple):
    """Something of a batch that is under investigation."""

    market: str | None
    """The only market that it is about; `None`: all."""
    since: datetime
    """When it was reported."""


async def under_way(session: AsyncSession, batch_id: str) -> dict[str, UnderWay]:
    """What of a batch is under investigation, by its number."""
    query = select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id) == batch_id)
    deviations = (await session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all()
    found = {
        row.oos_id: UnderWay(row.market, row.reported_at)
        for row in await results_outside(session, batch_id)
        if goes_on(OosKind(row.kind), OosState(row.state))
    }
    return found | {
        row.deviation_id: UnderWay(None, row.reported_at)
        for row in deviations
        if is_unfinished(DeviationClass(row.deviation_class), DeviationState(row.state))
    }


async def received_before(session: AsyncSession, reviews: Sequence[ReleaseReviewRow]) -> dict[int, datetime]:
    """When the first information was received that each review was about, by the number of the review.

    The clocks of authorities start then. What an older version has reviewed is known by the instant alone.
    """
    if not reviews:
        return {}
    batch_id = reviews[0].batch_id
    demands = (await session.exec(select(ReviewDemandRow).where(col(ReviewDemandRow.batch_id) == batch_id))).all()
    found: dict[int, datetime] = {}
    for review in reviews:
        received = [
            each.received_at or each.demanded_at
            for each in demands
            if review.number in each.answers.values() or (not each.answers and each.reviewed_at == review.reviewed_at)
        ]
        if received:
            found[review.number] = min(received)
    return found
