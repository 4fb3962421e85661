"""What a batch comes from is locked before it, where what is said of it travels up."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.deviations.deviation import DeviationReport
from domain.batch.results.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch.results.oos import OosInvestigation, OosReport
from records.batch.genealogy import ancestors
from records.core.declared import locks_above


@locks_above(DeviationReport, OosReport, OosInvestigation, CertificateOfAnalysis, OwnTesting)
async def what_it_comes_from(session: AsyncSession, batch_id: str) -> list[str]:
    """Over all steps: a batch has a higher number than what it comes from, and locks are taken in that order."""
    return sorted(await ancestors(session, batch_id))
