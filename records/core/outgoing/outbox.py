"""What has to leave the process is written down in the same transaction as the event it follows from."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder, Message
from domain.core.clocks import Deadline
from domain.core.entry import Send
from domain.core.events import Event
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import PersonRow, WebhookRow

RESENT_AFTER = timedelta(seconds=10)


def start(session: AsyncSession, at: datetime, order: CaseOrder) -> None:
    """The workflow of a case is to be started. Its lane is the case, so that signals wait for it."""
    payload = order.model_dump(mode="json")
    session.add(OutboxRow(kind="start", lane=order.case_id, payload=payload, created_at=at))


async def mark_started(session: AsyncSession, case_id: str, at: datetime) -> None:
    """The workflow of a case has been started without the relay. Safe to repeat, and if the relay was first."""
    await session.exec(
        update(OutboxRow)
        .where(
            col(OutboxRow.kind) == "start",
            col(OutboxRow.lane) == case_id,
            col(OutboxRow.delivered_at).is_(None),
            col(OutboxRow.dead_at).is_(None),
        )
        .values(delivered_at=at)
    )


async def waits_to_start(session: AsyncSession, case_id: str) -> bool:
    """Whether the workflow of a case is still to be started."""
    query = select(OutboxRow.outbox_id).where(
        col(OutboxRow.kind) == "start", col(OutboxRow.lane) == case_id, col(OutboxRow.delivered_at).is_(None)
    )
    return (await session.exec(query.limit(1))).first() is not None


def signal(session: AsyncSession, at: datetime, to: str, message_id: str, sender: str, line: Send) -> None:
    """Queue a message to another case."""
    message = Message(message_id=message_id, sender=sender, subject=line.subject, payload=line.payload)
    session.add(OutboxRow(kind="signal", lane=to, payload=message.model_dump(mode="json"), created_at=at))


def answer(session: AsyncSession, at: datetime, stream: str, number: int, action: str) -> None:
    """A person's answer is told to its case once more, a little later.

    The journal commits before the workflow server has stored the answer. If server and worker die between the two the
    case has forgotten what its journal holds. A case that knows the answer takes no notice.
    """
    payload = {"stream": stream, "number": number, "action": action}
    session.add(
        OutboxRow(kind="answer", lane=f"answer:{stream}", payload=payload, created_at=at, not_before=at + RESENT_AFTER)
    )


async def mail(session: AsyncSession, at: datetime, people: Sequence[PersonRow], *, subject: str, text: str) -> None:
    """One message to each person who has an address."""
    for person in people:
        if person.email:
            payload = {"to": person.email, "person": person.person_id, "subject": subject, "text": text}
            session.add(OutboxRow(kind="mail", lane=f"mail:{person.person_id}", payload=payload, created_at=at))


async def webhooks(session: AsyncSession, at: datetime, events: Sequence[Event]) -> None:
    """One delivery of each event to each active subscription that wants its type."""
    subscribed = (await session.exec(select(WebhookRow).where(col(WebhookRow.active)))).all()
    for webhook, event in itertools.product(subscribed, events):
        if not webhook.types or event.type in webhook.types:
            payload = {"webhook_id": webhook.webhook_id, "stream": event.stream, "number": event.number}
            session.add(OutboxRow(kind="webhook", lane=f"webhook:{webhook.webhook_id}", payload=payload, created_at=at))


def task_text(case: CaseRow, title: str, about: str, due: Deadline | None, web: str) -> str:
    """The text of the mail about a new task."""
    lines = [f"{case.case_id} needs you: {title}.", about, case.title]
    if due is not None:
        lines += [f"Due: {due.due_at.isoformat()} ({due.tz}).", f"Otherwise: {due.otherwise}"]
    return "\n".join([line for line in lines if line] + [f"{web}/v1/{case.process}/{case.case_id}"])


def escalation_text(
    case: CaseRow, task: TaskRow, says: str, proposes: str | None, acknowledge_by: datetime | None, web: str
) -> str:
    """The text of the mail about a reminder or an escalation."""
    lines = [f"{case.case_id}: {task.title}.", says, case.title]
    if task.due_at is not None:
        lines.append(f"Due: {task.due_at.isoformat()}.")
    if proposes is not None:
        lines.append(f"Proposed: {proposes}. A person decides.")
    if acknowledge_by is not None:
        lines.append(f"Please acknowledge by {acknowledge_by.isoformat()}, or this climbs one level.")
    return "\n".join([line for line in lines if line] + [f"{web}/v1/{case.process}/{case.case_id}"])
