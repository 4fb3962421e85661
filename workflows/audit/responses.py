"""The answers of a site to the findings of an audit, and its disputes."""

from collections.abc import Mapping, Sequence
from datetime import date

from temporalio import workflow

from domain.audit import duties
from domain.audit.amendment import AmendmentDecision, ReportAmendment
from domain.audit.audit import AuditStage
from domain.audit.capa import CapaOrigin, CapaRequest
from domain.audit.dispute import DisputeDecision, FindingDispute, falls_away
from domain.audit.finding import ReportedFinding, Severity
from domain.audit.response import (
    AuditResponse,
    CouncilDecision,
    CouncilVerdict,
    ResponseDecision,
    ResponseReview,
    accepted_in,
    goes_to_council,
    to_rework,
)
from workflows.audit.capas import Capas
from workflows.audit.critical import Criticals
from workflows.audit.suspension import suspension_decided
from workflows.core.case import Case
from workflows.core.tasks import Answered

_GRAVER = "planned-anew-for-a-critical-finding"


class Responses:
    """SOP-07, 8: response, review, decision and rework for each finding; disputes beside them, each with its clock.

    A finding that is disputed before it is answered leaves the common response. If it stands it is answered apart,
    with the days that its clock had left.
    """

    def __init__(
        self,
        case: Case,
        capas: Capas,
        criticals: Criticals,
        findings: Mapping[int, ReportedFinding],
        members: Sequence[str],
        lead: str,
    ) -> None:
        self._case = case
        self._capas = capas
        self._criticals = criticals
        self._findings = dict(findings)
        self._members = members
        self._lead = lead
        self._apart: set[int] = set()
        """Findings that are answered apart, or have been answered."""
        self.outcome: str | None = None
        """What the audit has come to by the disputes that were judged."""

    async def follow(self, clock: str) -> None:
        """Until every finding that is not disputed has an accepted response."""
        self._case.offer(FindingDispute, self._disputed)
        await self._responses(set(self._findings), clock=clock)

    @property
    def owed(self) -> set[int]:
        """Findings that stand and need a CAPA."""
        return set(self._findings)

    @property
    def critical(self) -> set[int]:
        """Those of them that are critical."""
        return {no for no, finding in self._findings.items() if finding.severity is Severity.CRITICAL}

    async def _responses(
        self, numbers: set[int], *, clock: str, due_on: date | None = None, apart: bool = False
    ) -> None:
        """Response, review, decision and rework for a group of findings, until each is accepted or withdrawn."""
        rounds = 0

        def owed() -> set[int]:
            return {no for no in numbers if no in self._findings and (apart or no not in self._apart)}

        while numbers := owed():
            response = await self._case.ask_unless(
                lambda: not owed(), self._case.ask(AuditResponse, clock=clock, due_on=due_on, concerns=numbers)
            )
            if response is None:
                return
            answered = {answer.finding_no for answer in response.form.responses}
            if not apart:
                self._case.stage(AuditStage.RESPONSE_REVIEW)
            review = await self._case.ask(ResponseReview, to=self._lead, concerns=answered)
            decision = await self._decision(review, answered)
            accepted, refused = set(accepted_in(decision.form)), set(to_rework(decision.form))
            if refused and goes_to_council(rounds, max_rounds=int(str(decision.effect["rework_loops_max"]))):
                accepted, refused = await self._council(accepted, refused)
            self._case.meanwhile(self._open_capas(response, accepted))  # written together with the next question
            rounds += 1
            numbers = refused | (numbers - answered)
            clock, due_on = "audit.response.rework", None
            if numbers and not apart:
                self._case.stage(AuditStage.RESPONSE_DUE)

    async def _decision(self, review: Answered[ResponseReview], answered: set[int]) -> Answered[ResponseDecision]:
        barred = duties.barred_from_accepting_response([*review.by.persons, *self._members])
        return await self._case.ask(ResponseDecision, barred=barred, concerns=answered)

    async def _council(self, accepted: set[int], numbers: set[int]) -> tuple[set[int], set[int]]:
        about = f"Findings {', '.join(map(str, sorted(numbers)))} are not answered well enough"
        decision = await self._case.ask(CouncilDecision, about=about)
        if decision.form.verdict is CouncilVerdict.ACCEPT_AS_IS:
            return accepted | numbers, set()
        if decision.form.verdict is CouncilVerdict.SUSPEND_PROPOSAL:
            self._case.meanwhile(self._suspension(decision.form.rationale))
        return accepted, numbers

    async def _suspension(self, about: str) -> None:
        await suspension_decided(self._case, about=about)

    async def _open_capas(self, response: Answered[AuditResponse], accepted: set[int]) -> None:
        requests = [
            CapaRequest(
                origin=CapaOrigin.AUDIT,
                site_id=self._case.order.site_id,
                audit_id=self._case.case_id,
                finding_no=answer.finding_no,
                severity=finding.severity,
                finding=finding.evidence,
                is_repeat=finding.is_repeat,
                owner=answer.owner,
                plan=answer.plan(),
            )
            for answer in response.form.responses
            if answer.finding_no in accepted and (finding := self._findings.get(answer.finding_no)) is not None
        ]
        for request in requests:
            self._apart.add(request.finding_no or 0)
        if requests:
            await self._capas.open(*requests)

    async def _disputed(self, dispute: Answered[FindingDispute]) -> None:
        no = dispute.form.finding_no
        if "response" in dispute.effect:
            self._apart.add(no)
        judgement = await self._case.ask(
            DisputeDecision, barred=duties.barred_from_judging(self._members), concerns={no}, about=dispute.form.grounds
        )
        self.outcome = str(judgement.effect["outcome"]) if "outcome" in judgement.effect else self.outcome
        if judgement.form.approves() and workflow.patched("amended-after-a-dispute"):
            self._case.meanwhile(self._amended(judgement))
        if falls_away(judgement.form):
            self._findings.pop(no, None)
            await self._capas.withdraw(no)
            return
        if judgement.form.severity is not None:
            self._findings[no] = self._findings[no].model_copy(update={"severity": judgement.form.severity})
            self._criticals.told_in_writing(self._findings[no], judgement.at)
            if judgement.form.severity is Severity.CRITICAL and self._capas.answer(no) and workflow.patched(_GRAVER):
                await self._answered_anew(no)
                return
        if (clock := judgement.effect.get("clock")) is not None:
            due_on = date.fromisoformat(str(judgement.effect["respond_by"]))
            await self._responses({no}, clock=str(clock), due_on=due_on, apart=True)

    async def _answered_anew(self, no: int) -> None:
        """What was planned for a lesser finding, with more days, does not do for a critical one."""
        await self._capas.withdraw(no)
        self._apart.add(no)
        await self._responses({no}, clock="audit.response.rework", apart=True)

    async def _amended(self, judgement: Answered[DisputeDecision]) -> None:
        """The issued report says what was judged, in a version of its own that is signed like the first."""
        about = f"Finding {judgement.form.finding_no} is {judgement.form.verdict}"
        prefill = {"judgement": judgement.as_read}
        while True:
            amendment = await self._case.ask(ReportAmendment, to=self._lead, about=about, prefill=prefill)
            barred = duties.barred_from_approving_report(self._members, amendment.by.persons)
            decision = await self._case.ask(AmendmentDecision, barred=barred, about=about)
            if decision.form.approve:
                return
