"""The port through which registers are asked. An adapter answers from what is kept here; none reaches the internet."""

import asyncio
import io
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from domain.core.refusals import Code, Refused
from domain.qualification.extracts import entries
from domain.qualification.registers import RegisterEntry, Subject, Verdict, matches, verdict
from domain.qualification.screening import CheckSource
from domain.site.registers import Register
from records.core.documents.store import DamagedFile, DocumentStore


class RegisterSource(Protocol):
    """Where the answer of a register comes from."""

    kind: CheckSource

    async def look_up(self, subject: Subject, today: date) -> Verdict | None:
        """What the register says of the subject; `None` if a person must look it up."""


class ManualEntry:
    """Nothing is kept of the register: a person looks it up and enters what it says."""

    kind = CheckSource.MANUAL

    async def look_up(self, subject: Subject, today: date) -> None:
        """Nothing is known here."""


class ExtractFile:
    """An extract of the register that a person has imported as a CSV document. `size` is in bytes."""

    kind = CheckSource.EXTRACT

    def __init__(self, store: DocumentStore, register: Register, sha256: str, size: int) -> None:
        self._store, self._register, self._sha256, self._size = store, register, sha256, size

    async def look_up(self, subject: Subject, today: date) -> Verdict:
        """What the extract says of the subject. Raises `Refused`: UNAVAILABLE if the file is lost or damaged."""
        data = await self._read()
        return await asyncio.to_thread(self._judge, data, subject, today)

    async def count(self) -> int:
        """Read the whole extract and count its entries. Raises `Refused` naming what cannot be read."""
        data = await self._read()
        return await asyncio.to_thread(lambda: sum(1 for _ in self._entries(data)))

    def _judge(self, data: bytes, subject: Subject, today: date) -> Verdict:
        return verdict(self._register, matches(self._entries(data), subject), today=today)

    def _entries(self, data: bytes) -> Iterator[RegisterEntry]:
        return entries(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""), self._register)

    async def _read(self) -> bytes:
        """The whole file, which is no larger than the policy allows; its hash has been compared at the end."""
        try:
            return b"".join([block async for block in await self._store.read(self._sha256, self._size)])
        except DamagedFile:
            raise Refused(Code.UNAVAILABLE, "The file of this extract is damaged.") from None
