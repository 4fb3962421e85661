"""G13: what sites in the area of the market have done of each batch, who answers for it, and who has confirmed it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.agreement.confirmations import Cover, cover_of
from domain.batch.batch import MarketDecision
from domain.batch.supply_stage import SupplyStage
from domain.policy.market_rule import DecisionRule
from domain.release.confirmation_facts import Along, ConfirmationFacts, PartFacts
from domain.release.further_processing import PartialConfirmation, ReleaseWithdrawal
from domain.release.gate_words import words
from domain.site.site import Activity
from records.appointment.lapsed import signed_by_nobody
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.release.gate_evidence.context import GateContext, Relative
from records.release.gate_evidence.standing import Agreements
from records.release.gate_evidence.submitted import Submitted
from records.release.tables import PartConfirmationRow

_BEFORE_THE_DOSAGE_FORM = frozenset({SupplyStage.STARTING_MATERIAL, SupplyStage.INTERMEDIATE, SupplyStage.API})
"""A substance needs no confirmation: a declaration on the GMP of its makers stands in its place (G3)."""
_NO_STEPS = frozenset({Activity.TESTING, Activity.STORAGE, Activity.API_MFG, Activity.INTERMEDIATE})
"""What is done to no dosage form. It is confirmed where its agreement says so."""


async def parts_of(
    context: GateContext, agreements: Agreements, submitted: Submitted
) -> dict[str, tuple[PartFacts, ...]]:
    """By batch of the family, where a qualified person certifies for the market. One statement there."""
    row = context.row
    if row is None or row.rule is not DecisionRule.QP:
        return {}
    area = frozenset(row.import_area) or row.codes
    given = await confirmations_of(context.session, context.batch_ids)
    confirming = {each.row.site_id for rows in given.values() for each in rows}
    sites = dict(context.sites) | await _covering(context, agreements, confirming)
    found: dict[str, tuple[PartFacts, ...]] = {}
    for member in context.family:
        if member.stage in _BEFORE_THE_DOSAGE_FORM:
            continue
        known = (
            *_decided(context, member, submitted),
            *(_confirmation(member, each, sites) for each in given.get(member.batch_id, ())),
        )
        found[member.batch_id] = tuple(
            _part(context, scope, cover, along, sites, known).model_copy(
                update={"by_decision": _is_decision(member, scope, cover)}
            )
            for scope in member.scopes
            if context.sites[scope.site_id].country in area
            for cover, along in [covered(context, agreements, member, scope)]
            if cover.article is not None or Activity(scope.activity) not in _NO_STEPS
        )
    return found


def covered(
    context: GateContext, agreements: Agreements, member: Relative, scope: ScopeRow
) -> tuple[Cover, Along | None]:
    """Who answers for a part, by the agreement that was in force at the end of manufacture.

    Where none was, by that of its beginning, else of today: the gap itself is a matter of G2.
    """
    batch = member.batch
    days = [each for each in (batch.made_on, batch.started_on, context.today) if each is not None]
    in_force = next((found for day in days if (found := agreements.in_force(scope.scope_id, day)) is not None), None)
    if in_force is None:
        return cover_of((), Activity(scope.activity), scope.site_id), None
    facts, terms = in_force
    cover = cover_of(terms.confirmations, Activity(scope.activity), scope.site_id)
    return cover, Along(scope_id=scope.scope_id, qta_id=facts.qta_id, version=facts.version, article=cover.article)


class Given(NamedTuple):
    """A confirmation of a part that was not withdrawn."""

    row: PartConfirmationRow
    under_none: str | None
    """The appointment that it was signed under, if that did not count by then."""


async def confirmations_of(session: AsyncSession, batch_ids: Sequence[str]) -> dict[str, list[Given]]:
    """Confirmations of parts that were not withdrawn, by batch, the oldest first."""
    query = (
        select(PartConfirmationRow)
        .where(col(PartConfirmationRow.batch_id).in_(batch_ids), col(PartConfirmationRow.withdrawn_at).is_(None))
        .order_by(col(PartConfirmationRow.confirmed_at), col(PartConfirmationRow.number))
    )
    found: dict[str, list[Given]] = defaultdict(list)
    rows = (await session.exec(query)).all()
    void = await signed_by_nobody(session, {row.number for row in rows})
    under = {stream: number for (stream, _), number in void.items()}
    for row in rows:
        found[row.batch_id].append(Given(row, under.get(row.number)))
    return found


async def _covering(context: GateContext, agreements: Agreements, confirming: set[str]) -> dict[str, SiteRow]:
    """Sites that have made nothing of the family, and whose qualified persons cover what others have."""
    named = (confirming - set(context.sites)) | {
        cover.site_id
        for member in context.family
        for scope in member.scopes
        for cover, _ in [covered(context, agreements, member, scope)]
        if cover.site_id is not None and cover.site_id not in context.sites
    }
    if not named:
        return {}
    query = select(SiteRow).where(col(SiteRow.site_id).in_(sorted(named)))
    return {row.site_id: row for row in (await context.session.exec(query)).all()}


def _is_decision(member: Relative, scope: ScopeRow, cover: Cover) -> bool:
    batch = member.batch
    is_own = scope.scope_id == batch.scope_id and cover.site_id == batch.site_id
    return is_own and member.stage is SupplyStage.BULK


def _part(
    context: GateContext,
    scope: ScopeRow,
    cover: Cover,
    along: Along | None,
    sites: dict[str, SiteRow],
    known: tuple[ConfirmationFacts, ...],
) -> PartFacts:
    by = sites.get(cover.site_id) if cover.site_id is not None else None
    return PartFacts(
        scope_id=scope.scope_id,
        place=f"{words(Activity(scope.activity))} at {context.sites[scope.site_id].name} ({scope.site_id})",
        by_site_id=cover.site_id,
        by_site=by.name if by is not None else "",
        along=along,
        statement=cover.statement,
        confirmations=known,
    )


def _confirmation(member: Relative, given: Given, sites: Mapping[str, SiteRow]) -> ConfirmationFacts:
    row = given.row
    rests_on = Along(scope_id=row.scope_id, qta_id=row.agreement, version=row.agreement_version, article=row.article)
    return ConfirmationFacts(
        number=row.number,
        site_id=row.site_id,
        site=sites[row.site_id].name,
        along=(rests_on,),
        by_name=row.by_name,
        on=member.calendar.local_day(row.confirmed_at),
        under=tuple(row.under),
        under_none=given.under_none,
    )


def _decided(context: GateContext, member: Relative, submitted: Submitted) -> list[ConfirmationFacts]:
    """Confirmations by the decision on bulk, which is of all that the agreements have the maker's site answer for."""
    codes = context.policy.codes_counting_in(context.market)
    withdrawn = {
        str(market) for row in submitted.of(member.batch_id, ReleaseWithdrawal) for market in row.form["markets"]
    }
    return [
        _of_the_batch(context, member, row)
        for row in submitted.of(member.batch_id, PartialConfirmation)
        if row.form["decision"] == MarketDecision.RELEASE.value
        and row.form["market"] in codes
        and row.form["market"] not in withdrawn
    ]


def _of_the_batch(context: GateContext, member: Relative, row: RecordRow) -> ConfirmationFacts:
    """Before it was kept along what it goes, it named an agreement alone, which was that of the maker."""
    kept = row.effect.get("confirms")
    before = (Along(scope_id=member.batch.scope_id, qta_id=str(row.form["agreement"])),)
    along = tuple(map(Along.model_validate, kept)) if kept is not None else before
    day: date = member.calendar.local_day(row.at)
    return ConfirmationFacts(
        number=str(row.effect["certificate_number"]),
        site_id=member.batch.site_id,
        site=context.sites[member.batch.site_id].name,
        along=along,
        by_name=row.by_name,
        on=day,
        under=tuple(row.effect.get("under", ())),
    )
