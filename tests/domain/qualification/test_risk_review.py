import pytest

from domain.core.forms import Process
from domain.qualification.risk_review import RISK_REVIEW_STEPS, RiskReviewCause
from tests.domain.shipped import POLICY


@pytest.mark.parametrize("cause", RiskReviewCause)
def test_a_change_of_ownership_has_a_clock_of_its_own(cause: RiskReviewCause) -> None:
    assert cause.clock == ("ownership.rescore" if cause is RiskReviewCause.OWNERSHIP_CHANGE else "risk.assess")
    assert POLICY.clock(cause.clock).span.n == 10


def test_the_steps_of_a_review_are_those_of_a_qualification() -> None:
    types = {form.__name__: form.action.event_types() for form in RISK_REVIEW_STEPS}
    assert types["RiskAssessment"] == ("qualification.assess-risk", "risk.assess-risk")
    assert types["RiskReviewRequest"] == ("risk.request",)
    assert all(form.action.belongs_to(Process.RISK) for form in RISK_REVIEW_STEPS)
