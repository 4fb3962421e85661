"""Units as certificates print them, told in UCUM: `% w/w` is `%`, `µg/g` is `ug/g`, `ppm` is `[ppm]`."""

import re
import unicodedata

from domain.units import is_unit

_PRINTED = {
    "°c": "Cel", "deg c": "Cel", "ppm": "[ppm]", "ppb": "[ppb]", "iu/mg": "[iU]/mg", "iu/ml": "[iU]/mL",
    "eu/mg": "[EU]/mg", "eu/ml": "[EU]/mL", "cfu/g": "[CFU]/g", "cfu/ml": "[CFU]/mL", "cfu": "[CFU]", "ph": "[pH]",
    "percent": "%", "none": "1", "-": "1", "n/a": "1", "iu/g": "[iU]/g",
}  # fmt: skip
_PERCENT = re.compile(r"(area|peak area)?[ -]?%[ -]?\(?(w/w|m/m|w/v|v/v|area|a/a|lc|label claim)?\)?")
"""What a percentage is taken of does not change how it compares with a limit in %."""


def unit_of(printed: str) -> str | None:
    """The UCUM unit of what is printed; `None` if it is none that is known."""
    plain = " ".join(unicodedata.normalize("NFKC", printed).replace("μ", "u").split())
    folded = plain.casefold()
    if _PERCENT.fullmatch(folded):
        return "%"
    return _PRINTED.get(folded) or (plain if plain and is_unit(plain) else None)
