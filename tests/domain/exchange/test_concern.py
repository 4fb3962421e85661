import pytest

from domain.core.people import Org
from domain.exchange.concern import refuse_unless_settleable, refuse_while_concerned
from tests.domain.filling import faults


@pytest.mark.parametrize(
    ("raised_by", "settled", "by", "expected"),
    [
        (Org.CDMO, False, Org.CDMO, set()),
        (Org.CDMO, False, Org.SPONSOR, {"number"}),
        (Org.CDMO, True, Org.CDMO, {"number"}),
        (None, False, Org.CDMO, {"number"}),
    ],
)
def test_a_concern_is_settled_once_by_the_side_that_raised_it(
    raised_by: Org | None, by: Org, expected: set[str], *, settled: bool
) -> None:
    assert faults(lambda: refuse_unless_settleable(1, raised_by, settled=settled, by=by)) == expected


def test_nothing_is_agreed_on_while_a_concern_stands() -> None:
    assert faults(lambda: refuse_while_concerned([])) == set()
    assert faults(lambda: refuse_while_concerned([2])) == {"<section 7, concern>"}
