"""The CAPAs that a case has opened and what it has received from them."""

from collections.abc import Collection

from domain.audit.capa import CapaRequest, CapaStatus
from domain.core.case import Subject
from domain.core.forms import Process
from workflows.core.case import Case


class Capas:
    """CAPA cases owned by a case, by the finding they answer."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._of_finding: dict[int, list[str]] = {}

    async def open(self, *requests: CapaRequest) -> None:
        """Request one CAPA case for each finding."""
        started = await self._case.start(Process.CAPA, *requests)
        for request, capa_id in zip(requests, started, strict=True):
            self._of_finding.setdefault(request.finding_no or 0, []).append(capa_id)

    def answer(self, finding_no: int) -> bool:
        """Whether there is one for a finding."""
        return finding_no in self._of_finding

    async def withdraw(self, finding_no: int) -> None:
        """The finding fell away: its CAPAs are cancelled."""
        for capa_id in self._of_finding.pop(finding_no, []):
            await self._case.send(self._living(capa_id), Subject.WITHDRAWN, {"finding_no": finding_no})

    def are_planned(self, findings: Collection[int], *, verified: Collection[int]) -> bool:
        """Whether each of the findings has a CAPA with an accepted plan, and those to be verified are."""
        return all(no in self._of_finding for no in findings) and all(
            self._is_done(capa_id) for no in verified for capa_id in self._of_finding[no]
        )

    def all_verified(self) -> bool:
        """Whether every CAPA is verified or over; one that replaced an ineffective CAPA counts in its place."""
        return all(self._is_done(capa_id) for ids in self._of_finding.values() for capa_id in ids)

    def _living(self, capa_id: str) -> str:
        """The CAPA that stands in the place of one that was not effective, or itself."""
        renewed = self._case.received(capa_id, Subject.RENEWED)
        return capa_id if renewed is None else self._living(str(renewed["by"]))

    def _is_done(self, capa_id: str) -> bool:
        capa_id = self._living(capa_id)
        outcome = self._case.received(capa_id, Subject.OUTCOME)
        over = outcome is not None and outcome["outcome"] != CapaStatus.INEFFECTIVE.value
        return over or self._case.received(capa_id, Subject.VERIFIED) is not None
