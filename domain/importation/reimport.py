"""Goods that come back from outside the area of their market are imported anew (domain specification, section 18)."""

from collections.abc import Collection, Sequence

from domain.core.countries import country_name
from domain.core.refusals import broken
from domain.importation.consignment import RULE


def refuse_unless_imported(*, origin: str | None, area: Collection[str], missing: Sequence[str]) -> None:
    """Raise `Refused` if returned goods would be set free that came from outside the area, and are not imported.

    `origin` is the country that they came from, as far as it is known; `area` that of the market. `missing` is what is
    not recorded of their import, in words.
    """
    if origin is None:
        fault = "say from which country they came back: from outside the area of the market it is an import"
        raise broken(RULE, "Nobody knows whether it is an import.", from_country=fault)
    if origin not in area and missing:
        fault = f"they came back from {country_name(origin)}, which is an import: {', '.join(missing)}"
        raise broken(RULE, "These goods are imported anew first.", usable=fault)
