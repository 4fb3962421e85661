"""G1, G3 to G5 and G14: the sites that have made what was bought, looked at as sites that make a batch are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import col, select

from domain.batch.batch import UseKind
from domain.batch.making.makers import STAGE_OF, is_qualified_for
from domain.batch.making.materials import MaterialPart
from domain.release.evidence import Maker
from domain.site.site import Activity
from records.batch.site_events import seen_events
from records.batch.tables.batches import BatchUseRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow
from records.release.gate_evidence.assurance import capas_at, certificates_of, critical_at, inspections_of
from records.release.gate_evidence.audits import Audits, audits_at, audits_of, findings_at
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.declarations import declarations_of
from records.release.gate_evidence.imports import inspections_recognised
from records.release.gate_evidence.standing import Agreements, statements_of, statuses_of
from records.release.gate_evidence.standing_against import events_about
from records.release.gate_evidence.submitted import Submitted


@dataclass(frozen=True)
class _Lot:
    """A lot that a batch was made with, and its maker in the place of the site of a batch."""

    member: Relative
    use: BatchUseRow
    part: MaterialPart
    site: SiteRow
    seen_as: Relative


async def makers_of(context: GateContext) -> tuple[Maker, ...]:
    """The makers of what was bought, of all members of the family. Nothing is asked for where nothing was bought."""
    known = [
        (member, use, MaterialPart(use.part))
        for member in context.family
        for use in member.uses
        if use.kind == UseKind.MATERIAL.value and use.maker_site_id is not None and use.part is not None
        if use.comparator is None
    ]
    bought = [(member, use, part) for member, use, part in known if part in STAGE_OF]
    if not bought:
        return ()
    scopes, sites, companies = await _sites(context, {str(use.maker_site_id) for _, use, _ in bought})
    lots = [lot for number, each in enumerate(bought) for lot in _lots(number, *each, scopes, sites)]
    if not lots:
        return ()
    seen = replace(context, family=tuple(each.seen_as for each in lots), sites=sites, companies=companies)
    found = await _gathered(seen)
    asks, recognises = context.policy.asks_of(context.market), inspections_recognised(context)
    return tuple(
        Maker.model_construct(
            batch_id=each.member.batch_id,
            number=each.member.batch.number,
            market=context.market,
            asks=asks,
            recognises=recognises,
            today=each.member.calendar.local_day(context.at),
            supply_stage=STAGE_OF[each.part],
            first_day=each.member.batch.started_on,
            last_day=each.member.batch.made_on if each.member.batch.started_on is not None else None,
            lot=each.use.reference,
            part=each.part,
            maker=each.use.detail,
            site_id=each.site.site_id,
            site=each.site.name,
            **{name: of.get(each.seen_as.batch_id, ()) for name, of in found.items()},
        )
        for each in lots
    )


def _lots(
    number: int,
    member: Relative,
    use: BatchUseRow,
    part: MaterialPart,
    scopes: Sequence[ScopeRow],
    sites: dict[str, SiteRow],
) -> Iterable[_Lot]:
    """The lot with the scope by which its maker is qualified for it; nothing where the maker makes the batch itself.

    Of several the one for the same stage, trials or market. It is judged by the days of its use, as those of its own
    manufacture are not known.
    """
    site = sites.get(use.maker_site_id or "")
    stage = member.scopes[0].stage if member.scopes else ""
    own = [
        scope
        for scope in sorted(scopes, key=lambda scope: (scope.stage != stage, scope.scope_id))
        if scope.site_id == use.maker_site_id
        and is_qualified_for(part, use.material or "", Activity(scope.activity), scope.product)
    ]
    if site is None or (not own and site.site_id in member.sites):
        return
    first = own[0].scope_id if own else ""
    batch = member.batch._replace(
        number=use.lot or use.reference, sponsor_number=None, site_id=site.site_id, scope_id=first
    )
    name = f"{member.batch_id} {number}"
    yield _Lot(member, use, part, site, replace(member, batch_id=name, batch=batch, scopes=tuple(own[:1]), uses=()))


async def _gathered(context: GateContext) -> dict[str, dict[str, Any]]:
    """What gates look at in each of them; every gatherer asks once for all."""
    session, site_ids = context.session, context.site_ids
    statements = await statements_of(context)
    audited, capas = await audits_at(session, site_ids), await capas_at(context)
    submitted = await Submitted.in_cases(session, {case.case_id for _, case in (*audited, *capas)})
    audits = Audits(audited, await findings_at(session, site_ids), submitted)
    events = await seen_events(session, site_ids)
    users = {each.batch_id: each.sites for each in context.family}
    return {
        "scopes": await statuses_of(context, statements, Agreements(())),
        "certificates": await certificates_of(context),
        "declarations": await declarations_of(context, audits, statements),
        "inspections": await inspections_of(context),
        "audits": audits_of(context, audits, statements),
        "critical": critical_at(context, audits, capas, submitted),
        "events": events_about(context, events, users),
    }


async def _sites(
    context: GateContext, site_ids: set[str]
) -> tuple[Sequence[ScopeRow], dict[str, SiteRow], dict[str, str]]:
    """Sites with their scopes and the names of their companies."""
    query = (
        select(SiteRow, SupplierRow.name)
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(col(SiteRow.site_id).in_(sorted(site_ids)))
    )
    found = (await context.session.exec(query)).all()
    scopes = select(ScopeRow).where(col(ScopeRow.site_id).in_(sorted(site_ids)))
    return (
        (await context.session.exec(scopes)).all(),
        {site.site_id: site for site, _ in found},
        {site.site_id: company for site, company in found},
    )
