"""Batches that share something with one that failed (21 CFR 211.192)."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Sibling:
    """A batch that shares something."""

    batch_id: str


async def siblings_of(session: AsyncSession, batch_id: str) -> list[Sibling]:
    """The batches that share site, equipment, parameters, material or analyst with a batch."""
    return []
