"""G9 and G13: what is known of the imports of a family."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from domain.batch.gate.chain_facts import TransportFacts
from domain.batch.gate.site_facts import RecognisedPapers
from domain.importation.batch_certificate import ManufacturerCertificate, laboratories_of
from domain.importation.facts import (
    UNKNOWN,
    BatchCertificateFacts,
    ImportRule,
)
from domain.policy.market_asks import MarketAsks
from domain.policy.mutual_recognition import MraEffect, ProductKind, rows_with
from domain.release.import_waiver import recognised
from records.core.tables.master_data import SiteRow
from records.importation.tables import BatchCertificateRow
from records.release.gate_evidence.context import GateContext


def import_rule(context: GateContext, *, is_asked_for: bool) -> ImportRule | None:
    """What the row of the market says of imports; `None` where it says nothing."""
    row = context.row
    if row is None or not row.import_area:
        return None
    return ImportRule(
        area=frozenset(row.import_area),
        is_tested=row.importer_test,
        tested_in=frozenset(row.tested_in),
        codes=row.codes,
        licences=frozenset(each for each in row.licences if each.is_of_manufacture),
        recognised=recognised(context.policy.mra, row.market, context.today, context.policy.destinations_of),
        is_asked_for=is_asked_for,
    )


def inspections_recognised(context: GateContext) -> dict[str, MarketAsks]:
    """The partners whose inspections of their own sites the market recognises today, with what they ask."""
    row = context.row
    if row is None:
        return {}
    rows = rows_with(context.policy.mra, MraEffect.INSPECTION, row.market, context.today)
    asks_of, codes_of = context.policy.asks_of, context.policy.destinations_of
    return {code: asks_of(each.partner) for each in rows for code in codes_of(each.partner)}


def papers_recognised(context: GateContext, kinds: Collection[ProductKind]) -> tuple[RecognisedPapers, ...]:
    """What partners' authorities issue that the market recognises, at whatever time, of a product of these kinds."""
    row = context.policy.market_rule(context.market)
    if row is None:
        return ()
    codes_of = context.policy.destinations_of
    return tuple(
        RecognisedPapers(
            name=each.name,
            issuers=frozenset(codes_of(each.partner)),
            sites_in=frozenset({*codes_of(each.partner), *each.inspects_in}),
            first_day=each.first_day,
            last_day=each.last_day,
            left_out=next((kind for kind in each.excludes if kind in kinds), None),
        )
        for each in context.policy.mra
        if each.importer == row.market and MraEffect.INSPECTION in each.effects
    )


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


def went_outside(context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]], rule: ImportRule) -> bool:
    """Whether anything of the family was made outside the area, or went there in quarantine."""
    places = [site.country for site in context.sites.values()]
    places += [each.to_country for known in transports.values() for each in known]
    return any(each is not None and each not in rule.area for each in places)


async def batch_certificates_of(
    context: GateContext, transports: Mapping[str, tuple[TransportFacts, ...]]
) -> dict[str, tuple[BatchCertificateFacts, ...]]:
    """The manufacturer's certificates that were accepted, by batch. Asked for where consignments are."""
    rule = import_rule(context, is_asked_for=True)
    if rule is None or not went_outside(context, transports, rule):
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
