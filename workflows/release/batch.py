"""The disposition of a batch."""

import asyncio

from temporalio import workflow

from domain.batch.batch import BatchStage, Relation
from domain.batch.disposition import (
    BatchCancellation,
    Redirection,
    RejectionAnswer,
    SiteDisposition,
    SiteVerdict,
    Way,
    stage_after,
)
from domain.batch.holds.hold import HoldsEvaluation
from domain.batch.making.manufacture import ManufactureEnd, ManufactureStart, ParameterReport
from domain.batch.making.package import BatchPackage, Completeness, RecordProvision, RecordRequest
from domain.batch.making.request import BatchRegistration
from domain.batch.relations import WORKED_AGAIN
from domain.batch.review import REVIEWS, BatchReview, ResultsReview
from domain.batch.supply_stage import SupplyStage
from domain.core.case import CaseOrder
from domain.core.case_actions import COMMON_FORMS
from domain.release.batch_forms import FORMS_OF_A_BATCH
from workflows.batch.analysis import Analysis
from workflows.batch.corrections import Corrections
from workflows.batch.holds import Holds
from workflows.batch.investigations import Investigations
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing
from workflows.delivery.quarantine import QuarantineArrangement
from workflows.release.at_risk_use import AtRiskUse
from workflows.release.certification import Certification
from workflows.release.gate_exception import GateExceptions
from workflows.release.post_release import PostRelease
from workflows.release.rejection_correction import RejectionCorrection
from workflows.release.working_again import WorkingAgain


@workflow.defn
class BatchDisposition:
    """SOP-12: from the registration of a batch to the decision for each market, and what is learned after it.

    EU GMP Annex 16; 21 CFR 211.22 and 211.192; domain specification, section 8.
    """

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.request = BatchRegistration.stored(order.request)
        stage = BatchStage(order.carried.stage) if order.carried else BatchStage.REGISTERED
        self.case = Case(order, FORMS_OF_A_BATCH + COMMON_FORMS, stage=stage)
        self.analysis = Analysis(self.case)
        self.investigations = Investigations(self.case)
        self.holds = Holds(self.case, evaluated=self._evaluated)
        self.corrections = Corrections(self.case)
        self.quarantine = QuarantineArrangement(self.case)
        self.at_risk_use = AtRiskUse(self.case)
        clinical = self.request.supply_stage is SupplyStage.CLINICAL_SUPPLY
        self.post_release = PostRelease(self.case, of_product=self._is_product(), clinical=clinical)
        self.certification = Certification(self.case, self.request.markets, released=self.post_release.begin)
        self.redirection: Answered[Redirection] | None = None
        self.reviewers: set[str] = set()
        self.exceptions = GateExceptions(self.case, reviewers=lambda: self.reviewers, supplied=self.post_release.begin)
        self.decided = False

    @workflow.run
    async def run(self, order: CaseOrder) -> str:
        """Follow the procedure to its end; the result is the outcome."""
        return await self.case.follow(self._procedure())

    def _evaluated(self, found: HoldsEvaluation) -> None:
        self.investigations.results.opened(found.results)
        self.analysis.evaluated(found.uncompared)

    async def _procedure(self) -> Closing:
        self.case.meanwhile(self.holds.follow(), must_end=False)
        if self.case.at_stage in (BatchStage.RELEASED, BatchStage.SUPPLIED):  # in a new run
            self._reports_are_taken()
            if workflow.patched("corrections-in-a-new-run"):
                self.corrections.begin()
            if workflow.patched("parameters-in-a-new-run"):
                self.case.offer(ParameterReport)
            return await self._after_release(certified=self.case.at_stage is BatchStage.RELEASED)
        if not await self._is_there():  # 1
            return Closing.at(BatchStage.CANCELLED)
        if not await self._is_released_by_site():  # 2
            return await self._ended(BatchStage.REJECTED)
        way = await self._decided()  # 3 to 5
        if self.certification.is_released:
            return await self._after_release()  # 6
        if self.post_release.has_begun:  # goods went under an exception
            closing = await self._after_release(certified=False)
            return closing if closing.stage is not BatchStage.REJECTED else Closing.at(stage_after(way))
        return await self._ended(stage_after(way))

    async def _ended(self, stage: BatchStage) -> Closing:
        """Nothing is released. What went wrong is investigated to its end all the same."""
        self.case.stage(stage)
        self.quarantine.end()
        self.at_risk_use.end()
        await self.investigations.concluded()
        return Closing.at(stage)

    def _is_product(self) -> bool:
        """Whether it is decided on as product; what was registered without a stage is."""
        return self.request.supply_stage is None or self.request.supply_stage.reaches_patients

    # ------------------------------------------------------------------ 1 manufacture, or the correction of a rejection

    async def _is_there(self) -> bool:
        """It is made; or it is the new record of a batch that was rejected wrongly, once two people say so."""
        if Relation.CORRECTION in self.request.relations():
            if not await RejectionCorrection(self.case, self.investigations).is_confirmed():
                return False
            self._reports_are_taken()
            self.case.offer(ParameterReport)
        elif not await self._made():
            return False
        self.quarantine.begin()
        self.corrections.begin()
        return True

    async def _made(self) -> bool:
        self.case.offer(BatchCancellation, ends=Closing.at(BatchStage.CANCELLED))
        if not await self._may_begin():
            return False
        await self.case.ask(ManufactureStart)
        self.case.retract(BatchCancellation)
        self.case.stage(BatchStage.IN_MANUFACTURE)
        self._reports_are_taken()
        if not self._is_product():
            self.at_risk_use.begin()
        self.case.offer(ParameterReport)
        await self.case.ask(ManufactureEnd)
        return True

    async def _may_begin(self) -> bool:
        """Whether nothing has to be said before, or it was said. What was registered without its question goes on."""
        if self.request.relations().isdisjoint(WORKED_AGAIN) or not workflow.patched("rework-approved-before"):
            return True
        return await WorkingAgain(self.case).may_begin()

    def _reports_are_taken(self) -> None:
        self.investigations.begin()
        self.analysis.awaited()

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

    # ------------------------------------------------------------------ 3 to 5, unless quality sends it another way

    async def _decided(self) -> Way | None:
        """Package, reviews and the decision for each market; the way it goes instead, if quality decides so."""
        self.case.offer(RecordRequest, self._provided)
        self.case.offer(Redirection, self._redirected)
        self.exceptions.begin()
        clock = "batch.package"
        while (way := await self._way(clock)) is Way.RETURN_FOR_CORRECTION:
            self.case.stage(BatchStage.CDMO_RELEASED)
            clock = "batch.correction"
        self.decided = True
        self.exceptions.end()
        self.quarantine.end()
        self.at_risk_use.end()
        self.case.retract(Redirection, RecordRequest, *REVIEWS)
        if not (self.certification.is_released and workflow.patched("parameters-after-release")):
            self.case.retract(ParameterReport)
        return way

    async def _way(self, clock: str) -> Way | None:
        self.redirection = None
        steps = asyncio.create_task(self._steps(clock))
        await self.case.until(lambda: steps.done() or self._way_chosen() is not None)
        if (way := self._way_chosen()) is not None:
            steps.cancel()
            return way
        steps.result()
        return None

    async def _steps(self, clock: str) -> None:
        await self._received(clock)  # 3
        await self._reviewed()  # 4
        self.case.stage(BatchStage.CERTIFICATION)
        await self.certification.follow(dict.fromkeys(sorted(self.reviewers), "S5"))  # 5

    def _way_chosen(self) -> Way | None:
        return self.redirection.form.way if self.redirection is not None else None

    def _redirected(self, redirection: Answered[Redirection]) -> None:
        self.redirection = redirection
        self.certification.learn(redirection.effect)

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
        asking = self.case.ask(RecordProvision, about=request.form.wanted)
        await self.case.ask_unless(lambda: self.decided, asking)

    # ------------------------------------------------------------------ 4 reviews

    async def _reviewed(self) -> None:
        """Results, record and process, side by side. A reviewer may judge again until everything is decided."""
        self.case.stage(BatchStage.SPONSOR_REVIEW)
        since = workflow.now()
        barred: dict[type[BatchReview], dict[str, str]] = {ResultsReview: dict.fromkeys(self.analysis.testers, "S1")}
        asking = (self.case.ask(form, since=since, barred=barred.get(form, {})) for form in REVIEWS)
        for review in await asyncio.gather(*asking):
            self._judged(review)
        for form in REVIEWS:
            self.case.offer(form, self._judged)

    def _judged(self, review: Answered[BatchReview]) -> None:
        self.reviewers |= review.by.persons

    # ------------------------------------------------------------------ 6 after release

    async def _after_release(self, *, certified: bool = True) -> Closing:
        closing = await self.post_release.follow(certified=certified)
        await self.investigations.concluded()
        return closing
