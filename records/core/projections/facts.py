"""Facts that stand, as functions of the journal. No reaction runs here: what followed is in events of its own."""

from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.facts import Consequences
from records.core.payloads import part
from records.core.projectors import follows
from records.core.tables.facts import FactRow, FactSubjectRow


@follows("fact.established")
async def keep_fact(session: AsyncSession, event: Event) -> None:
    """It holds, and is found by what it is about and by what it has led to."""
    consequences = Consequences.model_validate(event.payload.get("effect", {}))
    about: Any = event.payload["about"]
    fact_id = f"{event.stream}#{event.number}"
    session.add(
        FactRow(
            fact_id=fact_id,
            kind=str(event.payload["kind"]),
            identity=str(event.payload["identity"]),
            stream=event.stream,
            fields=part(event, "fact"),
            about=about,
            cause=part(event, "cause"),
            consequences=consequences.model_dump(mode="json"),
            established_at=event.occurred_at,
            established_by=event.actor.person,
        )
    )
    for subject in dict.fromkeys([*about, *consequences.subjects]):
        session.add(FactSubjectRow(subject=subject, fact_id=fact_id))


@follows("fact.revoked")
async def revoke_fact(session: AsyncSession, event: Event) -> None:
    """It holds no more; that it did is kept."""
    query = select(FactRow).where(
        col(FactRow.kind) == event.payload["kind"],
        col(FactRow.identity) == event.payload["identity"],
        col(FactRow.revoked_at).is_(None),
    )
    row = (await session.exec(query)).one()
    row.revoked_at, row.revoked_by, row.revoked_cause = event.occurred_at, event.actor.person, part(event, "cause")
