"""A list of a form names each entry once."""

from typing import Any

import pytest

from domain.core.forms import Form
from domain.core.repeats import refuse_repeated
from domain.release.certification import QcuApproval, QpCertification
from domain.release.raised_grounds import GroundsRaised
from domain.release.release_review import ReleaseReview
from domain.triage.triage import EventTriage
from tests.domain.filling import faults, filled

TWICE = ["SAFETY", "STERILITY", "SAFETY"]
BACK = {"market": "EU", "outcome": "WITHDRAW", "grounds": TWICE}
JUDGED = {"gate": "G7", "events": ["EVT-1", "EVT-2", "EVT-1", "EVT-1"]}


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        (QpCertification, {"grounds": TWICE}, {"grounds.2"}),
        (QcuApproval, {"grounds": TWICE}, {"grounds.2"}),
        (GroundsRaised, {"grounds": TWICE}, {"grounds.2"}),
        (ReleaseReview, {"demands": [7, 7], "outcomes": [BACK]}, {"demands.1", "outcomes.0.grounds.2"}),
        (ReleaseReview, {"demands": [7], "authority_reports": ["a", "b", "a"]}, {"authority_reports.2"}),
        (EventTriage, {"outcomes": ["RECORD", "RECORD"]}, {"outcomes.1"}),
        (QpCertification, {"judgements": [JUDGED]}, {"judgements.0.events.2", "judgements.0.events.3"}),
    ],
)
def test_what_is_named_twice_is_refused_field_by_field(
    form: type[Form], given: dict[str, Any], expected: set[str]
) -> None:
    assert faults(lambda: refuse_repeated(filled(form, given))) == expected
