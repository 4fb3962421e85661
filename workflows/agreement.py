"""Negotiating a quality agreement."""

import asyncio
from datetime import datetime

from pydantic import JsonValue

from domain.agreement_forms import (
    AgreementAnswer,
    AgreementDraft,
    QpConsultation,
    RegulatoryConsultation,
    SiteSignature,
    SponsorSignature,
)
from domain.document import RecordVersion
from domain.forms import Audience
from domain.qualification_duties import barred_from_accepting
from workflows.case import Case
from workflows.tasks import Answered


class Negotiation:
    """SOP-04: draft, negotiate, consult and sign a quality agreement, until it is effective.

    EU GMP Chapter 7; ICH Q7 16.12; domain specification, section 4.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self.authors: set[str] = set()
        self.effective = False

    async def follow(self) -> None:
        """Rounds of drafts until the site agrees, nobody who was heard objects, and both quality units have signed."""
        while True:
            draft = await self._case.ask(AgreementDraft)  # 1
            self.authors |= draft.by.persons
            if await self._is_agreed(draft) and await self._is_supported(draft):
                break
        effective_at = await self._signed(draft)  # 4
        await self._case.until(lambda: False, by=effective_at, why="First day of the agreement")
        self._case.record("agreement.effective", {}, Audience.SHARED)
        self.effective = True

    # ------------------------------------------------------------------ 2 the site's answer

    async def _is_agreed(self, draft: Answered[AgreementDraft]) -> bool:
        answer = await self._case.ask(AgreementAnswer)
        return answer.form.accept

    # ------------------------------------------------------------------ 3 consultation

    async def _is_supported(self, draft: Answered[AgreementDraft]) -> bool:
        regulatory, qp = await asyncio.gather(
            self._case.ask(RegulatoryConsultation, prefill=_read(draft)),
            self._case.ask(QpConsultation, prefill=_read(draft)),
        )
        return regulatory.form.agree and qp.form.agree

    # ------------------------------------------------------------------ 4 signatures

    async def _signed(self, draft: Answered[AgreementDraft]) -> datetime:
        """Both quality units sign. Returns the instant at which the agreement becomes effective."""
        barred = barred_from_accepting(draft.by.persons)
        sponsor, _ = await asyncio.gather(
            self._case.ask(SponsorSignature, barred=barred, prefill=_read(draft)),
            self._case.ask(SiteSignature, prefill=_read(draft)),
        )
        return datetime.fromisoformat(str(sponsor.effect["effective_at"]))


def _read(draft: Answered[AgreementDraft]) -> dict[str, JsonValue]:
    return {"draft": RecordVersion(version=draft.version, sha256=draft.sha256).model_dump(mode="json")}
