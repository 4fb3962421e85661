"""Using a batch before its release."""

from domain.release.at_risk_use import AtRiskApproval, AtRiskProposal
from workflows.core.case import Case
from workflows.core.tasks import Answered


class AtRiskUse:
    """SOP-12, use at risk: proposed by planning or quality, approved by quality, while the batch is not decided on.

    Domain specification, section 17.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._over = False

    def begin(self) -> None:
        """Uses can be proposed, as many as there are sites."""
        self._case.offer(AtRiskProposal, self._proposed)

    def end(self) -> None:
        """Everything is decided: no further one is proposed or approved."""
        self._over = True
        self._case.retract(AtRiskProposal)

    async def _proposed(self, proposal: Answered[AtRiskProposal]) -> None:
        await self._case.ask_unless(
            lambda: self._over,
            self._case.ask(
                AtRiskApproval,
                barred=dict.fromkeys(sorted(proposal.by.persons), "S1"),
                prefill={"proposal": proposal.as_read},
                about=f"{proposal.form.quantity} for {proposal.form.site_id}: {proposal.form.reason}",
            ),
        )
