"""A number as a spreadsheet shows it: stored as 0.1500000001 and formatted `0.00`, it is `0.15`, and 0.1 is `0.10`.

The digits that are shown are the reported result (USP General Notices 7.20), not those that happen to be stored.
"""

import re
from decimal import Decimal

from domain.core.rounding import rounded

_FORMAT = re.compile(
    r"(?P<before>(?:\"[^\"]*\"|\\.|\s)*)"
    r"(?P<whole>[#0?,]*[0#?])(?:\.(?P<zeros>0*)(?P<optional>[#?]*))?"
    r"(?P<power>E\+0+)?"
    r"(?P<after>(?:\"[^\"]*\"|\\.|%|[\s_*()-])*)"
)
_PRINTED = re.compile(r"\"([^\"]*)\"|\\(.)|[_*].|(%)")
"""Quoted text, an escaped character, a space or filling as wide as a character, and the sign that means a hundredth."""
_LOOKS = re.compile(r"\[\$[^\]]*\]|\[(?:black|blue|cyan|green|magenta|red|white|yellow)\]", re.IGNORECASE)
"""Currency, language and colour; a condition, such as `[<0.05]`, is not among them and is not read."""
_DIGITS = 15
"""Significant digits that a spreadsheet keeps."""


def shown(value: float, number_format: str) -> str | None:
    """The text that is shown, with a decimal point and no thousands separators; `None` in a format that is not read."""
    stored = Decimal(format(value, f".{_DIGITS}g"))
    if not stored.is_finite():
        return None
    section = _section(stored, number_format)
    if section.lower() in ("general", "@", ""):
        return f"{stored.normalize():f}" if stored != stored.to_integral() else f"{stored:.0f}"
    if re.fullmatch(r"\s*\"[^\"]+\"\s*", section):
        return section.strip().strip('"')
    found = _FORMAT.fullmatch(_LOOKS.sub("", section))
    if found is None or found["whole"].endswith(","):
        return None
    before, after = _literal(found["before"]), _literal(found["after"])
    least, most = len(found["zeros"] or ""), len((found["zeros"] or "") + (found["optional"] or ""))
    if found["power"]:
        return f"{before}{stored:.{most}E}{after}".strip()
    told = stored.scaleb(2 * sum(bool(percent) for _, _, percent in _PRINTED.findall(found["after"])))
    return f"{before}{_fixed(told, least, most)}{after}".strip()


def _section(value: Decimal, number_format: str) -> str:
    """The part of a format that a number is shown in: those below zero and zero itself may have one of their own."""
    sections = number_format.split(";")
    place = 1 if value < 0 else 2 if value.is_zero() else 0
    return sections[place if place < len(sections) else 0].strip()


def _fixed(value: Decimal, least: int, most: int) -> str:
    """With `most` decimals, of which those behind `least` are left out where they are zero."""
    digits = f"{rounded(value, most):f}"
    while most > least and digits.endswith("0"):
        digits, most = digits[:-1], most - 1
    return digits.rstrip(".") if not most else digits


def _literal(part: str) -> str:
    """What a format prints beside the number: quoted text and a percent sign."""
    text = "".join(one or other or percent for one, other, percent in _PRINTED.findall(part))
    return f" {text.strip()}" if text.strip() not in ("", "%") else text.strip()
