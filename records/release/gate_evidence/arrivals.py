"""G13: what has arrived of a family, under which authorisations, and what else was made of it."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, select

from domain.batch.batch import BatchStage, Relation
from domain.batch.gate.chain_facts import TransportFacts
from domain.batch.making.materials import MaterialPart
from domain.batch.results.analysis_forms import Source
from domain.batch.results.coa import Verdict
from domain.importation.arrivals import Arrival, beyond_what_was_made
from domain.importation.facts import ArrivalTestFacts, BoughtGoodsFacts, ConsignmentFacts, TakenFacts
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchParentRow, BatchRow, BatchUseRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.delivery.to_release import DECIDED_ON_BY_ITSELF
from records.importation.arrivals import goods_of
from records.importation.bought import lot_key_of
from records.importation.consigned import consignment_of, day_at, void_on
from records.importation.tables import ImportConsignmentRow
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.imports import import_rule, went_outside
from records.site.tables import CertificateRow


async def consignments_of(
    context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]]
) -> dict[str, tuple[ConsignmentFacts, ...]]:
    """The consignments that were not taken back, by batch, the first to arrive first.

    They are asked for in one statement, where anything of the family was made outside the area or went there.
    """
    rule = import_rule(context, is_asked_for=True)
    if rule is None or not went_outside(context, transports, rule):
        return {}
    found: dict[str, tuple[ConsignmentFacts, ...]] = {}
    for row, facts in await _standing(context, col(ImportConsignmentRow.batch_id).in_(context.batch_ids)):
        if row.batch_id is not None:
            found[row.batch_id] = (*found.get(row.batch_id, ()), facts)
    return found


async def _standing(
    context: GateContext, of: ColumnElement[bool]
) -> list[tuple[ImportConsignmentRow, ConsignmentFacts]]:
    """The consignments of batches or lots that were not taken back, the first to arrive first."""
    query = (
        select(ImportConsignmentRow, SiteRow, CertificateRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .outerjoin(CertificateRow, col(CertificateRow.certificate_id) == col(ImportConsignmentRow.authorisation_id))
        .where(
            of,
            col(ImportConsignmentRow.withdrawn_at).is_(None),
            col(ImportConsignmentRow.return_id).is_(None),
        )
        .order_by(col(ImportConsignmentRow.arrived_at), col(ImportConsignmentRow.number))
    )
    rows = (await context.session.exec(query)).all()
    void = {site.site_id for _, site, paper in rows if _void_now(context, site, paper) is not None}
    covered = await _covered(context, void)
    found: list[tuple[ImportConsignmentRow, ConsignmentFacts]] = []
    for row, site, paper in rows:
        facts = consignment_of(row, site, paper)
        if facts.importer is not None and site.site_id not in covered:
            importer = facts.importer.model_copy(update={"no_more": _void_now(context, site, paper)})
            facts = facts.model_copy(update={"importer": importer})
        found.append((row, facts))
    return found


async def bought_of(context: GateContext) -> dict[str, tuple[BoughtGoodsFacts, ...]]:
    """The medicinal products that were bought, by the batch that is made with them, with what has arrived of each.

    One statement if there are any and the market asks for imports.
    """
    lots = {each.batch_id: [use for use in each.uses if _is_bought_goods(use)] for each in context.family}
    keys = {use.key for uses in lots.values() for use in uses}
    if not keys or import_rule(context, is_asked_for=True) is None:
        return {}
    arrived: dict[tuple[str, str], tuple[ConsignmentFacts, ...]] = {}
    for row, facts in await _standing(context, col(ImportConsignmentRow.lot_key).in_(sorted(keys))):
        if (key := lot_key_of(row)) is not None:
            arrived[key] = (*arrived.get(key, ()), facts)
    return {
        batch_id: tuple(
            BoughtGoodsFacts(
                lot=use.reference,
                maker=use.detail,
                came_from=use.came_from,
                consignments=arrived.get((use.key, use.issuer), ()),
            )
            for use in uses
        )
        for batch_id, uses in lots.items()
    }


def _is_bought_goods(use: BatchUseRow) -> bool:
    return use.comparator is not None or use.part == MaterialPart.DOSAGE_FORM.value


async def _covered(context: GateContext, site_ids: set[str]) -> set[str]:
    """Of sites one of whose authorisations counts no more today, those of which another one covers import.

    One statement if there are such sites.
    """
    if not site_ids:
        return set()
    query = (
        select(CertificateRow, SiteRow)
        .join(SiteRow, col(SiteRow.site_id) == col(CertificateRow.site_id))
        .where(col(CertificateRow.site_id).in_(sorted(site_ids)), col(CertificateRow.import_confirmed_by).is_not(None))
    )
    found = (await context.session.exec(query)).all()
    return {site.site_id for paper, site in found if void_on(paper, day_at(context.at, site)) is None}


async def arrival_tests_of(
    context: GateContext, consignments: Mapping[str, tuple[ConsignmentFacts, ...]]
) -> dict[str, tuple[ArrivalTestFacts, ...]]:
    """The own testing of what has arrived that the batch itself comes from. One statement if there is any.

    What does not count any more, fails or cannot be compared is left out, and what its own specification does not name.
    """
    arrived = sorted(set(consignments) - {context.batch.batch_id})
    if not arrived:
        return {}
    query = (
        select(AnalysisReportRow, AnalysisRow, SiteRow)
        .join(
            AnalysisRow,
            and_(
                col(AnalysisRow.batch_id) == col(AnalysisReportRow.batch_id),
                col(AnalysisRow.number) == col(AnalysisReportRow.number),
            ),
        )
        .join(SiteRow, col(SiteRow.site_id) == col(AnalysisReportRow.laboratory_site_id))
        .where(
            col(AnalysisReportRow.batch_id).in_(arrived),
            col(AnalysisReportRow.source) == Source.OWN_TESTING.value,
            col(AnalysisReportRow.superseded).is_(False),
            col(AnalysisRow.superseded).is_(False),
            col(AnalysisRow.verdict) == Verdict.PASS.value,
        )
        .order_by(col(AnalysisReportRow.number), col(AnalysisRow.line))
    )
    found: dict[str, dict[str, ArrivalTestFacts]] = {}
    for report, line, site in (await context.session.exec(query)).all():
        of = found.setdefault(report.batch_id, {})
        before = of[report.report].tests if report.report in of else ()
        of[report.report] = ArrivalTestFacts(
            report=report.report,
            tested_on=report.dated,
            tests=(*before, line.test),
            site=f"{site.name} ({site.site_id})",
            country=site.country,
            site_id=site.site_id,
        )
    return {batch_id: tuple(reports.values()) for batch_id, reports in found.items()}


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


def _void_now(context: GateContext, site: SiteRow, paper: CertificateRow | None) -> str | None:
    """The same of today at its site; `None` as well where none was shown."""
    return void_on(paper, day_at(context.at, site)) if paper is not None else None
