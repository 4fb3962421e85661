"""Which codes are countries, and that what was stored before stays readable."""

import pytest
from pydantic import ValidationError

from domain.core.countries import COUNTRIES, Country
from domain.core.forms import Value
from domain.core.text import STORED


class Place(Value):
    """Somewhere."""

    country: Country


def test_the_codes_are_those_of_the_standard_and_of_markets_that_are_no_country() -> None:
    assert {"DE", "GB", "US", "CH", "JP", "EU", "XI"} <= COUNTRIES
    assert all(len(code) == 2 and code.isupper() for code in COUNTRIES)


@pytest.mark.parametrize(
    ("code", "says"), [("ZZ", "no country"), ("UK", "the United Kingdom is GB"), ("de", "pattern")]
)
def test_what_is_no_country_is_refused(code: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Place(country=code)


def test_what_an_earlier_version_has_stored_is_read() -> None:
    assert Place.model_validate({"country": "ZZ"}, context={STORED: True}).country == "ZZ"
