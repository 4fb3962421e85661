"""What results of analysis say of a batch (gate G9)."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.gate_facts import AnalysisFacts
from domain.policy import Limits
from records.tables import BatchRow


async def analysis_facts(
    session: AsyncSession, batch: BatchRow, market: str, at: datetime, limits: Limits
) -> AnalysisFacts:
    """The certificate of analysis of a batch against the specification that is registered in a market at an instant."""
    return AnalysisFacts()
