"""What a specification must say before results are compared with it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.batch.results.specification import SpecifiedTest, refuse_unless_specified, stream_of
from domain.batch.results.specification_forms import SPECIFICATION, SpecificationProposal, refuse_unless_proposable
from domain.core.names import name_key
from tests.domain.filling import faults, filled
from tests.records.seeded import START

NUMBER = {"unit": "%", "upper": "0.15"}
TEXT = {"kind": "TEXT", "name": "Appearance", "expected": "White powder"}


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([NUMBER, TEXT], set()),
        ([{"lower": "98", "upper": "98", "unit": "%"}], set()),
        ([NUMBER, {**NUMBER, "name": "IMPURITY  i-3"}], {"tests.1.name"}),
        ([{"upper": "0.15"}], {"tests.0.unit"}),
        ([{"unit": "%"}], {"tests.0.upper"}),
        ([{**NUMBER, "lower": "0.2"}], {"tests.0.lower"}),
        ([{**NUMBER, "decimals": 1}], {"tests.0.decimals"}),
        ([{**NUMBER, "expected": "Conforms"}], {"tests.0.expected"}),
        ([{**TEXT, "expected": None}], {"tests.0.expected"}),
        ([{**TEXT, **NUMBER}], {"tests.0.unit", "tests.0.upper"}),
    ],
)
def test_every_test_says_what_its_results_must_be(tests: list[dict[str, Any]], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_specified([filled(SpecifiedTest, each) for each in tests])) == expected


def test_limits_are_stated_with_the_decimals_they_are_written_with() -> None:
    assert filled(SpecifiedTest, {"unit": "%", "lower": "98", "upper": "102.0"}).places() == 1
    assert filled(SpecifiedTest, {**NUMBER, "decimals": 3}).places() == 3


@pytest.mark.parametrize("limit", ["NaN", "Infinity", "1e30", "0." + "1" * 12])
def test_a_limit_is_a_plain_number(limit: str) -> None:
    with pytest.raises(ValueError, match="upper"):
        filled(SpecifiedTest, {"unit": "%", "upper": limit})


def test_a_specification_takes_effect_now_or_later() -> None:
    proposal = filled(SpecificationProposal, {"tests": [NUMBER]})
    now = proposal.effective_from
    assert faults(lambda: refuse_unless_proposable(proposal, now)) == set()
    assert faults(lambda: refuse_unless_proposable(proposal, now + timedelta(seconds=1))) == {"effective_from"}
    assert now > START


def test_names_of_records_and_tests() -> None:
    assert SPECIFICATION.names(stream_of("SC-1"))
    assert not SPECIFICATION.names("SPEC-")
    assert name_key("Impurity  I-3\u00a0") == name_key("IMPURITY Ｉ-3")
