"""Units as certificates print them, told in UCUM: `% w/w` is `%`, `µg/g` is `ug/g`, `ppm` is `[ppm]`."""

import re
import unicodedata

from domain.core.names import text_key
from domain.core.units import is_unit

_PRINTED = {
    "°c": "Cel", "deg c": "Cel", "ppm": "[ppm]", "ppb": "[ppb]", "iu/mg": "[iU]/mg", "iu/ml": "[iU]/mL",
    "eu/mg": "[EU]/mg", "eu/ml": "[EU]/mL", "cfu/g": "[CFU]/g", "cfu/ml": "[CFU]/mL", "cfu": "[CFU]", "ph": "[pH]",
    "percent": "%", "iu/g": "[iU]/g",
}  # fmt: skip
_NONE = frozenset({"", "-", "--", "---", "/", "n/a", "n.a.", "na", "none", "not applicable"})
_DASHES = str.maketrans("‐‑‒–—−", "------")
_PERCENT = re.compile(r"(area|peak area)?[ -]?%[ -]?\(?(w/w|m/m|w/v|v/v|area|a/a|lc|label claim)?\)?")
"""What a percentage is taken of does not change how it compares with a limit in %."""


def names_a_unit(printed: str | None) -> bool:
    """Whether a unit is printed, known or not. A dash says that there is none; that does not make a number of it."""
    return printed is not None and text_key(_plain(printed)) not in _NONE


def unit_of(printed: str) -> str | None:
    """The UCUM unit of what is printed; `None` if it is none that is known."""
    plain = _plain(printed)
    folded = text_key(plain)
    if _PERCENT.fullmatch(folded):
        return "%"
    return _PRINTED.get(folded) or (plain if plain and _is_unit(plain) else None)


def _is_unit(plain: str) -> bool:
    """A number is a unit to UCUM. To a laboratory only `1` is, as the unit of a ratio."""
    return is_unit(plain) and (plain == "1" or not plain.isdigit())


def _plain(printed: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", printed).replace("μ", "u").translate(_DASHES).split())
