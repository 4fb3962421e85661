import pytest
from pydantic import TypeAdapter

from domain.policy.responsibility import Duties, Duty, sharing_faults

DUTIES: TypeAdapter[Duties] = TypeAdapter(Duties)


@pytest.mark.parametrize(
    ("sponsor", "cdmo", "expected"),
    [
        ("A", "R", set()),
        ("RA", "C", set()),
        ("I", "RA", set()),
        ("RA", "R", set()),
        ("", "RA", {"sponsor"}),
        ("RA", "", {"cdmo"}),
        ("", "", {"sponsor", "cdmo", ""}),
        ("A", "RA", {""}),
        ("C", "R", {""}),
        ("A", "I", {""}),
    ],
)
def test_a_row_has_no_blank_side_one_who_is_accountable_and_somebody_responsible(
    sponsor: str, cdmo: str, expected: set[str]
) -> None:
    assert set(sharing_faults(DUTIES.validate_python(tuple(sponsor)), DUTIES.validate_python(tuple(cdmo)))) == expected


def test_a_row_says_everything_that_is_missing_at_once() -> None:
    faults = sharing_faults((Duty.CONSULTED,), (Duty.INFORMED,))
    assert faults == {"": "exactly one side is accountable (A); somebody is responsible (R)"}


def test_duties_are_a_set_in_the_order_of_their_name() -> None:
    assert DUTIES.validate_python(["A", "R", "A"]) == (Duty.RESPONSIBLE, Duty.ACCOUNTABLE)
