"""Mail to people: by any SMTP server, or into a folder while there is none."""

import asyncio
import os
import re
import ssl
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from activities.undeliverable import Undeliverable
from records.core.tables.journal import OutboxRow

_TIMEOUT = 15.0


@dataclass(frozen=True)
class Letter:
    """One mail as it waits in the outbox."""

    outbox_id: int
    person: str
    to: str
    subject: str
    text: str
    written_at: datetime

    @classmethod
    def of(cls, row: OutboxRow) -> Self:
        payload = row.payload
        return cls(
            outbox_id=row.outbox_id or 0,
            person=str(payload["person"]),
            to=str(payload["to"]),
            subject=str(payload["subject"]),
            text=str(payload["text"]),
            written_at=row.created_at,
        )


@dataclass(frozen=True)
class Server:
    """Where mail is handed in. `starttls`: `True` insists on it, `None` takes it if offered, `False` never."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool | None

    @classmethod
    def at(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port` or `smtps://...`; `?starttls=require` or `never` says more.

        With a password STARTTLS is required unless it is ruled out: a password never travels in clear by accident.
        """
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        password = unquote(parts.password) if parts.password else None
        wish = parse_qs(parts.query).get("starttls", ["require" if password else "offered"])[0]
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if tls else 587 if password else 25),
            user=unquote(parts.username) if parts.username else None,
            password=password,
            tls=tls,
            starttls=False if tls else {"require": True, "never": False}.get(wish),
        )


class Mailbox:
    """A folder of mails, one folder for each person and one file for each mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, person: str, name: str, message: EmailMessage) -> None:
        """Keep a mail. Repeating it replaces the file by itself: readers see a whole mail or none."""
        folder = self._of(person)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes(policy=policy.default))
        draft.replace(folder / f"{name}.eml")

    def newest(self, person: str, limit: int) -> list[EmailMessage]:
        """The newest mails of a person first."""
        files = sorted(self._of(person).glob("*.eml"), reverse=True)[:limit]
        return [BytesParser(EmailMessage, policy=policy.default).parsebytes(file.read_bytes()) for file in files]

    def _of(self, person: str) -> Path:
        return self._folder / (re.sub(r"[^A-Za-z0-9_-]", "_", person) or "_")


class Mail:
    """Sends mails. May run twice: the Message-ID follows from the outbox id, so that a repeat is recognised."""

    def __init__(self, *, smtp_url: str, sender: str, mailbox: Mailbox, tls: ssl.SSLContext | None = None) -> None:
        self._server = Server.at(smtp_url) if smtp_url else None
        self._sender = sender
        self._mailbox = mailbox
        self._tls = tls

    async def send(self, letters: Sequence[Letter]) -> str | None:
        """Send one letter as it is, several of one person as one digest. Raises `Undeliverable` or what SMTP says."""
        message = self._message(letters)
        if self._server is None:
            name = f"{letters[0].outbox_id:012}"
            await asyncio.to_thread(self._mailbox.put, letters[0].person, name, message)
        else:
            await self._hand_in(self._server, message)
        return f"sent in a digest of {len(letters)}" if len(letters) > 1 else None

    async def _hand_in(self, server: Server, message: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.tls,
                start_tls=server.starttls,
                tls_context=self._tls,
                timeout=_TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code >= 500 for refused in error.recipients):
                raise Undeliverable(f"the mail server refuses {message['To']}") from error
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code >= 500:
                raise Undeliverable(f"the mail server refuses the message: {error.code}") from error
            raise

    def _message(self, letters: Sequence[Letter]) -> EmailMessage:
        first, last = letters[0], letters[-1]
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = self._sender
        try:
            message["To"] = Address(addr_spec=last.to)
        except (ValueError, IndexError, MessageError) as error:
            raise Undeliverable("the person has no valid e-mail address") from error
        digest = len(letters) > 1
        message["Subject"] = one_line(f"{len(letters)} messages while mail was down" if digest else first.subject)
        message["Date"] = first.written_at
        ids = f"{first.outbox_id}-{last.outbox_id}" if digest else str(first.outbox_id)
        message["Message-ID"] = f"<outbox-{ids}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_digest(letters) if digest else first.text)
        return message


def one_line(text: str) -> str:
    """The text as one line without control characters: nothing in it can start a header."""
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text).split())


def _digest(letters: Sequence[Letter]) -> str:
    intro = "These messages could not be sent in time. Due dates have not moved."
    parts = [f"{one.written_at:%Y-%m-%d %H:%M} UTC  {one_line(one.subject)}\n\n{one.text}" for one in letters]
    return ("\n\n" + "-" * 60 + "\n\n").join([intro, *parts])
