"""What a file is, told from its bytes and never from its name (only the kinds of text are).

Text is UTF-8. A table of a laboratory (`.csv`) may be UTF-16 or Windows-1252 as well, as spreadsheets write it.
"""

import codecs
import re
from pathlib import PurePath

import filetype  # type: ignore[import-untyped]

HEAD = 8192
"""Bytes from the start of a file that are looked at."""

ALLOWED = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/webp",
        "image/heic",
        "video/mp4",
    }
)
TEXTS = {".csv": "text/csv", ".json": "application/json", ".eml": "message/rfc822"}
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9-]*:[ \t]?\S", re.ASCII)
_MARKUP = re.compile(r"^\s*(<[!?a-z]|#!)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class UnknownMediaType(Exception):
    """The file is of no kind that is accepted."""


class Recogniser:
    """Told a file's bytes as they pass, it says what the file is. Raises `UnknownMediaType` as soon as it is clear."""

    def __init__(self, filename: str) -> None:
        self._suffix = PurePath(filename).suffix.lower()
        self._head = b""
        self._media_type: str | None = None
        self._text: codecs.IncrementalDecoder | None = None
        self._may_be_western = False

    def feed(self, chunk: bytes) -> None:
        if self._media_type is None:
            self._head += chunk
            if len(self._head) < HEAD:
                return
            self._decide()
        elif self._text is not None:
            self._refuse_unless_text(chunk)

    def finish(self) -> str:
        """The media type of the whole file."""
        if self._media_type is None:
            self._decide()
        if self._text is not None:
            self._refuse_unless_text(b"", final=True)
        assert self._media_type is not None
        return self._media_type

    def _decide(self) -> None:
        kind = filetype.guess(self._head)
        if kind is not None:
            if kind.mime not in ALLOWED:
                raise UnknownMediaType(str(kind.mime))
            self._media_type = str(kind.mime)
            return
        marked = self._suffix == ".csv" and self._head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._text = codecs.getincrementaldecoder("utf-16" if marked else "utf-8-sig")()
        self._may_be_western = self._suffix == ".csv" and not marked
        start = self._refuse_unless_text(self._head)
        if _MARKUP.match(start):
            raise UnknownMediaType("markup or a script")
        self._media_type = TEXTS.get(self._suffix, "text/plain")
        if self._media_type == "application/json" and start.lstrip()[:1] not in {"{", "["}:
            self._media_type = "text/plain"
        if self._media_type == "message/rfc822" and not _HEADER.match(start):
            self._media_type = "text/plain"

    def _decoded(self, chunk: bytes, final: bool) -> str:  # noqa: FBT001
        assert self._text is not None
        if not self._may_be_western:
            return self._text.decode(chunk, final)
        pending, _ = self._text.getstate()
        try:
            return self._text.decode(chunk, final)
        except UnicodeDecodeError:
            self._text, self._may_be_western = codecs.getincrementaldecoder("cp1252")(), False
            return self._text.decode(pending + chunk, final)

    def _refuse_unless_text(self, chunk: bytes, *, final: bool = False) -> str:
        assert self._text is not None
        try:
            text = self._decoded(chunk, final)
        except UnicodeDecodeError as error:
            raise UnknownMediaType("neither a known format nor text in UTF-8") from error
        if _CONTROLS.search(text):
            raise UnknownMediaType("neither a known format nor text")
        return text
