"""The site's response to the findings, its review, and rework (domain specification, section 6)."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.audit.corrective_plan import CorrectivePlan, plan_faults, suggested_corrective_plan
from domain.audit.finding import Severity
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text


class FindingResponse(CorrectivePlan):
    """The answer to one finding, with its corrective plan."""

    finding_no: int = Field(ge=1, examples=[1])
    """Number of the finding in the report."""
    accepted: bool = Field(examples=[True])
    """Whether the site agrees with the finding. A plan is due in any case; to contest a finding, dispute it."""
    remark: Text | None = None
    """Required when the finding is not agreed with: why."""

    def plan(self) -> CorrectivePlan:
        """The corrective plan alone, for the CAPA that follows."""
        return CorrectivePlan.model_validate(self.model_dump(include=set(CorrectivePlan.model_fields)))


class AuditResponse(Form):
    """Answer the findings, one by one, with root cause and dated actions."""

    action = Action(
        Process.AUDIT,
        "respond",
        "Respond to the findings",
        frozenset({Role.CDMO_QA}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    responses: tuple[FindingResponse, ...] = Field(min_length=1, max_length=200)
    """One answer for each finding that is due; recommendations need none."""


class AnswerVerdict(StrEnum):
    """Whether an answer to a finding is accepted or goes back to the site."""

    ACCEPT = "ACCEPT"
    REWORK = "REWORK"


class FindingVerdict(Value):
    """The judgement on the answer to one finding."""

    finding_no: int = Field(ge=1, examples=[1])
    """Number of the finding."""
    verdict: AnswerVerdict = Field(examples=[AnswerVerdict.ACCEPT])
    """Accept the answer, or ask for rework."""
    reason: Text | None = None
    """Required for REWORK: what is missing."""


class ResponseReview(Form):
    """Propose, finding by finding, whether the answer is accepted."""

    action = Action(
        Process.AUDIT,
        "review-response",
        "Review the response",
        frozenset({Role.LEAD_AUDITOR}),
        clock="response.review",
        meaning=Meaning.REVIEWED,
    )

    verdicts: tuple[FindingVerdict, ...] = Field(min_length=1, max_length=200)
    """One for each finding answered."""


class ResponseDecision(Decision):
    """Accept the answers or send them back, finding by finding. Signed as APPROVED when nothing goes back."""

    action = Action(
        Process.AUDIT,
        "accept-response",
        "Decide on the response",
        frozenset({Role.QA_APPROVER}),
        clock="response.decide",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    verdicts: tuple[FindingVerdict, ...] = Field(min_length=1, max_length=200)
    """One for each finding answered."""

    def approves(self) -> bool:
        return not to_rework(self)


class CouncilVerdict(StrEnum):
    """What the quality council decides when rework has not settled an answer."""

    ACCEPT_AS_IS = "ACCEPT_AS_IS"
    FURTHER_REWORK = "FURTHER_REWORK"
    SUSPEND_PROPOSAL = "SUSPEND_PROPOSAL"


class CouncilDecision(Decision):
    """Decide in the quality council when the rework rounds are used up."""

    action = Action(
        Process.AUDIT,
        "council-decision",
        "Record the quality council's decision",
        frozenset({Role.HEAD_QA}),
        clock="audit.council",
        meaning=Meaning.APPROVED,
        unchecked="the quality council judges responses that were checked when they were given",
    )

    verdict: CouncilVerdict = Field(examples=[CouncilVerdict.ACCEPT_AS_IS])
    """What the council decided."""
    rationale: Text = Field(examples=["The remaining gap is covered by the next follow-up audit."])
    """Why."""

    def approves(self) -> bool:
        return self.verdict is CouncilVerdict.ACCEPT_AS_IS


def refuse_unless_responded(
    response: AuditResponse,
    *,
    due: Mapping[int, Severity],
    disputed: frozenset[int],
    today: date,
    latest_due: Mapping[Severity, date],
) -> None:
    """Raise `Refused` unless the response is complete (section 6).

    `due` are the findings that await an answer, with their severity; disputed ones and recommendations are not among
    them. `latest_due` is the last day allowed by the policy's `capa.due`, by severity, counted from `today`.
    """
    faults: dict[str, str] = {}
    seen: set[int] = set()
    for index, answer in enumerate(response.responses):
        path = f"responses.{index}"
        no = answer.finding_no
        if no in disputed:
            faults[f"{path}.finding_no"] = "is disputed; answer it when the dispute is decided"
        elif no not in due:
            faults[f"{path}.finding_no"] = "awaits no answer"
        elif no in seen:
            faults[f"{path}.finding_no"] = "is answered twice"
        else:
            faults |= plan_faults(answer, due[no], today=today, latest_due=latest_due, path=path)
            if not answer.accepted and answer.remark is None:
                faults[f"{path}.remark"] = "say why the finding is not agreed with"
        seen.add(no)
    if missing := sorted(set(due) - seen):
        faults["responses"] = f"has no answer to finding {', '.join(map(str, missing))}"
    if faults:
        raise broken("audit.response", "The response is not complete.", **faults)


def refuse_unless_judged(form: ResponseReview | ResponseDecision, answered: Iterable[int]) -> None:
    """Raise `Refused` unless every answered finding has exactly one verdict, and each REWORK its reason."""
    faults: dict[str, str] = {}
    open_numbers = set(answered)
    for index, verdict in enumerate(form.verdicts):
        if verdict.finding_no not in open_numbers:
            faults[f"verdicts.{index}.finding_no"] = "has no answer to judge, or is judged twice"
        open_numbers.discard(verdict.finding_no)
        if verdict.verdict is AnswerVerdict.REWORK and verdict.reason is None:
            faults[f"verdicts.{index}.reason"] = "say what is missing"
    if open_numbers:
        faults["verdicts"] = f"has no verdict on finding {', '.join(map(str, sorted(open_numbers)))}"
    if faults:
        raise broken("response.review", "The judgement is not complete.", **faults)


def to_rework(decision: ResponseDecision | ResponseReview) -> tuple[int, ...]:
    """Numbers of the findings whose answer goes back."""
    return tuple(verdict.finding_no for verdict in decision.verdicts if verdict.verdict is AnswerVerdict.REWORK)


def accepted_in(decision: ResponseDecision | ResponseReview) -> tuple[int, ...]:
    """Numbers of the findings whose answer is accepted."""
    return tuple(verdict.finding_no for verdict in decision.verdicts if verdict.verdict is AnswerVerdict.ACCEPT)


def goes_to_council(rework_rounds: int, *, max_rounds: int) -> bool:
    """Whether the next step is the quality council: the rework rounds are used up (section 6, policy: 3)."""
    return rework_rounds >= max_rounds


def suggested_response(
    due: Mapping[int, Severity],
    *,
    latest_due: Mapping[Severity, date],
    default_window_days: int,
) -> dict[str, JsonValue]:
    """Prefill of a response: one answer per finding that is due, with its latest due date."""
    return {
        "responses": [
            {"finding_no": no}
            | suggested_corrective_plan(severity, latest_due=latest_due, default_window_days=default_window_days)
            for no, severity in sorted(due.items())
        ]
    }


def suggested_review(answered: Iterable[int]) -> dict[str, JsonValue]:
    """Prefill of a review: the findings to judge, the verdict left open."""
    return {"verdicts": [{"finding_no": no} for no in sorted(set(answered))]}


def suggested_response_decision(review: ResponseReview) -> dict[str, JsonValue]:
    """Prefill of the decision: the findings that the lead auditor has judged. What becomes of them is left open."""
    return {"verdicts": [{"finding_no": verdict.finding_no} for verdict in review.verdicts]}
