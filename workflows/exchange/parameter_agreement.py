"""Writing parameters down and signing them."""

import asyncio

from domain.exchange.exchange import ExchangeStage
from domain.exchange.parameter_forms import (
    ParameterDraft,
    ParameterSignature,
    QualityApproval,
    QualityApprovalForSite,
    TechnicalSignature,
    TechnicalSignatureForSite,
)
from workflows.core.case import Case
from workflows.core.tasks import Answered


class ParameterAgreement:
    """SOP-15, 4: draft the parameters, sign them on the technical sides, and then by both quality units.

    Domain specification, section 7.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self.waits_for_filing = False

    async def is_signed(self) -> bool:
        """Whether all four have signed a draft. A no leads to the next draft, or to another round: then it is not."""
        self._case.stage(ExchangeStage.AGREED_PENDING_SIGN)
        while True:
            no = await self._sent_back(await self._case.ask(ParameterDraft))
            if no is None or no.another_round:
                return no is None

    async def _sent_back(self, draft: Answered[ParameterDraft]) -> ParameterSignature | None:
        """The first no to a draft; `None` if nobody says it. Quality is asked once both technical sides have signed."""
        signed, no = await self._asked(TechnicalSignature, TechnicalSignatureForSite)
        if no is None:
            barred = draft.by.persons.union(*(each.by.persons for each in signed))
            approvals, no = await self._asked(QualityApproval, QualityApprovalForSite, barred)
            self.waits_for_filing = any(each.effect.get("waits_for_filing") for each in approvals)
        return no

    async def _asked(
        self,
        sponsor: type[ParameterSignature],
        site: type[ParameterSignature],
        barred: frozenset[str] = frozenset(),
    ) -> tuple[list[Answered[ParameterSignature]], ParameterSignature | None]:
        """Both sides at once; a no takes the other question back."""
        given: list[Answered[ParameterSignature]] = []
        noes: list[ParameterSignature] = []

        async def ask(form: type[ParameterSignature]) -> None:
            asking = self._case.ask(form, barred=dict.fromkeys(sorted(barred), "S1"))
            answer = await self._case.ask_unless(lambda: bool(noes), asking)
            if answer is not None and answer.form.approve:
                given.append(answer)
            elif answer is not None:
                noes.append(answer.form)

        await asyncio.gather(ask(sponsor), ask(site))
        return given, next(iter(noes), None)
