"""What an audit comes to once its findings were disputed."""

import pytest

from domain.audit.finding import Severity
from domain.audit.outcome import Recommendation, outcome_by_now

S, R = Severity, Recommendation


@pytest.mark.parametrize(
    ("recommended", "reported", "standing", "outcome"),
    [
        (R.ACCEPTABLE_WITH_CAPA, [S.MAJOR], [S.MAJOR], R.ACCEPTABLE_WITH_CAPA),
        (R.ACCEPTABLE_WITH_CAPA, [S.MAJOR], [S.CRITICAL], R.UNACCEPTABLE),
        (R.UNACCEPTABLE, [S.CRITICAL], [S.MAJOR], R.ACCEPTABLE_WITH_CAPA),
        (R.UNACCEPTABLE, [S.CRITICAL], [], R.ACCEPTABLE),
        (R.CONDITIONAL, [S.CRITICAL], [S.CRITICAL], R.CONDITIONAL),
        (R.UNACCEPTABLE, [S.MAJOR], [], R.UNACCEPTABLE),
        (R.CONDITIONAL, [S.MAJOR], [S.CRITICAL], R.UNACCEPTABLE),
    ],
)
def test_the_outcome_follows_the_findings_that_stand(
    recommended: Recommendation, reported: list[Severity], standing: list[Severity], outcome: Recommendation
) -> None:
    found = outcome_by_now(recommended, reported=reported, standing=standing, conditional_from=3)
    assert found is outcome
