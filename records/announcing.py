"""Telling people of a status: who works with the site at the sponsor's, and the site itself."""

from typing import TYPE_CHECKING

from domain.people import Role
from records import outbox
from records.recipients import candidates
from records.tables import CaseRow

if TYPE_CHECKING:
    from records.writing import Writing

_ROLES = (
    Role.HEAD_QA, Role.SUPPLIER_QUALITY, Role.QP, Role.SUPPLY_CHAIN, Role.PROCUREMENT, Role.CDMO_QA, Role.CDMO_QU_HEAD,
)  # fmt: skip


async def announce(writing: "Writing", case: CaseRow, text: str, *, scope_id: str | None = None) -> None:
    """Mail what has become of a status. A case that the site does not know of is not named (S6)."""
    people = await candidates(writing.session, _ROLES, case.site_id, at=writing.at)
    named, body = (case.case_id, f"{case.title}\n{text}") if case.shared else (scope_id or case.scope_ids[0], text)
    subject = f"{named}: status of {case.site_id}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=body)
