"""An amendment follows a judgement and says what the audit has come to."""

import pytest

from domain.audit.amendment import ReportAmendment, refuse_unless_as_judged
from domain.audit.outcome import Recommendation
from tests.domain.filling import faults, filled


@pytest.mark.parametrize(
    ("is_judged", "outcome", "expected"),
    [
        (True, Recommendation.CONDITIONAL, set()),
        (False, Recommendation.CONDITIONAL, {"judgement"}),
        (True, Recommendation.UNACCEPTABLE, {"recommendation"}),
        (False, Recommendation.ACCEPTABLE, {"judgement", "recommendation"}),
    ],
)
def test_it_says_what_was_judged(*, is_judged: bool, outcome: Recommendation, expected: set[str]) -> None:
    read = {"version": 1, "sha256": "0" * 64}
    amendment = filled(ReportAmendment, judgement=read, recommendation="CONDITIONAL")
    assert faults(lambda: refuse_unless_as_judged(amendment, is_judged=is_judged, outcome=outcome)) == expected
