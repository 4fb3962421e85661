"""Deviations and results outside specification of a batch, each followed to its conclusion."""

from domain.batch import OosState
from domain.batch_deviation import (
    BatchChange,
    DeviationAcceptance,
    DeviationClosure,
    DeviationReport,
    only_about,
)
from domain.batch_oos import OosInvestigation, OosLaboratoryPhase, OosReport
from workflows.case import Case
from workflows.tasks import Answered


class Investigations:
    """SOP-13: what goes wrong while a batch is made and tested is reported as it occurs, and investigated.

    21 CFR 211.192; EU GMP Annex 16, section 3; domain specification, section 8.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._moot = False

    def begin(self) -> None:
        """Reports are taken from now on, as long as the case is open."""
        self._case.offer(DeviationReport, self._deviation)
        self._case.offer(OosReport, self._result)
        self._case.offer(BatchChange)

    async def concluded(self) -> None:
        """The batch is rejected: what is under investigation is brought to its end, nobody accepts it any more."""
        self._moot = True
        self._case.retract(DeviationReport, OosReport, BatchChange)
        await self._case.settled()

    async def _deviation(self, report: Answered[DeviationReport]) -> None:
        """The site investigates, the qualified person accepts a grave one, or has it investigated further."""
        number = report.form.deviation_id
        same = only_about("deviation_id", number)
        while True:
            closure = await self._case.ask(
                DeviationClosure, check=same, prefill={"deviation_id": number}, about=report.form.description
            )
            if not closure.effect["grave"]:
                return
            acceptance = await self._case.ask_unless(
                lambda: self._moot,
                self._case.ask(
                    DeviationAcceptance, check=same, prefill={"deviation_id": number}, about=closure.form.impact
                ),
            )
            if acceptance is None or acceptance.form.accept:
                return

    async def _result(self, report: Answered[OosReport]) -> None:
        """Phase I is the laboratory's; without a cause there phase II is the sponsor's (section 8, OOS ownership)."""
        number = report.form.oos_id
        same = only_about("oos_id", number)
        about = f"{report.form.test}: {report.form.result} {report.form.unit}, limit {report.form.limit}"
        laboratory = await self._case.ask(OosLaboratoryPhase, check=same, prefill={"oos_id": number}, about=about)
        if laboratory.effect["state"] == OosState.INVESTIGATION:
            await self._case.ask(OosInvestigation, check=same, prefill={"oos_id": number}, about=about)
