"""The findings of an audit, and until when what is done about them may last."""

from datetime import date

from sqlmodel import col, select

from domain.audit.finding import Severity
from records.audit.tables.audits import FindingRow
from records.core.lookups import Lookups


async def findings_of(lookups: Lookups) -> list[FindingRow]:
    """The findings of the audit that a case is, by their numbers."""
    query = select(FindingRow).where(col(FindingRow.case_id) == lookups.case.case_id)
    return list((await lookups.session.exec(query.order_by(col(FindingRow.number)))).all())


def latest_due(lookups: Lookups) -> dict[Severity, date]:
    """The last day a CAPA may be due, by severity, counted from today (policy key `capa.due`)."""
    spans = lookups.limits.capa_due_max
    return {Severity(name): lookups.after(span) for name, span in spans.items()}
