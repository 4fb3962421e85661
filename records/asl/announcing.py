"""Telling people of a status: who works with the site at the sponsor's, and the site itself."""

from datetime import datetime

from domain.asl.asl import AslStatus, SuspensionScope
from domain.core.people import Role
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

_SPONSOR_ROLES = (Role.HEAD_QA, Role.SUPPLIER_QUALITY, Role.QP, Role.SUPPLY_CHAIN, Role.PROCUREMENT)
_SITE_ROLES = (Role.CDMO_QA, Role.CDMO_QU_HEAD)


async def announce(writing: Writing, case: CaseRow, text: str, *, scope_id: str | None = None) -> None:
    """Mail the sponsor's people what has become of a status. The site is told with the statement (`notify_site`)."""
    people = await candidates(writing.session, _SPONSOR_ROLES, case.site_id, at=writing.at)
    named, body = (case.case_id, f"{case.title}\n{text}") if case.shared else (scope_id or case.scope_ids[0], text)
    subject = f"{named}: status of {case.site_id}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=body)


async def notify_site(
    writing: Writing, site_id: str, scope_id: str, status: AslStatus, reach: SuspensionScope | None, since: datetime
) -> None:
    """Mail the site its new status and how far a suspension reaches: no grounds, and no case (S6)."""
    people = await candidates(writing.session, _SITE_ROLES, site_id, at=writing.at)
    stands = f"{status} ({reach})" if reach else f"{status}"
    text = f"The status of {site_id} for {scope_id} is {stands} from {since.isoformat()} on."
    await outbox.mail(
        writing.session, writing.recorded_at, people, subject=f"{scope_id}: status of {site_id}", text=text
    )
