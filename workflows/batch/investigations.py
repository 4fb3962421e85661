"""Deviations and results outside specification of a batch, each followed to its conclusion."""

from domain.batch.batch import OosState
from domain.batch.departure import DepartureAssessment, DepartureFiling
from domain.batch.deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport, only_about
from domain.batch.oos import OosInvestigation, OosLaboratoryPhase, OosReport, about_result
from domain.release.rejection_correction import Unfinished
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Investigations:
    """SOP-13: what goes wrong while a batch is made and tested is reported as it occurs, and investigated.

    21 CFR 211.192; EU GMP Annex 16, section 3; domain specification, section 8.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._is_concluded = False

    def begin(self) -> None:
        """Reports are taken from now on, as long as the case is open."""
        self._case.offer(DeviationReport, self._deviation)
        self._case.offer(OosReport, self._result)
        self._case.offer(BatchChange)
        self._case.offer(DepartureAssessment)
        self._case.offer(DepartureFiling)

    async def concluded(self) -> None:
        """The batch is rejected: investigations are brought to their end, nobody accepts or discounts any more."""
        self._is_concluded = True
        self._case.retract(DeviationReport, OosReport, BatchChange, DepartureAssessment, DepartureFiling)
        await self._case.settled()

    def take_up(self, unfinished: Unfinished) -> None:
        """A rejection was wrong: what its record has left unfinished goes on where it stood."""
        for each in unfinished.deviations:
            self._case.meanwhile(self._judged(each.deviation_id, each.about, is_assessed=each.is_assessed))
        for result in unfinished.results:
            self._case.meanwhile(self._investigated(result.oos_id, result.about, in_laboratory=result.in_laboratory))

    async def _deviation(self, report: Answered[DeviationReport]) -> None:
        await self._judged(report.form.deviation_id, report.form.description)

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
        await self._investigated(form.oos_id, about_result(form.test, form.result, form.unit, form.limit))

    async def _investigated(self, number: str, about: str, *, in_laboratory: bool = True) -> None:
        """Phase I is the laboratory's; without a cause there phase II is the sponsor's (section 8, OOS ownership)."""
        same, prefill = only_about("oos_id", number), {"oos_id": number}
        if in_laboratory:
            laboratory = await self._case.ask(OosLaboratoryPhase, check=same, prefill=prefill, about=about)
            if laboratory.effect["state"] != OosState.INVESTIGATION:
                return
        investigation: Answered[OosInvestigation] | None
        investigation = await self._case.ask(OosInvestigation, check=same, prefill=prefill, about=about)
        while investigation is not None and investigation.effect["again"]:
            asking = self._case.ask(OosInvestigation, check=same, prefill=prefill, about=about)
            investigation = await self._case.ask_unless(lambda: self._is_concluded, asking)
