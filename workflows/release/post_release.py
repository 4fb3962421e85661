"""A batch after its release."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from pydantic import JsonValue
from temporalio import workflow

from domain.batch.batch import BatchStage
from domain.batch.deviations.deviation import only_about
from domain.release.field_alert import FieldAlertAssessment
from domain.release.further_processing import ReleaseWithdrawal
from domain.release.green_light import GreenLight, GreenLightWithdrawal
from domain.release.recall import RecallClosure, RecallPlan
from domain.release.release_review import Alert, LaterFinding, Recalled, ReleaseEvaluation, ReleaseReview
from domain.release.tranche import (
    FurtherApproval,
    FurtherCertification,
    FurtherConfirmation,
    FurtherMarketRelease,
    FurtherProcessing,
)
from workflows.core.case import Case
from workflows.core.tasks import Answered, Closing

LONG = 2_000
"""Events of a history after which the oversight of a released batch goes on in a new run."""


class PostRelease:
    """SOP-12, after release: what is learned later is reviewed, and product is withdrawn or recalled.

    EU GMP Chapter 8; 21 CFR 211.192 and 314.81(b)(1); domain specification, sections 8 and 10. All state is in the
    records: an evaluation says what is to be done, so it may be followed anew at any time.
    """

    def __init__(self, case: Case, *, of_product: bool, clinical: bool) -> None:
        """`clinical` of supply that needs a green light for each site of its trial."""
        self._case = case
        self._of_product = of_product
        self._clinical = clinical
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._asked: dict[str, tuple[int, ...]] = {}
        """What was learned that each open question about a report is about."""
        self._first: asyncio.Task[None] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything was released, or might leave under an exception."""
        return self._first is not None

    def begin(self) -> None:
        """Goods may leave for a market, others may be open: what is learned is reviewed beside their decisions."""
        if self._first is None:
            self._first = self._case.meanwhile(self._while_others_are_open(), must_end=False)

    async def follow(self, *, certified: bool) -> Closing:
        """Once everything is decided: until the shelf life ends, or nothing is released or supplied any more."""
        if (first := self._first) is not None:
            first.cancel()
            await self._case.until(first.done)
        if certified and self._of_product and workflow.patched("certify-further"):
            self._case.offer(FurtherCertification)
            self._case.offer(FurtherApproval)
            if workflow.patched("release-further-to-market"):
                self._case.offer(FurtherMarketRelease)
        if not self._of_product and workflow.patched("release-further"):
            self._case.offer(FurtherProcessing)
            self._case.offer(FurtherConfirmation)
        stage = await self._follow(self._over)
        if stage is BatchStage.SHELF_LIFE_ENDED:
            self._case.record("batch.shelf_life_ended", {})
        return Closing.at(stage)

    async def _follow(
        self, steps: Callable[[int, ReleaseEvaluation], Coroutine[Any, Any, BatchStage | None]]
    ) -> BatchStage:
        self._case.offer(LaterFinding)
        if not self._of_product:
            self._case.offer(ReleaseWithdrawal, self._withdrawn)
        if self._clinical:
            self._case.offer(GreenLight)
            self._case.offer(GreenLightWithdrawal)
        try:
            while True:
                known = self._case.changes()
                evaluation = await self._evaluated()
                self._attend(evaluation)
                stage = await steps(known, evaluation)
                if stage is not None:
                    return stage
        finally:
            for task in self._beside.values():
                task.cancel()
            self._beside.clear()
            self._case.retract(LaterFinding, ReleaseWithdrawal, GreenLight, GreenLightWithdrawal)

    def _withdrawn(self, withdrawal: Answered[ReleaseWithdrawal]) -> None:
        self._case.mark_changed()  # the next evaluation shows what is left of the release

    async def _evaluated(self) -> ReleaseEvaluation:
        return ReleaseEvaluation.model_validate(await self._case.establish("batch.reviews_demanded"))

    # ------------------------------------------------------------------ reviews

    async def _while_others_are_open(self) -> None:
        await self._follow(self._attended)

    async def _attended(self, known: int, evaluation: ReleaseEvaluation) -> BatchStage | None:
        if evaluation.demands:
            await self._reviewed(known, evaluation)
        else:
            await self._case.until(lambda: self._case.changes() > known)
        return None

    async def _over(self, known: int, evaluation: ReleaseEvaluation) -> BatchStage | None:
        if evaluation.ends_as is not None:
            return evaluation.ends_as
        if evaluation.demands:
            self._case.stage(BatchStage.POST_RELEASE_REVIEW)
            await self._reviewed(known, evaluation)
            return None
        waits_for_people = bool(evaluation.alerts or evaluation.recalls)
        rests_as = BatchStage.SUPPLIED if evaluation.supplied else BatchStage.RELEASED
        self._case.stage(BatchStage.POST_RELEASE_REVIEW if waits_for_people else rests_as)
        await self._case.sleep(known, None if waits_for_people else evaluation.ends_at, "End of the shelf life")
        if not self._beside:
            await self._case.turn_over(beyond=LONG)
        return None

    async def _reviewed(self, known: int, evaluation: ReleaseEvaluation) -> None:
        """Until it is answered; asked anew when more was learned meanwhile, or when it was reviewed elsewhere."""
        asking = asyncio.create_task(
            self._case.ask(
                ReleaseReview, since=min(demand.at for demand in evaluation.demands), about=evaluation.about()
            )
        )
        try:
            while not asking.done():
                await self._answered_or_changed(asking, known)
                known = self._case.changes()
                if asking.done():
                    break
                now = await self._evaluated()
                if not asking.done() and _asks_otherwise(now, evaluation):
                    return
                if self._leaves_out(now.alerts) and workflow.patched("reports-during-reviews"):
                    self._attend(now)
            asking.result()
        finally:
            asking.cancel()

    async def _answered_or_changed(self, asking: asyncio.Task[Answered[ReleaseReview]], known: int) -> None:
        await self._case.until(lambda: asking.done() or self._case.changes() > known)

    # ------------------------------------------------------------------ field alerts and recalls

    def _attend(self, evaluation: ReleaseEvaluation) -> None:
        """What a review has set going is followed beside the next ones."""
        alerts = {alert.key: alert for alert in evaluation.alerts}
        recalls = {f"recall {recall.review}": recall for recall in evaluation.recalls}
        for gone in [key for key in self._beside if key not in {*alerts, *recalls}]:
            self._beside.pop(gone).cancel()
        for key, alert in alerts.items():
            if key in self._beside and self._asked[key] != alert.demands and workflow.patched("reports-asked-anew"):
                self._beside.pop(key).cancel()  # more was learned: one answer for all of it
            if key not in self._beside:
                self._asked[key] = alert.demands
                self._beside[key] = self._case.meanwhile(self._assessed(alert), must_end=False)
        for key, recall in recalls.items():
            if key not in self._beside:
                self._beside[key] = self._case.meanwhile(self._recalled(recall), must_end=False)

    def _leaves_out(self, alerts: Iterable[Alert]) -> bool:
        """Whether nobody is asked about one of the reports yet, or about less than it is due for by now."""
        return any(each.key not in self._beside or self._asked[each.key] != each.demands for each in alerts)

    async def _assessed(self, alert: Alert) -> None:
        await self._case.ask(
            FieldAlertAssessment,
            clock=alert.clock,
            since=alert.since,
            concerns=set(alert.demands or (alert.review,)),
            prefill={"report": alert.report, **({"demands": [*alert.demands]} if alert.demands else {})},
            check=only_about("report", alert.report),
            about=alert.about,
        )
        self._case.mark_changed()  # the next evaluation shows it done

    async def _recalled(self, recall: Recalled) -> None:
        same, where = only_about("review", recall.review), f"Recall in {', '.join(recall.markets)}"
        prefill: dict[str, JsonValue] = {"review": recall.review}
        if not recall.planned:
            planned: dict[str, JsonValue] = {**prefill, "markets": [*recall.markets]}
            await self._case.ask(RecallPlan, since=recall.since, prefill=planned, check=same, about=where)
        await self._case.ask(RecallClosure, prefill=prefill, check=same, about=where)
        self._case.mark_changed()


def _asks_otherwise(now: ReleaseEvaluation, before: ReleaseEvaluation) -> bool:
    """Whether the review is about something else by now. Evaluations of older versions say nothing of what stands."""
    return now.demands != before.demands or now.stands != before.stands
