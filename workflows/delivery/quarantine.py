"""Letting goods leave in quarantine."""

from domain.delivery.quarantine import QuarantineApproval, QuarantineConfirmation
from workflows.core.case import Case
from workflows.core.tasks import Answered


class QuarantineArrangement:
    """SOP-12, quarantine shipment: approved by quality, confirmed by the qualified person, before goods leave.

    EU GMP Annex 16, 1.5.5; domain specification, section 1.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._over = False

    def begin(self) -> None:
        """Arrangements can be made from the end of manufacture on, as many as there are places."""
        self._case.offer(QuarantineApproval, self._arranged)

    def end(self) -> None:
        """No further one is made or confirmed: everything is decided."""
        self._over = True
        self._case.retract(QuarantineApproval)

    async def _arranged(self, approval: Answered[QuarantineApproval]) -> None:
        await self._case.ask_unless(
            lambda: self._over,
            self._case.ask(
                QuarantineConfirmation,
                barred=dict.fromkeys(sorted(approval.by.persons), "S1"),
                prefill={"arrangement": approval.as_read},
                about=approval.form.destination.name,
            ),
        )
