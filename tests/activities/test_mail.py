from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from activities.mail import Letter, Mail, Mailbox, Server, one_line
from activities.undeliverable import Undeliverable


class Postbox:
    """A mail server that keeps what it is given and refuses people called `nobody`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.full = False

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.full:
            return "452 mailbox full"
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: object) -> AuthResult:
    good = isinstance(auth_data, LoginPassword) and auth_data == LoginPassword(b"vetted", b"p@ss/word")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def smtp_url(postbox: Postbox, unused_tcp_port: int) -> Iterator[str]:
    controller = Controller(
        postbox, hostname="127.0.0.1", port=unused_tcp_port, authenticator=login, auth_require_tls=False
    )
    controller.start()
    yield f"smtp://vetted:p%40ss%2Fword@127.0.0.1:{unused_tcp_port}?starttls=never"
    controller.stop()


def letter(number: int = 17, **changes: str) -> Letter:
    given = {"person": "PER-1", "to": "quinn@sponsor.example", "subject": "AUD-1: Audit report", "text": "Due soon.\n"}
    return Letter(outbox_id=number, written_at=datetime(2026, 3, 1, 8, number % 60, tzinfo=UTC), **{**given, **changes})


def mail(smtp_url: str, folder: Path = Path("/nowhere")) -> Mail:
    return Mail(smtp_url=smtp_url, sender="Vetted <vetted@sponsor.example>", mailbox=Mailbox(folder))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_letter_reaches_the_mail_server(postbox: Postbox, smtp_url: str) -> None:
    await mail(smtp_url).send([letter()])
    [got] = postbox.mails
    assert (got["To"], got["From"]) == ("quinn@sponsor.example", "Vetted <vetted@sponsor.example>")
    assert got["Subject"] == "AUD-1: Audit report"
    assert got.get_content_type() == "text/plain"
    assert got.get_content().strip() == "Due soon."
    assert got["Auto-Submitted"] == "auto-generated"


async def test_a_repeat_is_known_by_its_message_id(postbox: Postbox, smtp_url: str) -> None:
    for _ in range(2):
        await mail(smtp_url).send([letter(17)])
    await mail(smtp_url).send([letter(18)])
    ids = [got["Message-ID"] for got in postbox.mails]
    assert ids == ["<outbox-17@sponsor.example>"] * 2 + ["<outbox-18@sponsor.example>"]


async def test_several_letters_of_a_person_become_one_digest(postbox: Postbox, smtp_url: str) -> None:
    letters = [letter(number, subject=f"AUD-{number}", text=f"Text {number}") for number in (3, 4, 9)]
    assert await mail(smtp_url).send(letters) == "sent in a digest of 3"
    [got] = postbox.mails
    text = got.get_content()
    assert "Due dates have not moved" in text
    assert [line for line in text.splitlines() if line.startswith("2026")] == [
        f"2026-03-01 08:0{number} UTC  AUD-{number}" for number in (3, 4, 9)
    ]
    assert got["Message-ID"] == "<outbox-3-9@sponsor.example>"


@pytest.mark.parametrize(
    "subject",
    [
        "Audit\r\nBcc: spy@evil.example",
        "Audit\nBcc: spy@evil.example",
        "Audit\u2028Bcc: spy@evil.example",
        "Audit\x00\x0bBcc: spy@evil.example",
    ],
)
async def test_no_subject_can_add_a_header(postbox: Postbox, smtp_url: str, subject: str) -> None:
    await mail(smtp_url).send([letter(subject=subject)])
    [got] = postbox.mails
    assert got["Bcc"] is None
    assert got["Subject"] == "Audit Bcc: spy@evil.example"


@pytest.mark.parametrize(
    "address",
    ["", "quinn", "quinn@a.example\r\nBcc: spy@evil.example", "q@a.example, spy@evil.example", "a b@c.example"],
)
async def test_an_address_that_is_none_is_undeliverable(postbox: Postbox, smtp_url: str, address: str) -> None:
    with pytest.raises(Undeliverable):
        await mail(smtp_url).send([letter(to=address)])
    assert postbox.mails == []


async def test_a_person_the_server_does_not_know_is_undeliverable(postbox: Postbox, smtp_url: str) -> None:
    with pytest.raises(Undeliverable, match="nobody@"):
        await mail(smtp_url).send([letter(to="nobody@sponsor.example")])


async def test_a_full_mailbox_and_a_wrong_password_are_tried_again(postbox: Postbox, smtp_url: str) -> None:
    postbox.full = True
    with pytest.raises(Exception, match="mailbox full") as full:
        await mail(smtp_url).send([letter()])
    with pytest.raises(Exception, match="535") as wrong:
        await mail(smtp_url.replace("vetted:p", "vetted:q")).send([letter()])
    assert Undeliverable not in {full.type, wrong.type}


async def test_a_password_does_not_travel_without_tls(postbox: Postbox, smtp_url: str) -> None:
    with pytest.raises(Exception, match="STARTTLS"):
        await mail(smtp_url.partition("?")[0]).send([letter()])
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://relay.example", 25, False, None),
        ("smtp://relay.example:2525", 2525, False, None),
        ("smtp://u:p@relay.example", 587, False, True),
        ("smtp://u:p@relay.example?starttls=never", 587, False, False),
        ("smtp://relay.example?starttls=require", 25, False, True),
        ("smtps://u:p@relay.example", 465, True, False),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_reach_it(
    url: str,
    port: int,
    tls: bool,  # noqa: FBT001
    starttls: bool | None,  # noqa: FBT001
) -> None:
    server = Server.at(url)
    assert (server.host, server.port, server.tls, server.starttls) == ("relay.example", port, tls, starttls)


async def test_without_a_server_mail_goes_into_a_folder_for_each_person(tmp_path: Path) -> None:
    sender = mail("", tmp_path)
    for number, person in ((9, "PER-1"), (10, "PER-2"), (11, "PER-1"), (9, "PER-1")):
        await sender.send([letter(number, person=person, subject=f"Number {number} for {person}")])
    box = Mailbox(tmp_path)
    assert [got["Subject"] for got in box.newest("PER-1", 10)] == ["Number 11 for PER-1", "Number 9 for PER-1"]
    assert [got["Subject"] for got in box.newest("PER-1", 1)] == ["Number 11 for PER-1"]
    assert box.newest("PER-3", 10) == []
    assert names(tmp_path / "PER-1") == ["000000000009.eml", "000000000011.eml"]


async def test_a_person_id_cannot_leave_the_mailbox(tmp_path: Path) -> None:
    await mail("", tmp_path / "box").send([letter(person="../../etc")])
    assert names(tmp_path) == ["box"]


def test_a_line_keeps_words_and_loses_controls() -> None:
    assert one_line("  Prüfung\t Ω\x7f\r\n x ") == "Prüfung Ω x"
