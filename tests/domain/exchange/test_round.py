from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.refusals import Refused
from domain.exchange.difference import ItemView, round_difference
from domain.exchange.exchange import NextStep
from domain.exchange.round import (
    RoundOpening,
    RoundResponse,
    RoundReview,
    refuse_unless_answered,
    refuse_unless_judged,
    refuse_unless_openable,
    refuse_unless_round,
    step_after_review,
    suggested_numbers,
    suggested_opening,
)
from tests.domain.filling import faults, filled

ITEM = {"kind": "QUESTION", "topic": "Hold time", "text": "保持時間は? Zulässige Haltezeit?"}
PROPOSAL = ITEM | {"kind": "PROPOSAL"}


def carried(*numbers: int) -> dict[str, Any]:
    return {"carried": [{"number": number} for number in numbers]}


@pytest.mark.parametrize(
    ("given", "still_open", "expected"),
    [
        ({}, [], set()),
        ({"items": []}, [], {"items"}),
        ({"items": [], **carried(2, 4)}, [2, 4], set()),
        ({"items": [ITEM], **carried(2, 4)}, [2, 4], set()),
        ({"items": [ITEM], **carried(2)}, [2, 4], {"carried"}),
        ({"items": [ITEM], **carried(2, 3)}, [2], {"carried.1.number"}),
        ({"items": [ITEM], **carried(2, 2)}, [2], {"carried.1.number"}),
        ({"items": [ITEM] * 199, **carried(2)}, [2], set()),
        ({"items": [ITEM] * 200, **carried(2)}, [2], {"items"}),
        ({"items": [ITEM, PROPOSAL]}, [], {"items.1.proposed"}),
        ({"items": [PROPOSAL | {"proposed": "35 to 45", "unit": "Cel"}]}, [], set()),
    ],
)
def test_a_round_has_an_item_and_carries_over_what_is_open(
    given: dict[str, Any], still_open: list[int], expected: set[str]
) -> None:
    assert faults(lambda: refuse_unless_openable(filled(RoundOpening, given), still_open)) == expected


@pytest.mark.parametrize(
    "given", [{"unit": "°C"}, {"text": " "}, {"topic": "x" * 201}, {"kind": "WISH"}, {"number": 7}, {"text": "a\x00b"}]
)
def test_an_item_that_is_none_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        filled(RoundOpening, {"items": [ITEM | given]})


def responses(*numbers: int) -> RoundResponse:
    return filled(RoundResponse, {"responses": [{"number": number} for number in numbers]})


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1, 2), set()),
        ((2, 1), set()),
        ((1,), {"responses"}),
        ((1, 2, 2), {"responses.2.number"}),
        ((1, 3), {"responses", "responses.1.number"}),
    ],
)
def test_every_item_has_exactly_one_response(numbers: tuple[int, ...], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_answered(responses(*numbers), [1, 2])) == expected


def review(*verdicts: str, reason: str | None = None, then: str = "AGREEMENT") -> RoundReview:
    given = [{"number": n, "verdict": verdict, "reason": reason} for n, verdict in enumerate(verdicts, 1)]
    return filled(RoundReview, {"verdicts": given, "then": then})


@pytest.mark.parametrize(
    ("form", "concerns", "rounds_left", "expected"),
    [
        (review("AGREED", "AGREED"), [], False, set()),
        (review("AGREED"), [], True, {"verdicts"}),
        (review("AGREED", "OPEN"), [], True, {"then"}),
        (review("AGREED", "AGREED"), [1], True, {"then"}),
        (review("AGREED", "OPEN", then="ANOTHER_ROUND"), [], True, set()),
        (review("AGREED", "OPEN", then="ANOTHER_ROUND"), [], False, set()),
        (review("AGREED", "AGREED", then="ANOTHER_ROUND"), [], True, set()),
        (review("AGREED", "AGREED", then="ANOTHER_ROUND"), [], False, {"then"}),
        (review("AGREED", "AGREED", then="ANOTHER_ROUND"), [1], False, set()),
        (review("AGREED", "DEFERRED"), [], False, {"verdicts.1.reason"}),
        (review("REJECTED", "DEFERRED"), [], True, {"verdicts.0.reason", "verdicts.1.reason"}),
        (review("REJECTED", "DEFERRED", reason="Later."), [], False, set()),
    ],
)
def test_a_round_closes_when_every_item_is_judged_and_the_next_step_fits(
    form: RoundReview, concerns: list[int], expected: set[str], *, rounds_left: bool
) -> None:
    found = faults(lambda: refuse_unless_judged(form, [1, 2], concerns=concerns, rounds_left=rounds_left))
    assert found == expected


@pytest.mark.parametrize(
    ("then", "rounds_left", "step"),
    [
        ("AGREEMENT", True, NextStep.AGREEMENT),
        ("AGREEMENT", False, NextStep.AGREEMENT),
        ("ANOTHER_ROUND", True, NextStep.ROUND),
        ("ANOTHER_ROUND", False, NextStep.ESCALATION),
    ],
)
def test_when_no_round_is_left_it_goes_up(then: str, step: NextStep, *, rounds_left: bool) -> None:
    assert step_after_review(review("OPEN", then=then), rounds_left=rounds_left) is step


def test_a_form_about_another_round_is_stale() -> None:
    refuse_unless_round(2, 2)
    with pytest.raises(Refused, match="current round is 2"):
        refuse_unless_round(1, 2)


def test_what_is_suggested_makes_whole_forms() -> None:
    opening = filled(RoundOpening, suggested_opening({4: None, 2: "Data are missing."}))
    assert faults(lambda: refuse_unless_openable(opening, [2, 4])) == set()
    assert [(each.number, each.comment) for each in opening.carried] == [(2, "Data are missing."), (4, None)]
    assert suggested_opening({}) == {}
    answer = filled(RoundResponse, suggested_numbers("responses", 2, [4, 2]))
    assert faults(lambda: refuse_unless_answered(answer, [2, 4])) == set()
    judged = filled(RoundReview, suggested_numbers("verdicts", 2, [2, 4]))
    assert faults(lambda: refuse_unless_judged(judged, [2, 4], concerns=[], rounds_left=True)) == set()


def item(number: int, **given: Any) -> ItemView:
    empty = dict.fromkeys(ItemView.model_fields) | {"documents": (), "response_documents": ()}
    return ItemView.model_validate(empty | ITEM | {"number": number} | given)


def test_two_rounds_are_compared_item_by_item() -> None:
    old = [
        item(1, response="Shown.", verdict="AGREED"),
        item(2, response="At lab scale.", verdict="OPEN", reason="At scale?"),
    ]
    new = [item(2, response="At 100 kg.", verdict="AGREED", carried_from=1), item(3)]
    settled, kept, added = round_difference(1, old, 2, new).items
    assert (settled.number, settled.fate, settled.verdict, settled.changes) == (1, "SETTLED", "AGREED", ())
    assert (kept.number, kept.fate, kept.answered) == (2, "CARRIED", True)
    assert [(change.field, change.old, change.new) for change in kept.changes] == [
        ("response", "At lab scale.", "At 100 kg."),
        ("verdict", "OPEN", "AGREED"),
        ("reason", "At scale?", None),
    ]
    assert (added.number, added.fate, added.answered, added.verdict) == (3, "NEW", False, None)
