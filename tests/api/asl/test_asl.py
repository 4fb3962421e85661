from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from api.core.paging import Instant
from tests.api.calling import Api

_INSTANT = TypeAdapter(Instant)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2200-12-31T00:00:00Z"])
def test_an_instant_lies_within_the_days_of_forms(text: str) -> None:
    with pytest.raises(ValidationError, match="must lie between"):
        _INSTANT.validate_python(text)


def test_an_instant_within_the_days_is_taken() -> None:
    assert _INSTANT.validate_python("2026-03-01T00:00:00Z") == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["as_of", "known_at"])
@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"])
async def test_the_list_is_not_asked_for_beyond_them(api: Api, name: str, text: str) -> None:
    refusal = await api.get("ines", f"/v1/asl?{name}={text}", expects=422)
    assert refusal["code"] == "form_invalid"
