"""Deviations and results outside specification of a batch, each followed to its conclusion."""

from domain.batch.batch import OosState
from domain.batch.deviations.departure import DepartureAssessment, DepartureFiling
from domain.batch.deviations.deviation import (
    BatchChange,
    DeviationAcceptance,
    DeviationClosure,
    DeviationReport,
    only_about,
)
from domain.batch.deviations.reclassification import DeviationReclassification
from domain.batch.results.oos import OosReport, about_result
from domain.batch.results.oos_review import ResamplingDecision
from domain.release.rejection_correction import Unfinished
from workflows.batch.results import Results
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Investigations:
    """SOP-13: what goes wrong while a batch is made and tested is reported as it occurs, and investigated.

    21 CFR 211.192; EU GMP Annex 16, section 3; domain specification, section 8.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._is_concluded = False
        self.results = Results(case, is_concluded=lambda: self._is_concluded)

    def begin(self) -> None:
        """Reports are taken from now on, as long as the case is open."""
        self._case.offer(DeviationReport, self._deviation)
        self._case.offer(OosReport, self._result)
        self._case.offer(BatchChange)
        self._case.offer(DepartureAssessment)
        self._case.offer(DepartureFiling)
        self._case.offer(ResamplingDecision)
        self._case.offer(DeviationReclassification, self._reclassified)

    async def concluded(self) -> None:
        """The batch is rejected: investigations are brought to their end, nobody accepts or discounts any more."""
        self._is_concluded = True
        self._case.retract(DeviationReport, OosReport, BatchChange)
        self._case.retract(DepartureAssessment, DepartureFiling, ResamplingDecision, DeviationReclassification)
        await self._case.settled()

    def take_up(self, unfinished: Unfinished) -> None:
        """A rejection was wrong: what its record has left unfinished goes on where it stood."""
        for each in unfinished.deviations:
            self._case.meanwhile(self._judged(each.deviation_id, each.about, is_assessed=each.is_assessed))
        for result in unfinished.results:
            state = result.state or (OosState.LABORATORY if result.in_laboratory else OosState.INVESTIGATION)
            self.results.begin(result.oos_id, result.about, state=state, own=result.own_laboratory)

    async def _deviation(self, report: Answered[DeviationReport]) -> None:
        await self._judged(report.form.deviation_id, report.form.description)

    async def _reclassified(self, raised: Answered[DeviationReclassification]) -> None:
        """One whose investigation is closed is judged as the grave one that it is."""
        if raised.effect["judged_anew"]:
            await self._judged(raised.form.deviation_id, str(raised.effect["about"]), is_assessed=True)

    async def _judged(self, number: str, about: str, *, is_assessed: bool = False) -> None:
        """The site investigates, the qualified person accepts a grave one, or has it investigated further."""
        same, prefill = only_about("deviation_id", number), {"deviation_id": number}
        impact = about
        while True:
            if not is_assessed:
                closure = await self._case.ask(DeviationClosure, check=same, prefill=prefill, about=about)
                if not closure.effect["grave"]:
                    return
                impact = closure.form.impact
                if closure.effect.get("departs"):
                    await self._departure_assessed(number, impact)
            acceptance = await self._case.ask_unless(
                lambda: self._is_concluded,
                self._case.ask(DeviationAcceptance, check=same, prefill=prefill, about=impact),
            )
            if acceptance is None or acceptance.form.accept:
                return
            is_assessed = False

    async def _departure_assessed(self, number: str, about: str) -> None:
        """Before a value outside its proven range is judged (gate G6)."""
        same, prefill = only_about("deviation_id", number), {"deviation_id": number}
        for form in (DepartureAssessment, DepartureFiling):
            asking = self._case.ask(form, check=same, prefill=prefill, about=about)
            if await self._case.ask_unless(lambda: self._is_concluded, asking) is None:
                return

    async def _result(self, report: Answered[OosReport]) -> None:
        form = report.form
        about = about_result(form.test, form.result, form.unit, form.limit)
        await self.results.follow(form.oos_id, about, own=form.own_laboratory)
