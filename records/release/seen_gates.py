"""The gates as they are shown to who decides: the sponsor's people all of them, the site's those of its own part."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.forms import Process
from domain.processes import form_of
from domain.release.certification import DecisionForMarket
from domain.release.evidence import BatchEvidence
from domain.release.further_processing import PartialConfirmation
from domain.release.gates import evaluate
from domain.release.seen_gates import as_shown
from domain.release.site_part import gates_of_site
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies
from records.core.tables.cases import TaskRow
from records.release.gate_evidence import evidence_of


def unsigned(evidence: BatchEvidence) -> BatchEvidence:
    """The evidence as it is while nobody decides."""
    nobody = {"audits_known": None, "relies_on": (), "licensed_at": (), "signs_for": None}
    return evidence.model_copy(update=nobody)


async def gates_shown(
    session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime, *, to_site: bool = False
) -> str:
    """The gates in words, as they are now; `to_site` those of its own part."""
    evidence = await evidence_of(session, policies, batch, market, at)
    return as_shown(gates_of_site(evidence, batch.site_id, at) if to_site else evaluate(evidence, {}, at))


async def gates_of_task(session: AsyncSession, task: TaskRow, at: datetime) -> dict[str, str]:
    """What the task of a decision on a batch shows of its gates, as they are now; nothing of any other task."""
    market = task.prefill.get("market")
    form = form_of(Process(task.process), task.action)
    if not issubclass(form, DecisionForMarket) or not isinstance(market, str):
        return {}
    batch = await session.get_one(BatchRow, task.case_id)
    to_site = issubclass(form, PartialConfirmation)
    return {"gates_seen": await gates_shown(session, Policies(), batch, market, at, to_site=to_site)}
