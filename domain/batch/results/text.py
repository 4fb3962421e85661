"""Reading a result as it is written on a certificate: `0,12`, `< 0.05 %`, `n.d.`, `Conforms`.

What can be read in two ways is not read at all; the reason says how to write it. A point is a decimal point. A comma is
a decimal comma, unless it could separate thousands.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.batch.results.units import unit_of
from domain.core.names import text_key


class Unreadable(ValueError):
    """What is written gives no result; the message says why."""


class Bound(StrEnum):
    """How the value is meant."""

    EXACT = "="
    BELOW = "<"
    AT_MOST = "≤"
    ABOVE = ">"
    AT_LEAST = "≥"


class Said(StrEnum):
    """What a result says in words."""

    NOT_DETECTED = "not detected"
    CONFORMS = "conforms"
    FAILS = "does not conform"


@dataclass(frozen=True)
class Reading:
    """A number with its bound and unit, or words."""

    text: str
    """The text in plain characters, in lower case."""
    said: Said | None = None
    value: Decimal | None = None
    bound: Bound = Bound.EXACT
    unit: str | None = None
    """UCUM; `None` if the text names none."""


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_PLAIN = str.maketrans(
    {"−": "-", "﹣": "-", "‐": "-", "‑": "-", "–": "-", "≦": "≤", "⩽": "≤", "≧": "≥", "⩾": "≥", "μ": "u"}
)
_BOUNDS = {
    "<": Bound.BELOW, "less than": Bound.BELOW, "lt": Bound.BELOW, "≤": Bound.AT_MOST, "<=": Bound.AT_MOST,
    "=<": Bound.AT_MOST, "nmt": Bound.AT_MOST, "not more than": Bound.AT_MOST, ">": Bound.ABOVE,
    "more than": Bound.ABOVE, "gt": Bound.ABOVE, "≥": Bound.AT_LEAST, ">=": Bound.AT_LEAST, "nlt": Bound.AT_LEAST,
    "not less than": Bound.AT_LEAST, "=": Bound.EXACT, "": Bound.EXACT,
}  # fmt: skip
_NOTHING = frozenset({
    "", "-", "--", "---", "/", "n/a", "na", "n.a", "not applicable", "not tested", "pending", "tbd", "see attached",
    "none",
})  # fmt: skip
_NOT_DETECTED = frozenset({
    "nd", "n.d", "n. d", "not detected", "none detected", "not detectable", "bdl", "blq", "bql", "<loq", "< loq",
    "<lod", "< lod", "below loq", "below lod", "below detection limit", "below quantitation limit", "not quantifiable",
})  # fmt: skip
_CONFORMS = frozenset({
    "conforms", "conform", "conforming", "complies", "comply", "compliant", "pass", "passes", "passed", "ok",
    "meets", "meets requirements", "meets the requirements", "meets specification", "within specification",
})  # fmt: skip
_FAILS = frozenset({
    "does not conform", "does not comply", "not conforming", "nonconforming", "non-conforming", "non-compliant",
    "not ok", "fail", "fails", "failed", "does not meet", "does not meet requirements", "out of specification", "oos",
})  # fmt: skip
_NUMBER = re.compile(
    r"(?P<bound><=|>=|=<|[<>≤≥=]|less than|more than|not more than|not less than|nmt\b|nlt\b|lt\b|gt\b)?\s*"
    r"(?P<digits>[+-]?\s?[0-9.,'’]*[0-9][0-9.,'’]*)"
    r"(?:\s?[x×*·]\s?10\s?\^\s?(?P<tens>[+-]?[0-9]{1,3})|e(?P<exponent>[+-]?[0-9]{1,3}))?"
    r"(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
_GREATEST = 20
"""Digits before and after the point beyond which a value is taken for a slip."""


def reading(text: str) -> Reading:
    """What a result says. Raises `Unreadable`, with the reason in words."""
    plain, words = _plain(text), words_of(text)
    said = said_in(words)
    if said is not None:
        return Reading(words, said=said)
    if words in _NOTHING:
        raise Unreadable("holds no result")
    if words.startswith("#"):
        raise Unreadable(f"holds the error {text.strip()[:20]} of a spreadsheet")
    if words.lstrip("+-") in ("nan", "inf", "infinity"):
        raise Unreadable("is no number")
    found = _NUMBER.fullmatch(plain)
    return _number(words, found) if found else Reading(words)


def holds_no_result(text: str) -> bool:
    """Whether a dash or words stand where no result is: `pending`, `not tested`."""
    return words_of(text) in _NOTHING


def words_of(text: str) -> str:
    """A text in plain characters and lower case, without its full stop, as texts are compared."""
    return text_key(_plain(text)).rstrip(".")


def said_in(words: str) -> Said | None:
    """What words say, in lower case; `None` if they are none of those that are known."""
    for said, known in ((Said.NOT_DETECTED, _NOT_DETECTED), (Said.CONFORMS, _CONFORMS), (Said.FAILS, _FAILS)):
        if words in known:
            return said
    return None


def _number(words: str, found: re.Match[str]) -> Reading:
    rest = found["rest"].strip()
    _refuse_more(rest)
    exponent = int(found["tens"] or found["exponent"] or 0)
    value = Decimal(_digits(found["digits"])).scaleb(exponent)
    if not value.is_zero() and not -_GREATEST < value.adjusted() < _GREATEST:
        raise Unreadable("is out of any range")
    unit = unit_of(rest) if rest else None
    if rest and unit is None:
        raise Unreadable(f"holds {rest[:30]!r}, which is no unit that is known")
    return Reading(words, value=value, bound=_BOUNDS[text_key(found["bound"] or "")], unit=unit)


def _refuse_more(rest: str) -> None:
    """A spread, a range or a second number beside the first one is no individual result."""
    if rest.startswith(("±", "+/-", "+-")):
        raise Unreadable("gives a spread beside the value; give the value alone")
    if re.match(r"(-|to\b|…|\.\.)\s*[0-9]", rest):
        raise Unreadable("is a range; list every individual result")
    if re.match(r"[0-9]{3}([.,]|\b)", rest):
        raise Unreadable("seems to separate thousands by a space; write the number without it")
    if re.match(r"[x×*·]\s?[0-9]", rest, re.IGNORECASE):
        raise Unreadable("can be read in two ways; write a power of ten as 5E3 or 5 x 10^3")
    if re.match(r"[;/|&]?\s*[0-9]", rest):
        raise Unreadable("holds several numbers; list every individual result on a line of its own")


def _digits(written: str) -> str:
    """The number with a decimal point. Raises `Unreadable` where the separators could mean thousands."""
    digits = written.replace(" ", "")
    points, commas = digits.count("."), digits.count(",")
    if "'" in digits or "’" in digits or points > 1 or commas > 1 or (points and commas):
        raise Unreadable(f"{digits} separates thousands; write the number with a decimal point alone")
    if commas and re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", digits):
        either = f"{digits.replace(',', '.')} or {digits.replace(',', '')}"
        raise Unreadable(f"{digits} may be {either}; write it with a decimal point")
    if digits.endswith((".", ",")):
        raise Unreadable(f"{digits} ends with its separator")
    if len(digits) > 2 * _GREATEST:
        raise Unreadable("has too many digits")
    return digits.replace(",", ".")


def _plain(text: str) -> str:
    """The text with plain spaces, digits, signs and powers: `1,2×10³` is `1,2×10^3`."""
    powers = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda found: f"^{found.group().translate(_SUPERSCRIPTS)}", text)
    normal = unicodedata.normalize("NFKC", powers).translate(_PLAIN)
    digits = "".join(str(unicodedata.decimal(char, char)) for char in normal)
    return " ".join(digits.replace("٫", ".").split())
