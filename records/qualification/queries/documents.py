"""The required documents of a qualification: which they are, what the site has shown, what is still missing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import DocumentReference
from domain.core.people import Actor, Org
from domain.policy.required_documents import DocumentRules, RequiredDocument, required_for
from domain.qualification.case_documents import CaseDocument, DocumentStatus, status_on, unmet
from domain.qualification.views import RequiredDocumentView
from domain.site.site import Activity, ProductStage
from records.core.policies import document_rules_in_force
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.qualification.tables.documents import CaseDocumentRow

__all__ = [
    "RequiredDocumentView",
    "documents_complete_on",
    "documents_missing",
    "documents_of_case",
    "held_in",
    "required_in",
]


async def held_in(session: AsyncSession, case_id: str) -> dict[str, CaseDocument]:
    """What the site has shown in a case, by key."""
    query = select(CaseDocumentRow).where(col(CaseDocumentRow.case_id) == case_id).order_by(col(CaseDocumentRow.key))
    return {row.key: _held(row) for row in (await session.exec(query)).all()}


async def required_in(session: AsyncSession, case: CaseRow, rules: DocumentRules) -> dict[str, RequiredDocument]:
    """The documents of a policy that a case asks for, by key."""
    scope = await scope_of(session, case)
    required = required_for(rules, Activity(scope.activity), scope.markets, ProductStage(scope.stage))
    return {document.key: document for document in required}


async def documents_complete_on(writing: Writing, case: CaseRow, day: date) -> list[str]:
    """What `documents_missing` says under the policy of an entry that is being written."""
    return await documents_missing(writing.session, case, (await writing.policy()).document_rules, day)


async def documents_missing(session: AsyncSession, case: CaseRow, rules: DocumentRules, day: date) -> list[str]:
    """Keys of the mandatory documents that are not accepted or not valid on a day; empty if all are (section 4).

    `rules` are those of the policy in force.
    """
    required = await required_in(session, case, rules)
    return unmet(required.values(), await held_in(session, case.case_id), day)


async def documents_of_case(
    session: AsyncSession, actor: Actor, case_id: str, now: datetime
) -> tuple[RequiredDocumentView, ...]:
    """The required documents of a case that the actor sees, as they stand now; as they stood when it was closed."""
    case = await session.get_one(CaseRow, case_id)
    at = min(now, case.closed_at or now)
    site = await session.get_one(SiteRow, case.site_id)
    required = await required_in(session, case, await document_rules_in_force(session, at))
    query = select(CaseDocumentRow).where(col(CaseDocumentRow.case_id) == case_id)
    rows = {row.key: row for row in (await session.exec(query)).all()}
    day = at.astimezone(ZoneInfo(site.tz)).date()
    return tuple(_shown(document, rows.get(key), actor, day) for key, document in required.items())


def _held(row: CaseDocumentRow) -> CaseDocument:
    return CaseDocument.model_validate(row, from_attributes=True)


def _shown(required: RequiredDocument, row: CaseDocumentRow | None, actor: Actor, day: date) -> RequiredDocumentView:
    """What was confirmed of an accepted document is the sponsor's own; why one was rejected is for the site (S6)."""
    view = RequiredDocumentView(
        **required.model_dump(include={"key", "title", "mandatory", "gxp"}),
        certificate_type=required.certificate,
        status=status_on(_held(row) if row else None, day),
    )
    if row is None:
        return view
    says = actor.org is not Org.CDMO or row.status == DocumentStatus.REJECTED.value
    return view.model_copy(
        update={
            "document": DocumentReference.model_validate(row.document) if row.document else None,
            "valid_to": row.ends_on,
            "reason": row.reason if says else None,
            **row.model_dump(include={"not_available", "comment", "certificate_id", "submitted_at", "reviewed_at"}),
        }
    )
