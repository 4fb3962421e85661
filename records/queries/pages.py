"""Opaque cursors of keyset pages: the sort key of the last item that was shown."""

import base64
import binascii
import json

from domain.refusals import Code, Refused

Key = tuple[str | int, ...]


def encode(key: Key) -> str:
    """A cursor that is safe in a URL."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def decode(cursor: str) -> Key:
    """The key in a cursor. Raises `Refused(FORM_INVALID)` if it is none of ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or not key or not all(type(part) in (str, int) for part in key):
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "not a cursor of this list"})
    return tuple(key)


def number(cursor: str) -> int:
    """The key of a list that is ordered by a number. Raises `Refused(FORM_INVALID)`."""
    key = decode(cursor)
    if len(key) != 1 or not isinstance(key[0], int):
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "of another list"})
    return key[0]
