"""What is corrected, retested and extended of a batch once it is made."""

from domain.batch.making.manufacture_correction import ManufactureCorrection, ManufactureCorrectionConfirmation
from domain.batch.making.retest import ExtensionRequest, ExtensionSignature, Retest
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Corrections:
    """SOP-12, beside 2 to 6: a last day changes by signed correction, retest or the authority's letter alone.

    ICH Q7, 11.6; domain specification, section 17.
    """

    def __init__(self, case: Case) -> None:
        self._case = case

    def begin(self) -> None:
        """From the end of manufacture until the case ends."""
        self._case.offer(ManufactureCorrection, self._corrected)
        self._case.offer(Retest)
        self._case.offer(ExtensionRequest, self._extended)

    async def _corrected(self, correction: Answered[ManufactureCorrection]) -> None:
        if correction.effect["waits"]:
            barred = dict.fromkeys(sorted(correction.by.persons), "S1")
            await self._case.ask(ManufactureCorrectionConfirmation, barred=barred, about=correction.form.reason)
        self._case.mark_changed()

    async def _extended(self, request: Answered[ExtensionRequest]) -> None:
        barred = dict.fromkeys(sorted(request.by.persons), "S1")
        about = f"{request.form.authority} {request.form.reference}: until {request.form.last_day}"
        await self._case.ask(ExtensionSignature, barred=barred, about=about)
        self._case.mark_changed()
