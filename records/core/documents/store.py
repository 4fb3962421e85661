"""The document store: files named by their own hash, never overwritten."""

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from domain.core.refusals import Code, Refused
from records.core.documents.media_types import Recogniser, UnknownMediaType

_BLOCK = 1 << 20
_DRAFT = ".upload-"


@dataclass(frozen=True)
class Kept:
    """A file that is safely on disk. `size` is in bytes."""

    sha256: str
    size: int
    media_type: str


class DocumentStore:
    """Keeps files under `sha256/ab/<digest>`. The same file twice is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "sha256"

    def path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    async def keep(self, chunks: AsyncIterator[bytes], *, filename: str, limit: int) -> Kept:
        """Write a file of at most `limit` bytes durably. If it is refused or breaks off, nothing stays."""
        draft = await asyncio.to_thread(_Draft, self._folder, filename, limit)
        try:
            block = bytearray()
            async for chunk in chunks:
                block += chunk
                if len(block) >= _BLOCK:
                    await asyncio.to_thread(draft.write, bytes(block))
                    block.clear()
            await asyncio.to_thread(draft.write, bytes(block))
            return await asyncio.to_thread(self._finish, draft)
        finally:
            draft.close()

    def _finish(self, draft: "_Draft") -> Kept:
        kept = draft.finish()
        path = self.path(kept.sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(draft.path, path)
        except FileExistsError:
            if path.stat().st_size != kept.size or _sha256(path) != kept.sha256:
                # What was kept is damaged, and here is the file as it was: mend it.
                draft.path.replace(path)
        for folder in (path.parent, self._folder):
            _sync_folder(folder)
        return kept

    async def read(self, sha256: str, size: int) -> AsyncIterator[bytes]:
        """The bytes of a file. Raises `Refused(UNAVAILABLE)` before the first one if the file cannot be the one kept.

        The last block is held back until the hash has been compared, so nobody takes a damaged file for a whole one.
        """
        try:
            file = await asyncio.to_thread(open, self.path(sha256), "rb")
        except FileNotFoundError:
            raise Refused(Code.UNAVAILABLE, "The file of this document is not in the store.") from None
        if os.fstat(file.fileno()).st_size != size:
            file.close()
            raise Refused(Code.UNAVAILABLE, "The file of this document is damaged.")
        return _verified(file, sha256)

    def sweep(self) -> int:
        """Remove what killed uploads left behind, and say how much. Uploads that are under way are left alone."""
        removed = 0
        for path in self._folder.glob(f"{_DRAFT}*"):
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
        return removed


class DamagedFile(Exception):
    """The bytes on disk are not the ones that were kept."""


class _Draft:
    """A file being written. It is locked while its process lives: `sweep` takes only what nobody holds."""

    def __init__(self, folder: Path, filename: str, limit: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, self.path = _locked(folder)
        self._recogniser = Recogniser(filename)
        self._digest = hashlib.sha256()
        self._limit = limit
        self._size = 0

    def write(self, block: bytes) -> None:
        self._size += len(block)
        if self._size > self._limit:
            raise too_large(self._limit)
        try:
            self._recogniser.feed(block)
        except UnknownMediaType as error:
            raise _not_accepted(error) from error
        self._digest.update(block)
        self._file.write(block)

    def finish(self) -> Kept:
        if self._size == 0:
            raise Refused(Code.FORM_INVALID, "The file is empty.", fields={"body": "is empty"})
        try:
            media_type = self._recogniser.finish()
        except UnknownMediaType as error:
            raise _not_accepted(error) from error
        self._file.flush()
        os.fchmod(self._file.fileno(), 0o440)
        os.fsync(self._file.fileno())
        return Kept(self._digest.hexdigest(), self._size, media_type)

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        self._file.close()


def too_large(limit: int) -> Refused:
    """The refusal of a file with more than `limit` bytes."""
    return Refused(Code.TOO_LARGE, f"A document has at most {limit >> 20} MiB.", rule="limits.upload_max_mib")


def _not_accepted(error: UnknownMediaType) -> Refused:
    return Refused(Code.MEDIA_TYPE, f"Files of this kind are not accepted: {error}.")


def _locked(folder: Path) -> tuple[BinaryIO, Path]:
    while True:
        number, name = tempfile.mkstemp(prefix=_DRAFT, dir=folder)
        fcntl.flock(number, fcntl.LOCK_EX)
        if os.fstat(number).st_nlink:  # a sweep may have come between the two
            return os.fdopen(number, "wb"), Path(name)
        os.close(number)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


async def _verified(file: BinaryIO, sha256: str) -> AsyncIterator[bytes]:
    digest = hashlib.sha256()
    try:
        block = await asyncio.to_thread(file.read, _BLOCK)
        while block:
            await asyncio.to_thread(digest.update, block)
            following = await asyncio.to_thread(file.read, _BLOCK)
            if not following and digest.hexdigest() != sha256:
                raise DamagedFile(sha256)
            yield block
            block = following
    finally:
        file.close()
