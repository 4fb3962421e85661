"""What a decision on a qualification rests on, as the entry that decides it sees the records."""

from domain.asl.asl import interval_months
from domain.qualification.evidence import QualificationEvidence
from records.core.lookups import Lookups
from records.core.scopes import scope_of
from records.qualification.evidence import evidence_of
from records.qualification.queries.documents import documents_complete_on


async def evidence_for(lookups: Lookups) -> QualificationEvidence:
    """What the records hold on the case now."""
    missing = await documents_complete_on(lookups.writing, lookups.case, lookups.today)
    return await evidence_of(lookups, documents_missing=missing, today=lookups.today, rows=lookups.policy.markets)


async def audit_interval(lookups: Lookups) -> int | None:
    """Months between full-scope audits of the scope by its tier; `None` before it has one."""
    scope = await scope_of(lookups.session, lookups.case)
    if scope.risk_tier is None:
        return None
    return interval_months(scope.risk_tier, lookups.policy, [scope.activity], scope.markets)
