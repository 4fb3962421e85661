"""The forms that were submitted in the cases that gates look at: one query for audits, changes and batches together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Self

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.audit.capa import CapaVerification
from domain.audit.critical import CriticalFinding
from domain.audit.plan import AuditPlan
from domain.batch.deviations.deviation import BatchChange, DeviationAcceptance
from domain.batch.review import RecordReview
from domain.change.decision import ChangeRegulatoryAssessment
from domain.change.site_change import ChangeImplementation
from domain.core.forms import Form
from domain.release.further_processing import PartialConfirmation, ReleaseWithdrawal
from records.core.tables.cases import RecordRow

_LOOKED_AT: tuple[type[Form], ...] = (
    CriticalFinding,
    AuditPlan,
    CapaVerification,
    DeviationAcceptance,
    RecordReview,
    ChangeRegulatoryAssessment,
    ChangeImplementation,
    BatchChange,
    PartialConfirmation,
    ReleaseWithdrawal,
)


class Submitted:
    """Every version of these forms, by case; the oldest first."""

    def __init__(self, rows: Iterable[RecordRow]) -> None:
        self._rows: dict[tuple[str, str], list[RecordRow]] = defaultdict(list)
        for row in rows:
            self._rows[row.case_id, row.action].append(row)

    @classmethod
    async def in_cases(cls, session: AsyncSession, case_ids: Iterable[str]) -> Self:
        """Ask for these cases."""
        query = select(RecordRow).where(
            col(RecordRow.case_id).in_(sorted(case_ids)),
            col(RecordRow.action).in_([form.action.name for form in _LOOKED_AT]),
        )
        return cls((await session.exec(query.order_by(col(RecordRow.case_id), col(RecordRow.version)))).all())

    def of(self, case_id: str, form: type[Form]) -> list[RecordRow]:
        """The versions of a form in a case."""
        return self._rows.get((case_id, form.action.name), [])
