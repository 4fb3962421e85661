"""What people have signed of a batch in words: no gate compares it, whoever decides reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.holds.hold import LongHoldReview
from domain.batch.making.package import BatchPackage
from domain.batch.results.analysis_forms import OwnTesting
from domain.batch.results.oos import OosInvestigation
from domain.batch.review import ResultsReview
from domain.core.forms import Form
from domain.delivery.quarantine import QuarantineApproval
from domain.release.gate_page import SaidOfBatch
from domain.release.recall import RecallPlan
from records.core.tables.cases import RecordRow

_SAID: Mapping[type[Form], tuple[str, str | None]] = MappingProxyType({
    BatchPackage: ("declaration", None),
    ResultsReview: ("audit_trail_sample", None),
    OwnTesting: ("laboratory", "report"),
    OosInvestigation: ("other_batches_conclusion", "oos_id"),
    LongHoldReview: ("next_steps", "hold_id"),
    QuarantineApproval: ("blocking", "market"),
    RecallPlan: ("strategy", None),
})  # fmt: skip
"""The field that is read, and the one that says what it is about; none where the batch has one such record."""
_FORMS = {form.action.name: form for form in _SAID}


async def said_of(session: AsyncSession, batch_id: str) -> tuple[SaidOfBatch, ...]:
    """The newest of each record, in their order."""
    query = select(RecordRow).where(col(RecordRow.case_id) == batch_id, col(RecordRow.action).in_(sorted(_FORMS)))
    newest: dict[str, SaidOfBatch] = {}
    for row in (await session.exec(query.order_by(col(RecordRow.number)))).all():
        form = _FORMS[row.action]
        text, subject = _SAID[form]
        about = form.action.title if subject is None else f"{form.action.title}, {row.form[subject]}"
        newest[about] = SaidOfBatch(about=about, text=str(row.form[text]), by_name=row.by_name, at=row.at)
    return tuple(newest.values())
