from datetime import date
from typing import Any

import pytest

from domain.event.site_event import AuthorityOutcome
from domain.inspection.inspection import (
    InspectionNotice,
    InspectionOutcome,
    InspectionStart,
    Observations,
    informed_from,
    inspection_key,
    is_adverse,
    is_answered,
    is_rescored,
    joined,
    refuse_unless_begun,
    refuse_unless_informed,
    refuse_unless_noticed,
)
from tests.domain.filling import faults, filled

TODAY = date(2025, 1, 13)
STARTED = date(2025, 1, 6)
COPY: dict[str, Any] = {"report": {"document_id": "DOC-1", "sha256": "0" * 64}, "redacted": True}
ONE = {"major": 1}


@pytest.mark.parametrize(
    ("announced_on", "start", "expected", "counts_from"),
    [
        ("2025-01-13", None, set(), "2025-01-13"),
        ("2025-01-10", "2025-03-03", set(), "2025-01-10"),
        ("2025-01-10", "2025-01-10", set(), "2025-01-10"),
        (None, "2025-01-12", set(), "2025-01-12"),
        (None, None, {"announced_on"}, None),
        ("2025-01-14", None, {"announced_on"}, None),
        (None, "2025-01-14", {"start"}, None),
        ("2025-01-10", "2025-01-09", {"start"}, None),
    ],
)
def test_a_notice_says_when_it_was_announced_or_has_begun(
    announced_on: str | None, start: str | None, expected: set[str], counts_from: str | None
) -> None:
    form = filled(InspectionNotice, announced_on=announced_on, start=start)
    assert faults(lambda: refuse_unless_noticed(form, today=TODAY)) == expected
    if counts_from is not None:
        assert informed_from(form) == date.fromisoformat(counts_from)


def test_an_inspection_is_the_same_whatever_the_spelling_of_its_number() -> None:
    assert inspection_key("FDA", "FEI 300, 2025") == inspection_key("fda", " FEI300,2025 ")
    assert inspection_key("FDA", "1") != inspection_key("EMA", "1")
    assert inspection_key("FD", "A1") != inspection_key("FDA", "1")


@pytest.mark.parametrize(
    ("started_on", "expected_end", "expected"),
    [
        ("2025-01-13", "2025-01-13", set()),
        ("2025-01-10", "2025-01-17", set()),
        ("2025-01-14", "2025-01-17", {"started_on"}),
        ("2025-01-09", "2025-01-17", {"started_on"}),
        ("2025-01-13", "2025-01-12", {"expected_end"}),
    ],
)
def test_it_begins_after_its_announcement_and_not_in_the_future(
    started_on: str, expected_end: str, expected: set[str]
) -> None:
    form = filled(InspectionStart, started_on=started_on, expected_end=expected_end)
    assert faults(lambda: refuse_unless_begun(form, announced_on=date(2025, 1, 10), today=TODAY)) == expected


OUTCOMES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("NONE", {}, set()),
    ("NONE", {"observations": ONE}, {"observations"}),
    ("NAI", {"observations": ONE}, set()),
    ("COMPLIANT", COPY, set()),
    ("FORM_483", {**COPY, "observations": ONE}, set()),
    ("FORM_483", COPY, {"observations"}),
    ("FORM_483", {"observations": ONE}, {"report"}),
    ("VAI", COPY, set()),
    ("VAI", {}, {"report"}),
    ("VAI", {"report": COPY["report"]}, {"redacted"}),
    ("OAI", {}, set()),
    ("OAI", {"redacted": True}, {"redacted"}),
    ("NON_COMPLIANT", {}, set()),
    ("NAI", {"end": "2025-01-05"}, {"end"}),
    ("NAI", {"end": "2025-01-14", "received_on": "2025-01-14"}, {"end", "received_on"}),
    ("NAI", {"end": "2025-01-06", "received_on": "2025-01-06"}, set()),
]


@pytest.mark.parametrize(("outcome", "given", "expected"), OUTCOMES)
def test_an_outcome_comes_with_what_it_needs(outcome: str, given: dict[str, Any], expected: set[str]) -> None:
    form = filled(InspectionOutcome, outcome=outcome, **given)
    assert faults(lambda: refuse_unless_informed(form, started_on=STARTED, today=TODAY)) == expected


FOLLOWS: list[tuple[str, bool, bool, bool]] = [
    # outcome, scored again, suspension proposed, answered whatever the observations
    ("NONE", False, False, False),
    ("NAI", False, False, False),
    ("COMPLIANT", False, False, False),
    ("FORM_483", True, False, True),
    ("VAI", True, False, True),
    ("OAI", True, True, False),
    ("NON_COMPLIANT", True, True, False),
]


@pytest.mark.parametrize(("name", "rescored", "adverse", "answered"), FOLLOWS)
def test_what_follows_from_an_outcome(name: str, *, rescored: bool, adverse: bool, answered: bool) -> None:
    outcome = AuthorityOutcome(name)
    assert (is_rescored(outcome), is_adverse(outcome)) == (rescored, adverse)
    assert is_answered(outcome, Observations()) is answered
    assert is_answered(outcome, Observations(other=1)) is (answered or adverse)


def test_every_outcome_is_in_the_tables() -> None:
    assert {name for name, *_ in FOLLOWS} == {name for name, *_ in OUTCOMES} == set(AuthorityOutcome)


def test_lists_are_joined_without_repetition() -> None:
    assert joined(["b", "a"], ("a", "c"), ()) == ["b", "a", "c"]
