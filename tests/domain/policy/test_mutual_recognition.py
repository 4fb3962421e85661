"""Rows of mutual recognition."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.policy.mutual_recognition import MutualRecognitions

ROWS: TypeAdapter[Any] = TypeAdapter(MutualRecognitions)
CH: dict[str, Any] = {"importer": "EU", "partner": "CH", "effects": ["BATCH_TEST"], "first_day": "2002-06-01"}


@pytest.mark.parametrize(
    "rows",
    [
        [{**CH, "effects": []}],
        [{**CH, "effects": ["BATCH_TEST", "BATCH_TEST"]}],
        [{**CH, "excludes": ["VACCINE", "VACCINE"]}],
        [{**CH, "last_day": "2002-05-31"}],
        [{**CH, "partner": "QQ"}],
        [CH, {**CH, "first_day": "2010-01-01"}],
        [{**CH, "last_day": "2010-01-01"}, {**CH, "first_day": "2010-01-01"}],
    ],
)
def test_a_row_is_whole_and_alone_at_its_time(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        ROWS.validate_python(rows)


def test_one_row_follows_another() -> None:
    first, second = ROWS.validate_python([{**CH, "last_day": "2009-12-31"}, {**CH, "first_day": "2010-01-01"}])
    assert (first.last_day, second.name) == (date(2009, 12, 31), "EU with CH since 2010-01-01")
