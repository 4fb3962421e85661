"""Time zones as people write them."""

from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from domain.core.anew import Anew

_ZONES = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
_AREAS = frozenset({
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
})  # fmt: skip
_PLACES = frozenset(zone for zone in _ZONES if zone.partition("/")[0] in _AREAS) | {"UTC", "Etc/UTC"}
_EXAMPLE = "Use an IANA time zone such as Europe/Berlin."


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(_EXAMPLE) from None
    return name


def _no_place(zone: str) -> str | None:
    """`localtime` is the zone of the machine, and `Factory` is none."""
    return None if zone in _PLACES else _EXAMPLE


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_known), Anew(_no_place)]
"""A zone of the IANA time zone database: an area and a place, or UTC."""
