"""What two ways to write the same number have in common."""

import pytest

from domain.core.text import number_key


@pytest.mark.parametrize(
    "spelled", ["B-001", "b-001", " B-001 ", "B - 001", "B 001", "B001", "Ｂ－001", "B\u2011001", "B\u2013001"]
)
def test_a_number_is_the_same_however_it_is_spelled(spelled: str) -> None:
    assert number_key(spelled) == number_key("B-001")


@pytest.mark.parametrize(("one", "other"), [("1-12", "11-2"), ("B-1", "B-01"), ("B-1", "C-1"), ("B/1", "B-1")])
def test_other_numbers_stay_others(one: str, other: str) -> None:
    assert number_key(one) != number_key(other)
