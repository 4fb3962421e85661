"""Gathers what the gates look at, for a batch and a market at an instant. What follows is decided in `domain/`.

The same look serves the gate report, the entry to certification and the signature itself.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import kinds_of, specified_by
from domain.policy.market_rule import DecisionRule, MarketRule, rule_of
from domain.policy.mutual_recognition import ProductKind
from domain.release.evidence import BatchEvidence, Member
from records.batch.holds.market_judgements import elsewhere_of
from records.batch.making.shelf_life import life_for
from records.batch.results.analysis import analysis_facts
from records.batch.site_events import seen_events
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.policies import Policies
from records.delivery.transport import transports_of
from records.release.gate_evidence.arrivals import (
    arrival_tests_of,
    beyond_what_was_made_of,
    bought_of,
    consignments_of,
    taken_of,
)
from records.release.gate_evidence.assurance import capas_at, certificates_of, critical_at, inspections_of
from records.release.gate_evidence.audits import Audits, audits_at, audits_of, findings_at
from records.release.gate_evidence.authorised import authorisations_for
from records.release.gate_evidence.changes import changes_at, changes_of, reported_changes
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.decision import Records, disposition_of, reviews_of
from records.release.gate_evidence.declarations import declarations_of
from records.release.gate_evidence.imports import (
    batch_certificates_of,
    import_rule,
    inspections_recognised,
    papers_recognised,
    with_countries,
)
from records.release.gate_evidence.lineage import parents_of, uses_of
from records.release.gate_evidence.makers import makers_of
from records.release.gate_evidence.making import (
    departures_by_batch,
    deviations_of,
    materials_of,
    no_samples,
    oos_of,
    process_of,
    results_of_all,
    unexplained_of,
)
from records.release.gate_evidence.named_lots import lots_alike, lots_in_doubt, numbers_of, users_of
from records.release.gate_evidence.open_events import open_events_of
from records.release.gate_evidence.parts import parts_of
from records.release.gate_evidence.standing import Agreements, statements_of, statuses_of
from records.release.gate_evidence.standing_against import (
    events_about,
    holds_of,
    placers_of,
    reviewed_again,
    standing,
)
from records.release.gate_evidence.submitted import Submitted
from records.release.gate_exceptions import exceptions_of


async def evidence_of(
    session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime
) -> BatchEvidence:
    """The evidence for the decision on a batch for a market at an instant, before anybody decides."""
    context = await GateContext.at_batch(session, policies, batch, market, at)
    records, decided = await Records.of_batch(context), await _decided(context)
    authorised = await authorisations_for(context) if decided["needs"].is_of_a_product else ()
    own, *origin = await of_each_member(context, kinds_of(authorised))
    return BatchEvidence(
        **own,
        ancestors=tuple(Member.model_construct(**each) for each in origin),  # of facts that were validated one by one
        makers=await makers_of(context),
        ancestry_beyond=context.beyond,
        process=await process_of(context),
        analysis=await analysis_facts(
            session, batch, market, at, context.policy.limits, registered=specified_by(authorised, context.today)
        ),
        reviews=reviews_of(records),
        disposition=disposition_of(context, records),
        shelf_life=life_for(batch, market, context.calendar.tz),
        pack=batch.pack,
        **_marks(context.row),
        elsewhere=await elsewhere_of(session, batch.batch_id, market),
        exceptions=await exceptions_of(session, batch.batch_id),
        product=batch.product,
        expiry_on=batch.expiry_on,
        authorisations=authorised,
        **decided,
    )


def _marks(row: MarketRule | None) -> dict[str, Any]:
    """What the market says of packs, by the policy in force."""
    return {"demanded_marks": row.demanded_marks, "refused_marks": row.refused_marks} if row is not None else {}


async def _decided(context: GateContext) -> dict[str, Any]:
    """By which rule, by whom and when, and what is asked of imports.

    Batches that name who decides were registered since there are authorisations; for older ones the rule alone says it.
    """
    row = await context.session.get(BatchMarketRow, (context.batch.batch_id, context.market))
    imports = import_rule(context, is_asked_for=row is None or bool(row.imports))
    if row is None:
        return {"needs": rule_of(context.policy.markets, context.market), "imports": imports}
    return {
        "needs": DecisionRule(row.rule),
        "deciders": tuple(row.deciders or ()),
        "decided_on": context.calendar.local_day(row.decided_at) if row.decided_at is not None else None,
        "by_authorisation": row.deciders is not None,
        "trial": row.trial,
        "imports": imports,
    }


async def of_each_member(context: GateContext, kinds: Collection[ProductKind] = ()) -> list[dict[str, Any]]:
    """What gates look at in each batch of the family, as fields of `Member`; every gatherer asks once for all.

    `kinds` are the kinds of product that it is, as its authorisations say.
    """
    session, sites = context.session, context.site_ids
    statements, agreements = await statements_of(context), await Agreements.of_all(context)
    audited, reported, holds = await audits_at(session, sites), await reported_changes(context), await holds_of(context)
    changes, capas = await changes_at(context, reported), await capas_at(context)
    cases = (case.case_id for _, case in (*audited, *changes, *capas))
    submitted = await Submitted.in_cases(session, {*cases, *context.batch_ids})
    audits = Audits(audited, await findings_at(session, sites), submitted)
    results, events = (
        await results_of_all(context),
        await seen_events(session, sites, numbers_of(context)),
    )
    users = await users_of(context, events)
    placers = await placers_of(context, holds)
    reviewed = await reviewed_again(context)
    transports = await with_countries(context, await transports_of(session, context.batch_ids))
    asks, recognises = context.asks, inspections_recognised(context)
    papers = papers_recognised(context, kinds)
    consignments = await consignments_of(context, transports)
    beyond = await beyond_what_was_made_of(context, consignments)
    gathered: dict[str, dict[str, Any]] = {
        "scopes": await statuses_of(context, statements, agreements),
        "agreements": {each.batch_id: agreements.of(each) for each in context.family},
        "certificates": await certificates_of(context),
        "declarations": await declarations_of(context, audits, statements),
        "inspections": await inspections_of(context),
        "audits": audits_of(context, audits, statements),
        "critical": critical_at(context, audits, capas, submitted),
        "departures": await departures_by_batch(context),
        "deviations": await deviations_of(context, submitted),
        "open_events": open_events_of(context, events, users),
        "oos": oos_of(results),
        "unexplained": await unexplained_of(context, results),
        "changes": changes_of(context, reported, changes, submitted),
        "materials": await materials_of(context),
        "parents": await parents_of(context, holds),
        "transports": transports,
        "parts": await parts_of(context, agreements, submitted),
        "consignments": consignments,
        "bought": await bought_of(context),
        "arrival_tests": await arrival_tests_of(context, consignments),
        "taken": await taken_of(context, consignments),
        "batch_certificates": await batch_certificates_of(context, transports),
        "uses": uses_of(context),
        "events": events_about(context, events, users),
        "lots_alike": lots_alike(context, events, users),
        "lots_in_doubt": lots_in_doubt(context, events, users),
        "holds": {each.batch_id: standing(context, each, holds, placers) for each in context.family},
    }
    return [
        {
            "batch_id": each.batch_id,
            "number": each.batch.number,
            "market": context.market,
            "asks": asks,
            "recognises": recognises,
            "papers_recognised": papers,
            "today": each.calendar.local_day(context.at),
            "depth": each.depth,
            "supply_stage": each.stage,
            "parameter_set_id": each.batch.parameter_set_id,
            "relations": each.relations,
            "first_day": each.batch.started_on,
            "last_day": each.batch.made_on if each.batch.started_on is not None else None,
            "no_samples": no_samples(each.batch.retained_samples),
            "is_reviewed_again": each.batch_id in reviewed,
            "reviewed_since": reviewed.get(each.batch_id),
            "arrived_beyond": beyond.get(each.batch_id),
            **{name: found.get(each.batch_id, ()) for name, found in gathered.items()},
        }
        for each in context.family
    ]
