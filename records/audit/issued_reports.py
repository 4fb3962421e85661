"""Which version of an audit report the site has been sent."""

from sqlmodel.ext.asyncio.session import AsyncSession

from records.audit.tables.audits import AuditRow


async def issued_report(session: AsyncSession, case_id: str) -> int | None:
    """The version of the audit report that was issued to the site."""
    audit = await session.get(AuditRow, case_id)
    return audit.report_version if audit else None
