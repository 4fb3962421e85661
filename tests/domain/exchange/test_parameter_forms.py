from typing import Any

import pytest

from domain.core.forms import Meaning
from domain.exchange.parameter_forms import (
    QualityApproval,
    TechnicalSignature,
    TechnicalSignatureForSite,
    refuse_outdated_draft,
    refuse_signer,
    refuse_unless_said_why,
    refuse_unless_signed_first,
)
from tests.domain.filling import faults, filled


@pytest.mark.parametrize(
    ("given", "rounds_left", "expected"),
    [
        ({}, False, set()),
        ({"approve": False}, True, {"reason"}),
        ({"approve": False, "reason": "The unit is wrong."}, False, set()),
        ({"approve": False, "reason": "Ask again.", "another_round": True}, True, set()),
        ({"approve": False, "reason": "Ask again.", "another_round": True}, False, {"another_round"}),
        ({"another_round": True}, True, {"another_round"}),
    ],
)
def test_a_no_says_why_and_where_it_leads(given: dict[str, Any], expected: set[str], *, rounds_left: bool) -> None:
    form = filled(TechnicalSignature, given)
    assert faults(lambda: refuse_unless_said_why(form, rounds_left=rounds_left)) == expected
    assert form.meaning() is (Meaning.APPROVED if form.approve else Meaning.REJECTED)


@pytest.mark.parametrize(
    ("signing", "earlier", "authors", "refused"),
    [
        ({"PER-1"}, set(), set(), False),
        ({"PER-1"}, {"PER-2"}, {"PER-3"}, False),
        ({"PER-1", "PER-2"}, {"PER-2"}, set(), True),
        ({"PER-1"}, set(), {"PER-1"}, True),
    ],
)
def test_four_people_sign_and_quality_has_not_written_it(
    signing: set[str], earlier: set[str], authors: set[str], *, refused: bool
) -> None:
    found = faults(lambda: refuse_signer(frozenset(signing), earlier=earlier, authors=authors))
    assert found == ({"<S1>"} if refused else set())


def test_quality_comes_after_both_technical_sides() -> None:
    assert faults(lambda: refuse_unless_signed_first([])) == set()
    assert faults(lambda: refuse_unless_signed_first([TechnicalSignatureForSite])) == {"<section 7, agreement>"}
    assert filled(QualityApproval).approves()


@pytest.mark.parametrize(("base", "newest"), [(None, None), ("PS-1", "PS-1"), (None, "PS-1"), ("PS-1", "PS-2")])
def test_a_draft_rests_on_the_newest_set(base: str | None, newest: str | None) -> None:
    assert faults(lambda: refuse_outdated_draft(base, newest)) == (set() if base == newest else {"draft"})
