"""Negotiating a quality agreement."""

import asyncio
from datetime import datetime

from domain.agreement.forms import (
    AgreementAnswer,
    AgreementDraft,
    QpConsultation,
    RegulatoryConsultation,
    SiteSignature,
    SponsorSignature,
)
from domain.core.forms import Audience
from domain.qualification.duties import barred_from_accepting
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Negotiation:
    """SOP-04: draft, negotiate, consult and sign a quality agreement, until it is effective.

    EU GMP Chapter 7; ICH Q7 16.12; domain specification, section 4.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._redraft: Answered[AgreementDraft] | None = None
        self.authors: set[str] = set()
        self.effective = False

    async def follow(self) -> None:
        """Rounds of drafts until the site agrees, nobody consulted objects, and both quality units have signed."""
        draft = await self._drafted()  # 1
        while not (await self._is_agreed(draft) and await self._is_supported(draft) and await self._is_in_force(draft)):
            draft = await self._drafted()

    # ------------------------------------------------------------------ 1 draft

    async def _drafted(self) -> Answered[AgreementDraft]:
        """The next draft, unless one was submitted while the last one waited for its signatures."""
        draft = self._redraft or await self._case.ask(AgreementDraft)
        self._redraft = None
        self.authors |= draft.by.persons
        return draft

    def _drafted_anew(self, draft: Answered[AgreementDraft]) -> None:
        self._redraft = draft

    def _is_replaced(self) -> bool:
        return self._redraft is not None

    # ------------------------------------------------------------------ 2 the site's answer

    async def _is_agreed(self, draft: Answered[AgreementDraft]) -> bool:
        answer = await self._case.ask(AgreementAnswer)
        return answer.form.accept

    # ------------------------------------------------------------------ 3 consultation

    async def _is_supported(self, draft: Answered[AgreementDraft]) -> bool:
        regulatory, qp = await asyncio.gather(
            self._case.ask(RegulatoryConsultation, prefill={"draft": draft.as_read}),
            self._case.ask(QpConsultation, prefill={"draft": draft.as_read}),
        )
        return regulatory.form.agree and qp.form.agree

    # ------------------------------------------------------------------ 4 signatures

    async def _is_in_force(self, draft: Answered[AgreementDraft]) -> bool:
        """Both quality units sign and the first day comes, unless the agreement is drafted anew before."""
        self._case.offer(AgreementDraft, self._drafted_anew)
        barred = barred_from_accepting(draft.by.persons)
        sponsor = self._case.ask(SponsorSignature, barred=barred, prefill={"draft": draft.as_read})
        site = self._case.ask(SiteSignature, prefill={"draft": draft.as_read})
        signed = await asyncio.gather(*(self._case.ask_unless(self._is_replaced, each) for each in (sponsor, site)))
        if signed[0] is not None and signed[1] is not None:
            effective_at = datetime.fromisoformat(str(signed[0].effect["effective_at"]))
            await self._case.until(self._is_replaced, by=effective_at, why="First day of the agreement")
        self._case.retract(AgreementDraft)
        if self._is_replaced():
            return False
        self._case.record("agreement.effective", {}, Audience.SHARED)
        self.effective = True
        return True
