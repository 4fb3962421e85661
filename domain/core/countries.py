"""Countries by their ISO 3166-1 codes, and the codes of markets that are none."""

from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from domain.core.text import STORED

_TABLE = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
MARKETS_BESIDE = frozenset({"EU", "XI", "XK"})
"""The Union, Northern Ireland and Kosovo: used as codes, without one of ISO 3166-1 of their own."""
_NAMES = {"EU": "the Union", "XI": "Northern Ireland", "XK": "Kosovo"} | {
    line[:2]: line[3:] for line in _TABLE.splitlines() if not line.startswith("#")
}
COUNTRIES = frozenset(line[:2] for line in _TABLE.splitlines() if not line.startswith("#")) | MARKETS_BESIDE


def country_name(code: str) -> str:
    """A country as people call it; what is not known as it is."""
    return _NAMES.get(code, code)


def _known(code: str, info: ValidationInfo) -> str:
    """What was stored before codes were looked up stays readable."""
    if code not in COUNTRIES and not (info.context or {}).get(STORED):
        hint = ": the United Kingdom is GB" if code == "UK" else ""
        raise ValueError(f"{code} is no country of ISO 3166-1{hint}.")
    return code


Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_known)]
"""ISO 3166-1 alpha-2."""
Subdivision = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")]
"""The part of an ISO 3166-2 code after the country."""
