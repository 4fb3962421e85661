"""What is corrected, retested and extended of a batch once it is made."""

from pydantic import JsonValue

from domain.batch.making.manufacture_correction import Change, ManufactureCorrection, ManufactureCorrectionConfirmation
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
            await self._case.ask(ManufactureCorrectionConfirmation, barred=barred, about=_in_words(correction))
        self._case.mark_changed()

    async def _extended(self, request: Answered[ExtensionRequest]) -> None:
        barred = dict.fromkeys(sorted(request.by.persons), "S1")
        about = f"{request.form.authority} {request.form.reference}: until {request.form.last_day}"
        await self._case.ask(ExtensionSignature, barred=barred, about=about)
        self._case.mark_changed()


def _in_words(correction: Answered[ManufactureCorrection]) -> str:
    """Every value beside the one that it is to replace, and why."""
    changes = correction.effect["changes"]
    assert isinstance(changes, list), "They are listed."
    words = "; ".join(_change(each).in_words() for each in changes)
    return f"{words}. {correction.form.reason}"


def _change(told: JsonValue) -> Change:
    assert isinstance(told, dict), "Each is one value."
    return Change(str(told["field"]), str(told["old"]) if told["old"] is not None else None, str(told["new"]))
