"""Writing master data: one fact per request, safe to repeat, under the version the caller has read."""

import uuid
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from pydantic import JsonValue

from api.core.anew import refuse_unless_taken_or_good
from api.core.auth import Caller
from api.core.tools import Tools, ToolsOf
from domain.core.change import Change
from domain.core.entry import Entry, PlainEvent, Signed, Written
from domain.core.forms import Audience, Form, canonical, record_hash, sha256
from domain.core.people import Actor, refuse_unless_permitted
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused
from records.core.identities import next_id
from records.core.journal import answered
from records.core.tables.journal import StreamRow

Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


class Recorder:
    """Writes facts for the caller. With the same Idempotency-Key a request takes effect once."""

    def __init__(self, tools: Tools, actor: Actor, key: str) -> None:
        self._tools = tools
        self._actor = actor
        self._command_id = f"{actor.person}/{key}"

    async def register(
        self, type_: str, form: Form, *, stream: str | None = None, prefix: str = "", **more: JsonValue
    ) -> str:
        """Write a new record. Its id is the stream's, or the next one of `prefix`. Returns the id."""
        refuse_unless_permitted(self._actor, by=form.action.by)
        fingerprint = self._fingerprint(type_, stream or prefix, form)
        await refuse_unless_taken_or_good(self._tools, form, self._command_id, fingerprint)
        if stream is None:
            async with self._tools.database.writing() as session:
                stored = await answered(session, self._command_id, fingerprint)
                if stored is not None:
                    return str(stored.effect["id"])
                stream = await next_id(session, prefix)
        payload: dict[str, JsonValue] = {"record": form.model_dump(mode="json"), **more}
        written = await self._write(stream, PlainEvent(type=type_, payload=payload), fingerprint)
        return str(written.effect["id"])

    async def change(self, type_: str, stream: str, change: Change, version: int, **more: JsonValue) -> Written:
        """Change a record of that version. Raises `Refused(VERSION_STALE)` if it is another by now."""
        refuse_unless_permitted(self._actor, by=change.action.by)
        payload: dict[str, JsonValue] = {"set": change.given(), "reason": change.reason, **more}
        fingerprint = self._fingerprint(type_, stream, change)
        await refuse_unless_taken_or_good(self._tools, change, self._command_id, fingerprint)
        return await self._write(stream, PlainEvent(type=type_, payload=payload), fingerprint, version)

    async def note(
        self,
        type_: str,
        stream: str,
        form: Form,
        payload: dict[str, JsonValue],
        *,
        audience: Audience = Audience.SPONSOR,
        signature_token: str | None = None,
        signs: Signed | None = None,
        read: int | None = None,
    ) -> Written:
        """Write any other fact."""
        refuse_unless_permitted(self._actor, by=form.action.by)
        fingerprint = self._fingerprint(type_, stream, form, payload)
        await refuse_unless_taken_or_good(self._tools, form, self._command_id, fingerprint)
        fact = PlainEvent(type=type_, payload=payload, audience=audience, signature_token=signature_token, signs=signs)
        return await self._write(stream, fact, fingerprint, read)

    async def sign(
        self,
        kind: RecordKind,
        record: str,
        form: Form,
        *,
        token: str | None,
        read: int | None = None,
        **about: JsonValue,
    ) -> Written:
        """Write a version of a record beside cases. The signature is for its number and the action of the form.

        `about` says what the record is of, `read` the version against which the request was made. Raises
        `Refused(VERSION_STALE)` if it is another by now.
        """
        meaning, digest, version = form.meaning(), record_hash(record, form), form.record_version()
        assert meaning is not None, f"{form.action.name} is signed"
        signs = Signed(record_id=record, action=form.action.name, version=version, record_hash=digest, meaning=meaning)
        payload: dict[str, JsonValue] = {**about, "form": form.model_dump(mode="json"), "sha256": digest}
        if version is not None:
            payload["version"] = version
        hashed = sha256(token) if token else None
        return await self.note(
            kind.event_type(type(form)), record, form, payload, signature_token=hashed, signs=signs, read=read
        )

    async def _write(self, stream: str, fact: PlainEvent, fingerprint: str, version: int | None = None) -> Written:
        entry = Entry(
            stream=stream,
            command_id=self._command_id,
            at=self._tools.clock(),
            actor=self._actor,
            lines=(fact,),
            expected_version=version,
            fingerprint=fingerprint,
        )
        return await self._tools.journal.write(entry)

    def _fingerprint(self, type_: str, about: str, form: Form, payload: dict[str, JsonValue] | None = None) -> str:
        return sha256(canonical([type_, about, form.model_dump(mode="json", exclude_unset=True), payload]))


def _recorder(
    tools: ToolsOf, caller: Caller, idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None
) -> Recorder:
    return Recorder(tools, caller, idempotency_key or uuid.uuid4().hex)


Recording = Annotated[Recorder, Depends(_recorder)]


def _version(
    if_match: Annotated[str | None, Header(description="The ETag of the record as you have read it.")] = None,
) -> int:
    if if_match is None:
        raise Refused(Code.VERSION_MISSING, "Send the ETag of the record as If-Match.")
    text = if_match.strip().strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refused(Code.VERSION_STALE, "If-Match names no version of this record.")
    return int(text)


IfMatch = Annotated[int, Depends(_version)]
"""The version the caller has read. 428 without the header, 412 if it cannot be one."""


def _version_if_any(
    if_match: Annotated[str | None, Header(description="The ETag of the record as read; a no needs none.")] = None,
) -> int | None:
    return _version(if_match) if if_match is not None else None


IfMatchUnlessNo = Annotated[int | None, Depends(_version_if_any)]
"""The same of a decision: whoever says no needs none."""


def tag(response: Response, version: int) -> None:
    """Say which version this is, as an ETag."""
    response.headers["ETag"] = f'"{version}"'


async def _tagged(request: Request, response: Response, tools: ToolsOf) -> None:
    (record,) = request.path_params.values()
    await tag_record(response, tools, record)


TAGGED = Depends(_tagged)
"""Says which version of the record in the path is shown. It is read first: what is shown may be newer, never older."""


async def tag_record(response: Response, tools: Tools, record: str) -> None:
    """Say which version of a record beside cases this is, as an ETag."""
    async with tools.database.reading() as session:
        row = await session.get(StreamRow, record)
    tag(response, row.number if row is not None else 0)


def created(response: Response, location: str, version: int) -> None:
    """Say where the new record is and which version it has."""
    response.headers["Location"] = location
    tag(response, version)
