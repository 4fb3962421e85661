"""The mailbox of the embedded mode, where mail goes to a folder."""

import asyncio
from email.message import EmailMessage

from fastapi import APIRouter
from pydantic import AwareDatetime

from activities.mail import Mailbox
from api.core.auth import Caller
from api.core.recording import Limit
from api.core.tools import ToolsOf
from domain.core.refusals import Code, Refused
from domain.core.view import View
from settings import Mode

router = APIRouter(prefix="/v1", tags=["mailbox"])


class MailView(View):
    """A mail as it would have been sent."""

    message_id: str
    sent_at: AwareDatetime
    to: str
    subject: str
    text: str


class MailList(View):
    items: tuple[MailView, ...]


@router.get("/mailbox")
async def list_mail(caller: Caller, tools: ToolsOf, limit: Limit = 50) -> MailList:
    """The caller's mails, newest first. Only in the embedded mode without a mail server."""
    if tools.settings.mode is not Mode.EMBEDDED or tools.settings.smtp_url:
        raise Refused(Code.NOT_FOUND, "Mail is sent by a mail server.")
    mails = await asyncio.to_thread(Mailbox(tools.settings.mailbox_dir).newest, caller.person, limit)
    return MailList(items=tuple(map(_view, mails)))


def _view(mail: EmailMessage) -> MailView:
    return MailView(
        message_id=mail["Message-ID"],
        sent_at=mail["Date"].datetime,
        to=mail["To"],
        subject=mail["Subject"],
        text=mail.get_content(),
    )
