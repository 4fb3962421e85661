"""The disposition of a batch."""

import asyncio

from temporalio import workflow

from domain.batch import BatchStage
from domain.batch_disposition import BatchCancellation, Redirection, RejectionAnswer, SiteDisposition, SiteVerdict, Way
from domain.batch_forms import BATCH_FORMS
from domain.batch_manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch_package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch_review import REVIEWS, BatchReview
from domain.case import CaseOrder
from domain.case_actions import COMMON_FORMS
from workflows.analysis import Analysis
from workflows.case import Case
from workflows.certification import Certification
from workflows.investigations import Investigations
from workflows.tasks import Answered, Closing

_WAYS_OUT = {
    Way.REPROCESS: BatchStage.REPROCESSED,
    Way.REWORK: BatchStage.REPROCESSED,
    Way.REJECT: BatchStage.REJECTED,
}


@workflow.defn
class BatchDisposition:
    """SOP-12: from the registration of a batch to the decision for each market, and what is learned after it.

    EU GMP Annex 16; 21 CFR 211.22 and 211.192; domain specification, section 8.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.case = Case(order, BATCH_FORMS + COMMON_FORMS, stage=BatchStage.REGISTERED)
        self.investigations = Investigations(self.case)
        self.redirection: Answered[Redirection] | None = None
        self.reviewers: set[str] = set()

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    async def _procedure(self) -> Closing:
        await self._made()  # 1
        if not await self._is_released_by_site():  # 2
            return await self._ended(BatchStage.REJECTED)
        self.case.offer(RecordRequest, self._provided)
        self.case.offer(Redirection, self._redirected)
        clock = "batch.package"
        while (way := await self._way(clock)) is Way.RETURN_FOR_CORRECTION:
            clock = "batch.correction"
        return await self._ended(_WAYS_OUT[way] if way is not None else BatchStage.RELEASED)

    async def _way(self, clock: str) -> Way | None:
        """Package, reviews and decisions, unless quality sends the batch another way before."""
        self.redirection = None
        decided = asyncio.create_task(self._decided(clock))
        await self.case.until(lambda: decided.done() or self._way_chosen() is not None)
        if (way := self._way_chosen()) is not None:
            decided.cancel()
            return way
        decided.result()
        return None

    async def _decided(self, clock: str) -> None:
        await self._received(clock)  # 3
        await self._reviewed()  # 4
        await self._certified()  # 5

    async def _ended(self, stage: BatchStage) -> Closing:
        """Nothing is decided any more. What went wrong is investigated to its end, also in a rejected batch."""
        self.case.stage(stage)
        self.case.retract(Redirection, RecordRequest, ParameterReport)
        await self.investigations.concluded()
        return _closing(stage)

    # ------------------------------------------------------------------ 1 manufacture

    async def _made(self) -> None:
        self.case.offer(BatchCancellation, ends=_closing(BatchStage.CANCELLED))
        await self.case.ask(ManufactureStart)
        self.case.retract(BatchCancellation)
        self.case.stage(BatchStage.IN_MANUFACTURE)
        self.investigations.begin()
        self.case.offer(ParameterReport)
        Analysis(self.case).awaited()
        await self.case.ask(ManufactureEnd)

    # ------------------------------------------------------------------ 2 disposition by the site

    async def _is_released_by_site(self) -> bool:
        """The first tier. A rejection stands unless the sponsor disputes the testing; then the site decides again."""
        while True:
            self.case.stage(BatchStage.CDMO_REVIEW)
            disposition = await self.case.ask(SiteDisposition)
            if disposition.form.verdict is SiteVerdict.RELEASED:
                self.case.stage(BatchStage.CDMO_RELEASED)
                return True
            self.case.stage(BatchStage.CDMO_REJECTED)
            answer = await self.case.ask(RejectionAnswer, about=disposition.form.reason)
            if answer.form.concur:
                return False

    # ------------------------------------------------------------------ 3 package

    async def _received(self, clock: str) -> None:
        """A wrong package goes back; the review begins with the complete one (section 10)."""
        while True:
            await self.case.ask(BatchPackage, clock=clock)
            self.case.stage(BatchStage.COMPLETENESS)
            check = await self.case.ask(Completeness)
            if check.form.complete:
                return
            self.case.stage(BatchStage.CDMO_RELEASED)
            clock = "batch.correction"

    async def _provided(self, request: Answered[RecordRequest]) -> None:
        await self.case.ask(RecordProvision, about=request.form.wanted)

    # ------------------------------------------------------------------ 4 reviews

    async def _reviewed(self) -> None:
        """Results, record and process, side by side. A reviewer may judge again until everything is decided."""
        self.case.stage(BatchStage.SPONSOR_REVIEW)
        since = workflow.now()
        for review in await asyncio.gather(*(self.case.ask(form, since=since) for form in REVIEWS)):
            self._judged(review)
        for form in REVIEWS:
            self.case.offer(form, self._judged)

    def _judged(self, review: Answered[BatchReview]) -> None:
        self.reviewers |= review.by.persons

    # ------------------------------------------------------------------ 5 decisions

    async def _certified(self) -> None:
        self.case.stage(BatchStage.CERTIFICATION)
        barred = dict.fromkeys(self.reviewers, "S5")
        await Certification(self.case).decided(self.case.order.markets, barred)

    # ------------------------------------------------------------------ other ways

    def _way_chosen(self) -> Way | None:
        return self.redirection.form.way if self.redirection is not None else None

    def _redirected(self, redirection: Answered[Redirection]) -> None:
        self.redirection = redirection


def _closing(stage: BatchStage) -> Closing:
    return Closing(stage, stage.value)
