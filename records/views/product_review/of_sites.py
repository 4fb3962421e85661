"""What the sites of a product announced, held and were found to be in the period."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from sqlalchemy import or_
from sqlmodel import col, select

from domain.audit.finding import Severity
from domain.core.names import name_key
from domain.event.site_event import EventType
from domain.views.product_review import sites
from records.agreement.tables import AgreementRow
from records.audit.tables.audits import AuditRow, FindingRow
from records.change.tables import ChangeRow
from records.event.tables import SiteEventRow
from records.inspection.tables import InspectionRow
from records.site.tables import CertificateRow
from records.views.product_review.frame import Frame, listed


def _concerns(frame: Frame, scope_ids: Collection[str]) -> bool:
    """What names no scope concerns all of the site."""
    return not scope_ids or not set(frame.scope_ids).isdisjoint(scope_ids)


async def changes(frame: Frame) -> list[sites.SiteChange]:
    """Changes that were announced, decided on or brought into use in the period."""
    query = (
        select(ChangeRow)
        .where(
            col(ChangeRow.site_id).in_(frame.site_ids),
            or_(
                frame.spans(col(ChangeRow.submitted_at)),
                frame.spans(col(ChangeRow.decided_at)),
                col(ChangeRow.implemented_on).between(frame.first, frame.last),
            ),
        )
        .order_by(col(ChangeRow.submitted_at), col(ChangeRow.case_id))
    )
    return [
        sites.SiteChange(
            case_id=row.case_id,
            site_id=row.site_id,
            change_id=row.change_id,
            category=row.category,
            tier=row.sponsor_tier or row.cdmo_tier,
            announced_on=frame.day(row.submitted_at, row.site_id),
            decision=row.decision,
            decided_on=frame.some_day(row.decided_at, row.site_id),
            implemented_on=row.implemented_on,
            first_batch=row.first_batch,
        )
        for row in (await frame.session.exec(query)).all()
        if _concerns(frame, row.scope_ids) and _is_of_the_period(frame, row)
    ]


def _is_of_the_period(frame: Frame, row: ChangeRow) -> bool:
    used = row.implemented_on is not None and frame.first <= row.implemented_on <= frame.last
    return used or any(frame.holds(at, row.site_id) for at in (row.submitted_at, row.decided_at))


async def occurrences(
    frame: Frame, numbers: Collection[str]
) -> tuple[list[sites.SiteOccurrence], list[sites.SiteOccurrence]]:
    """Complaints, and recalls that were told of. `numbers` are those of the batches of the period."""
    kinds = (EventType.COMPLAINT.value, EventType.RECALL.value)
    query = (
        select(SiteEventRow)
        .where(
            col(SiteEventRow.site_id).in_(frame.site_ids),
            col(SiteEventRow.type).in_(kinds),
            frame.spans(col(SiteEventRow.received_at)),
        )
        .order_by(col(SiteEventRow.received_at), col(SiteEventRow.case_id))
    )
    known = set(map(name_key, numbers))
    found = [
        (row.type, _occurrence(frame, row, known))
        for row in (await frame.session.exec(query)).all()
        if _concerns(frame, row.scope_ids) and frame.holds(row.received_at, row.site_id)
    ]
    complaints, recalls = ([each for type_, each in found if type_ == kind] for kind in kinds)
    return complaints, recalls


def _occurrence(frame: Frame, row: SiteEventRow, known: AbstractSet[str]) -> sites.SiteOccurrence:
    return sites.SiteOccurrence(
        case_id=row.case_id,
        site_id=row.site_id,
        reference=row.reference,
        severity=row.severity,
        lots=listed(row.lots),
        names_a_batch=not known.isdisjoint(map(name_key, row.lots)),
        detected_on=frame.day(row.detected_at, row.site_id),
        received_on=frame.day(row.received_at, row.site_id),
        outcomes=listed(row.outcomes or ()),
    )


async def certificates(frame: Frame) -> list[sites.SiteCertificate]:
    """Certificates of the product's scopes that were valid on a day of the period."""
    query = (
        select(CertificateRow)
        .where(
            col(CertificateRow.scope_id).in_(frame.scope_ids),
            or_(col(CertificateRow.valid_to).is_(None), col(CertificateRow.valid_to) >= frame.first),
            or_(col(CertificateRow.inspected_on).is_(None), col(CertificateRow.inspected_on) <= frame.last),
        )
        .order_by(col(CertificateRow.serial))
    )
    shown = set(sites.SiteCertificate.model_fields)
    rows = (await frame.session.exec(query)).all()
    return [sites.SiteCertificate.model_validate(row.model_dump(include=shown)) for row in rows]


async def agreements(frame: Frame) -> list[sites.SiteAgreement]:
    """Versions of agreements on the product that were in force on a day of the period."""
    query = (
        select(AgreementRow)
        .where(
            col(AgreementRow.scope_id).in_(frame.scope_ids),
            col(AgreementRow.effective_from) <= frame.last,
            or_(col(AgreementRow.lapses_on).is_(None), col(AgreementRow.lapses_on) >= frame.first),
        )
        .order_by(col(AgreementRow.number), col(AgreementRow.version))
    )
    shown = set(sites.SiteAgreement.model_fields)
    rows = (await frame.session.exec(query)).all()
    return [sites.SiteAgreement.model_validate(row.model_dump(include=shown)) for row in rows]


async def audits(frame: Frame) -> list[sites.SiteAudit]:
    """Audits with a day on site in the period."""
    query = (
        select(AuditRow)
        .where(
            col(AuditRow.site_id).in_(frame.site_ids),
            col(AuditRow.first_day) <= frame.last,
            col(AuditRow.last_day) >= frame.first,
        )
        .order_by(col(AuditRow.first_day), col(AuditRow.case_id))
    )
    graded = select(FindingRow).where(col(FindingRow.site_id).in_(frame.site_ids), col(FindingRow.issued).is_(True))
    counts: Counter[tuple[str, str]] = Counter()
    for finding in (await frame.session.exec(graded)).all():
        counts[finding.case_id, finding.severity] += 1
    shown = set(sites.SiteAudit.model_fields)
    return [
        sites.SiteAudit(
            **row.model_dump(include=shown),
            critical=counts[row.case_id, Severity.CRITICAL.value],
            major=counts[row.case_id, Severity.MAJOR.value],
            other=counts[row.case_id, Severity.OTHER.value],
            recommendations=counts[row.case_id, Severity.RECOMMENDATION.value],
        )
        for row in (await frame.session.exec(query)).all()
    ]


async def inspections(frame: Frame) -> list[sites.SiteInspection]:
    """Inspections that began in the period, or whose outcome came in it."""
    query = (
        select(InspectionRow)
        .where(
            col(InspectionRow.site_id).in_(frame.site_ids),
            or_(col(InspectionRow.start).between(frame.first, frame.last), frame.spans(col(InspectionRow.outcome_at))),
        )
        .order_by(col(InspectionRow.start), col(InspectionRow.case_id))
    )
    return [
        sites.SiteInspection(
            **row.model_dump(include=set(sites.SiteInspection.model_fields)),
            outcome_on=frame.some_day(row.outcome_at, row.site_id),
        )
        for row in (await frame.session.exec(query)).all()
        if _concerns(frame, row.scope_ids)
        and (
            (row.start is not None and frame.first <= row.start <= frame.last)
            or frame.holds(row.outcome_at, row.site_id)
        )
    ]
