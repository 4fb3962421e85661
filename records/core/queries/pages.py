"""Opaque cursors of keyset pages: the sort key of the last item that was shown."""

import base64
import binascii
import json
from datetime import UTC, datetime

from domain.core.refusals import Code, Refused

Key = tuple[str | int, ...]

INTEGER, BIG_INTEGER = 2**31 - 1, 2**63 - 1
"""The greatest number that a column of the database holds; comparing with a greater one is an error there."""


def encode(key: Key) -> str:
    """A cursor that is safe in a URL."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def decode(cursor: str, *, greatest: int = INTEGER) -> Key:
    """The key in a cursor, its numbers from 0 to `greatest`. Raises `Refused(FORM_INVALID)` if it is none of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or not key or not all(_can_be_part(part, greatest) for part in key):
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "not a cursor of this list"})
    return tuple(key)


def number(cursor: str, *, greatest: int = INTEGER) -> int:
    """The key of a list that is ordered by a number. Raises `Refused(FORM_INVALID)`."""
    key = decode(cursor, greatest=greatest)
    if len(key) != 1 or not isinstance(key[0], int):
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "of another list"})
    return key[0]


def instant(part: str | int) -> datetime:
    """An instant in a key, in UTC. Raises `ValueError` for one that no database holds."""
    at = datetime.fromisoformat(str(part))
    if at.tzinfo is None:
        raise ValueError(f"{part} is no instant of a list.")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{part} is no instant in UTC.") from None


def whole(part: str | int) -> int:
    """A number in a key. Raises `ValueError` for a text."""
    if not isinstance(part, int):
        raise ValueError(f"{part} is no number of a list.")  # noqa: TRY004 - as of every other wrong part
    return part


def _can_be_part(part: object, greatest: int) -> bool:
    """Texts of keys are printed: no database looks for the others."""
    if type(part) is int:
        return 0 <= part <= greatest
    return isinstance(part, str) and part.isprintable()
