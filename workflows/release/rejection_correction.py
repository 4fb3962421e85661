"""Correcting the rejection of a batch that was wrong."""

from domain.batch.batch import BatchStage
from domain.release.rejection_correction import (
    CorrectionConfirmation,
    CorrectionCounterSignature,
    Rejection,
    Unfinished,
    barred_from_correcting,
)
from workflows.batch.investigations import Investigations
from workflows.core.case import Case


class RejectionCorrection:
    """SOP-12, correction: two people who did not reject the batch say that the rejection was wrong.

    Domain specification, section 8. The rejected record stays as it is; the new one goes on at the site's disposition,
    and with whatever was left unfinished.
    """

    def __init__(self, case: Case, investigations: Investigations) -> None:
        self._case = case
        self._investigations = investigations

    async def is_confirmed(self) -> bool:
        """Whether both say so; if not, the new record ends here."""
        self._case.stage(BatchStage.CORRECTION_REVIEW)
        rejection = Rejection.model_validate(await self._case.establish("batch.correction_opened"))
        barred = barred_from_correcting(rejection.rejecters)
        confirmation = await self._case.ask(CorrectionConfirmation, barred=barred, about=rejection.words())
        if not confirmation.form.confirm:
            return False
        barred = barred_from_correcting(rejection.rejecters, confirmation.by.persons)
        signature = await self._case.ask(
            CorrectionCounterSignature, barred=barred, about=f"{rejection.words()}: {confirmation.form.reason}"
        )
        if signature.form.confirm:
            self._investigations.take_up(Unfinished.model_validate(signature.effect["unfinished"]))
        return signature.form.confirm
