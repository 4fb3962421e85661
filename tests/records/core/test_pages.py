from datetime import UTC, datetime
from typing import Any

import pytest

from domain.core.refusals import Code, Refused
from records.core.queries import pages


@pytest.mark.parametrize("key", [("SC-1",), (0,), (pages.INTEGER,), ("2025-01-14T08:00:00+00:00", "QC-1", 2)])
def test_a_cursor_holds_the_key(key: pages.Key) -> None:
    assert pages.decode(pages.encode(key)) == key


@pytest.mark.parametrize("key", [(), (-1,), (pages.INTEGER + 1,), ("a\x00b",), ("\ud800",), (True,), (1.5,), ([1],)])
def test_what_no_database_looks_for_is_no_cursor(key: Any) -> None:
    with pytest.raises(Refused) as caught:
        pages.decode(pages.encode(key))
    assert caught.value.refusal.code is Code.FORM_INVALID


def test_positions_are_greater_than_other_numbers() -> None:
    assert pages.number(pages.encode((pages.BIG_INTEGER,)), greatest=pages.BIG_INTEGER) == pages.BIG_INTEGER
    for cursor, greatest in (((pages.BIG_INTEGER,), pages.INTEGER), ((2**63,), pages.BIG_INTEGER), (("1",), 1)):
        with pytest.raises(Refused):
            pages.number(pages.encode(cursor), greatest=greatest)


@pytest.mark.parametrize(
    "part", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-01-14T08:00:00", "soon", 7]
)
def test_an_instant_of_a_key_is_one_that_databases_hold(part: str | int) -> None:
    with pytest.raises(ValueError, match=r"instant|isoformat|month|format"):
        pages.instant(part)


def test_an_instant_is_in_utc() -> None:
    assert pages.instant("2025-01-14T08:00:00+02:00") == datetime(2025, 1, 14, 6, tzinfo=UTC)
    assert pages.instant("9999-01-01T00:00:00+00:00").year == 9999, "what is not due at all"
    assert pages.whole(7) == 7
    with pytest.raises(ValueError, match="number"):
        pages.whole("7")
