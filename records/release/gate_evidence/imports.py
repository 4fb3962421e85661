"""G9 and G13: what is known of the imports of a family."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from domain.batch.batch import BatchStage, Relation
from domain.batch.gate.chain_facts import TransportFacts
from domain.importation.arrivals import Arrival, beyond_what_was_made
from domain.importation.batch_certificate import ManufacturerCertificate, laboratories_of
from domain.importation.facts import (
    UNKNOWN,
    BatchCertificateFacts,
    ConsignmentFacts,
    ImporterFacts,
    ImportRule,
    TakenFacts,
)
from domain.policy.mutual_recognition import MraEffect, rows_with
from domain.release.import_waiver import recognised
from domain.site.certificate import is_valid_on
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.delivery.to_release import DECIDED_ON_BY_ITSELF
from records.importation.arrivals import goods_of
from records.importation.tables import BatchCertificateRow, ImportConsignmentRow
from records.release.gate_evidence.context import GateContext
from records.site.tables import CertificateRow


def import_rule(context: GateContext, *, is_asked_for: bool) -> ImportRule | None:
    """What the row of the market says of imports; `None` where it says nothing."""
    row = context.policy.market_rule(context.market)
    if row is None or not row.import_area:
        return None
    return ImportRule(
        area=frozenset(row.import_area),
        is_tested=row.importer_test,
        tested_in=frozenset(row.tested_in),
        codes=row.codes,
        recognised=recognised(context.policy.mra, row.market, context.today),
        is_asked_for=is_asked_for,
    )


def inspections_recognised(context: GateContext) -> frozenset[str]:
    """The partners whose inspections of their own sites the market recognises today."""
    row = context.policy.market_rule(context.market)
    if row is None:
        return frozenset()
    rows = rows_with(context.policy.mra, MraEffect.INSPECTION, row.market, context.today)
    return frozenset(each.partner for each in rows)


async def with_countries(
    context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]]
) -> dict[str, tuple[TransportFacts, ...]]:
    """The same, with the countries of the sites to which goods went in quarantine. One statement if there are any."""
    if import_rule(context, is_asked_for=True) is None:
        return dict(transports)
    wanted = {
        each.to_site_id for known in transports.values() for each in known if each.is_in_quarantine and each.to_site_id
    }
    countries = await _countries(context, wanted)
    return {
        batch_id: tuple(each.model_copy(update={"to_country": countries.get(each.to_site_id or "")}) for each in known)
        for batch_id, known in transports.items()
    }


async def consignments_of(
    context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]]
) -> dict[str, tuple[ConsignmentFacts, ...]]:
    """The consignments that were not taken back, by batch, the first to arrive first.

    They are asked for in one statement, where anything of the family was made outside the area or went there.
    """
    rule = import_rule(context, is_asked_for=True)
    if rule is None or not _went_outside(context, transports, rule):
        return {}
    query = (
        select(ImportConsignmentRow, SiteRow, CertificateRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .outerjoin(CertificateRow, col(CertificateRow.certificate_id) == col(ImportConsignmentRow.authorisation_id))
        .where(
            col(ImportConsignmentRow.batch_id).in_(context.batch_ids), col(ImportConsignmentRow.withdrawn_at).is_(None)
        )
        .order_by(col(ImportConsignmentRow.arrived_at), col(ImportConsignmentRow.number))
    )
    found: dict[str, tuple[ConsignmentFacts, ...]] = {}
    for row, site, paper in (await context.session.exec(query)).all():
        found[row.batch_id] = (*found.get(row.batch_id, ()), _consignment(row, site, paper))
    return found


async def taken_of(
    context: GateContext, consignments: Mapping[str, tuple[ConsignmentFacts, ...]]
) -> dict[str, tuple[TakenFacts, ...]]:
    """What batches that are not of the family were made with of each member that has arrived, for whatever market.

    One statement where anything has arrived. What was called off has taken nothing.
    """
    if not consignments:
        return {}
    query = (
        select(BatchParentRow, BatchRow, SiteRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchParentRow.batch_id))
        .join(CaseRow, col(CaseRow.case_id) == col(BatchParentRow.batch_id))
        .join(SiteRow, col(SiteRow.site_id) == col(BatchRow.site_id))
        .where(
            col(BatchParentRow.parent_id).in_(sorted(consignments)),
            col(BatchParentRow.batch_id).not_in(context.batch_ids),
            col(BatchParentRow.relation) != Relation.CORRECTION.value,
            col(CaseRow.stage) != BatchStage.CANCELLED.value,
        )
        .order_by(col(BatchRow.started_at), col(BatchRow.batch_id))
    )
    found: dict[str, tuple[TakenFacts, ...]] = {}
    for step, batch, site in (await context.session.exec(query)).all():
        if step.quantity is not None and batch.started_at is not None:
            facts = TakenFacts(
                batch_id=batch.batch_id,
                number=batch.number,
                quantity=Decimal(step.quantity),
                country=site.country,
                began_at=batch.started_at,
                is_decided_by_itself=Relation(step.relation) in DECIDED_ON_BY_ITSELF,
            )
            found[step.parent_id] = (*found.get(step.parent_id, ()), facts)
    return found


async def beyond_what_was_made_of(
    context: GateContext, consignments: Mapping[str, tuple[ConsignmentFacts, ...]]
) -> dict[str, str]:
    """Of which members more has arrived than was made, in words. Looked at closer where the sum alone is more."""
    session, found = context.session, dict[str, str]()
    for each in context.family:
        known = consignments.get(each.batch_id, ())
        if each.batch.quantity is None or sum(one.quantity for one in known) <= Decimal(each.batch.quantity):
            continue
        arrivals = [Arrival(one.number, one.from_country, one.to_country or "", one.quantity) for one in known]
        goods = await goods_of(session, await session.get_one(BatchRow, each.batch_id))
        if (fault := beyond_what_was_made(arrivals, goods)) is not None:
            found[each.batch_id] = fault
    return found


def _went_outside(context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]], rule: ImportRule) -> bool:
    places = [site.country for site in context.sites.values()]
    places += [each.to_country for known in transports.values() for each in known]
    return any(each is not None and each not in rule.area for each in places)


def _consignment(row: ImportConsignmentRow, site: SiteRow, paper: CertificateRow | None) -> ConsignmentFacts:
    return ConsignmentFacts(
        number=row.number,
        from_country=row.from_country,
        to_site_id=site.site_id,
        to_site=site.name,
        to_country=site.country,
        arrived_at=row.arrived_at,
        quantity=Decimal(row.quantity),
        customs_reference=row.customs_reference,
        cleared_on=row.cleared_on,
        importer=_importer(paper, row.arrived_at.astimezone(ZoneInfo(site.tz)).date()) if paper is not None else None,
    )


def _importer(paper: CertificateRow, day: date) -> ImporterFacts:
    """The authorisation as it was on the day of the arrival, at the site."""
    said = None
    if not is_valid_on(paper.valid_to, day):
        said = f"had ended on {paper.valid_to}"
    elif paper.stopped_on is not None and paper.stopped_on <= day and not _counts_again(paper, day):
        said = f"its authority had stopped on {paper.stopped_on}"
    return ImporterFacts(number=paper.number, covers_import=paper.import_confirmed_by is not None, not_in_force=said)


def _counts_again(paper: CertificateRow, day: date) -> bool:
    return paper.stopped_until is not None and paper.stopped_until <= day


async def batch_certificates_of(
    context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]]
) -> dict[str, tuple[BatchCertificateFacts, ...]]:
    """The manufacturer's certificates that were accepted, by batch. Asked for where consignments are."""
    rule = import_rule(context, is_asked_for=True)
    if rule is None or not _went_outside(context, transports, rule):
        return {}
    query = select(BatchCertificateRow).where(
        col(BatchCertificateRow.batch_id).in_(context.batch_ids), col(BatchCertificateRow.accepted).is_(True)
    )
    rows = (await context.session.exec(query.order_by(col(BatchCertificateRow.number)))).all()
    forms = {row.number: ManufacturerCertificate.stored(row.content) for row in rows}
    countries = await _countries(context, {each for form in forms.values() for each in laboratories_of(form.sites)})
    found: dict[str, tuple[BatchCertificateFacts, ...]] = {}
    for row in rows:
        form = forms[row.number]
        facts = BatchCertificateFacts(
            number=row.number,
            kind=form.product_kind,
            importing_country=form.importing_country,
            issued_in=form.issued_in,
            tested_in=frozenset(countries.get(each, UNKNOWN) for each in laboratories_of(form.sites)),
        )
        found[row.batch_id] = (*found.get(row.batch_id, ()), facts)
    return found


async def _countries(context: GateContext, site_ids: set[str]) -> dict[str, str]:
    """The countries of sites. One statement if some of them made no part of the family."""
    known = {site_id: site.country for site_id, site in context.sites.items()}
    if further := sorted(site_ids - set(known)):
        query = select(SiteRow.site_id, SiteRow.country).where(col(SiteRow.site_id).in_(further))
        known |= dict((await context.session.exec(query)).all())
    return {site_id: country for site_id, country in known.items() if country is not None}
