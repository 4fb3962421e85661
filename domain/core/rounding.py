"""Whether a result is rounded before it is compared with its limit (USP General Notices 7.20)."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Rounding(StrEnum):
    """Policy key `limits.result_rounding`."""

    ROUND_TO_LIMIT = "ROUND_TO_LIMIT"
    """To the decimals that the limit is stated with, half up; then compared."""
    AS_REPORTED = "AS_REPORTED"
    """Every digit that is reported counts."""


def rounded(value: Decimal, decimals: int) -> Decimal:
    """A value with so many decimals; a half goes up, away from zero: 0.155 is 0.16."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def decimals_of(value: Decimal) -> int:
    """With how many decimals a value is stated: `0.150` with 3, `1E+2` with none."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
