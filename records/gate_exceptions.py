"""Exceptions of single gates in an emergency shortage (section 10)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.gate_facts import ExceptionFacts


async def exceptions_of(session: AsyncSession, batch_id: str) -> tuple[ExceptionFacts, ...]:
    """The exceptions that were granted for a batch by all three who must sign."""
    return ()
