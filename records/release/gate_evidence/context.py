"""One evaluation of a batch for a market: the batch, all that it comes from, and what every gatherer needs.

Gatherers ask once for the whole family, not once for each of its members: a family of hundreds costs as many statements
as a single batch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import Relation, UseKind
from domain.batch.supply_stage import SupplyStage, inferred_stage
from domain.core.days import Calendar
from domain.policy.market_asks import MarketAsks
from domain.policy.market_rule import MarketRule
from domain.policy.policy import Policy
from domain.site.site import Activity, ProductStage
from records.batch.genealogy import in_order
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.policies import Policies
from records.core.tables.master_data import CalendarRow, ScopeRow, SiteRow, SupplierRow
from records.release.family import MOST_ANCESTORS, MOST_STEPS, Batch, Step, origin_of

_SHARED = (UseKind.SCOPE.value, UseKind.MATERIAL.value)


@dataclass(frozen=True)
class Relative:
    """A batch of the family: the one that is decided on, or one that it comes from."""

    batch_id: str
    batch: Batch
    depth: int
    relations: frozenset[Relation]
    """How others of the family come from it."""
    calendar: Calendar
    """Of the site that makes it."""
    ended_at: datetime | None
    """The instant of the end of manufacture, as far as it has come by now; of a day the end of the day."""
    scopes: tuple[ScopeRow, ...]
    """Every site and scope that makes a part of it, its own first."""
    uses: tuple[BatchUseRow, ...]
    """Its subcontracted steps and its lots of materials."""

    @property
    def sites(self) -> set[str]:
        """The sites that make a part of it."""
        return {scope.site_id for scope in self.scopes}

    @property
    def stage(self) -> SupplyStage | None:
        """What it is in the supply chain, as it was stated, or else as its scope says."""
        if self.batch.supply_stage is not None:
            return SupplyStage(self.batch.supply_stage)
        if not self.scopes:
            return None
        return inferred_stage(Activity(self.scopes[0].activity), ProductStage(self.scopes[0].stage))

    def touched_by(self, scope_ids: list[str]) -> bool:
        """Whether what concerns these scopes, or all scopes of its site if it names none, concerns the batch."""
        return not scope_ids or not {scope.scope_id for scope in self.scopes}.isdisjoint(scope_ids)


@dataclass(frozen=True)
class GateContext:
    """A batch with its family, a market and an instant, and the policy in force."""

    session: AsyncSession
    market: str
    at: datetime
    policy: Policy
    batch: BatchRow
    """The batch that is decided on."""
    family: tuple[Relative, ...]
    """The batch itself, then all that it comes from, the nearest first."""
    parents: Mapping[str, tuple[Step, ...]]
    """What each of them comes from directly."""
    sites: Mapping[str, SiteRow]
    """The sites that make a part of any of them."""
    companies: Mapping[str, str]
    """The names of their companies, by site."""
    beyond: int | None = None
    """How many batches are looked at most, if it comes from more. Then none of these is in the family."""

    @classmethod
    async def at_batch(
        cls, session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime
    ) -> Self:
        """Look at a batch and at what it comes from. Days are those of the site that makes each of them."""
        steps, origin = await origin_of(session, batch.batch_id)
        beyond = MOST_ANCESTORS if len(origin) > MOST_ANCESTORS or len(steps) > MOST_STEPS else None
        batches = [Batch.of(batch), *(origin if beyond is None else ())]
        parents = _by_child(steps if beyond is None else ())
        uses = await _uses(session, [each.batch_id for each in batches])
        scopes, sites, companies, rows = await _scopes(session, batches, uses)
        calendars = {
            site_id: await policies.calendar_of(session, site_id, at)
            for site_id in dict.fromkeys(each.site_id for each in batches)
        }
        del rows  # held until here, so that calendars are found without asking for each site again
        family = [
            Relative(
                batch_id=each.batch_id,
                batch=each,
                depth=depth,
                relations=relations,
                calendar=calendars[each.site_id],
                ended_at=_ended_at(each, calendars[each.site_id], at),
                scopes=tuple(scopes[scope_id] for scope_id in _used(each, uses) if scope_id in scopes),
                uses=uses.get(each.batch_id, ()),
            )
            for each, depth, relations in _ordered(batches, parents)
        ]
        return cls(
            session=session,
            market=market,
            at=at,
            policy=await policies.in_force(session, at),
            batch=batch,
            family=tuple(family),
            parents=parents,
            sites=sites,
            companies=companies,
            beyond=beyond,
        )

    @property
    def row(self) -> MarketRule | None:
        """The row of the market by the policy in force, as it is for what the batch is."""
        return self.policy.row_for(self.market, clinical=self._is_clinical)

    @property
    def asks(self) -> MarketAsks:
        """What the market asks of sites and their papers, for what the batch is."""
        return self.policy.asks_of(self.market, clinical=self._is_clinical)

    @property
    def _is_clinical(self) -> bool:
        return self.own.stage is SupplyStage.CLINICAL_SUPPLY

    @property
    def own(self) -> Relative:
        """The batch that is decided on."""
        return self.family[0]

    @property
    def calendar(self) -> Calendar:
        return self.own.calendar

    @property
    def today(self) -> date:
        return self.calendar.local_day(self.at)

    @property
    def batch_ids(self) -> list[str]:
        """All of the family, sorted."""
        return sorted(each.batch_id for each in self.family)

    @property
    def scopes(self) -> list[ScopeRow]:
        """The scopes that make a part of any of the family, each once."""
        return list({scope.scope_id: scope for each in self.family for scope in each.scopes}.values())

    @property
    def scope_ids(self) -> list[str]:
        return sorted(scope.scope_id for scope in self.scopes)

    @property
    def site_ids(self) -> list[str]:
        return sorted(self.sites)


async def scopes_of_family(session: AsyncSession, batch: BatchRow) -> list[str]:
    """Every scope that made a part of a batch or of anything that it comes from, sorted."""
    _, origin = await origin_of(session, batch.batch_id)
    batches = [Batch.of(batch), *origin]
    uses = await _uses(session, [each.batch_id for each in batches])
    return sorted({scope_id for each in batches for scope_id in _used(each, uses)})


def _ended_at(batch: Batch, calendar: Calendar, at: datetime) -> datetime | None:
    if batch.started_at is None or batch.made_on is None:
        return None
    return min(batch.finished_at or calendar.end_of(batch.made_on), at)


def _by_child(steps: Iterable[Step]) -> dict[str, tuple[Step, ...]]:
    found: dict[str, tuple[Step, ...]] = {}
    for step in steps:
        found[step.batch_id] = (*found.get(step.batch_id, ()), step)
    return found


async def _uses(session: AsyncSession, batch_ids: list[str]) -> dict[str, tuple[BatchUseRow, ...]]:
    query = select(BatchUseRow).where(
        col(BatchUseRow.batch_id).in_(sorted(batch_ids)), col(BatchUseRow.kind).in_(_SHARED)
    )
    found: dict[str, tuple[BatchUseRow, ...]] = {}
    for row in (await session.exec(query.order_by(col(BatchUseRow.reference)))).all():
        found[row.batch_id] = (*found.get(row.batch_id, ()), row)
    return found


def _used(batch: Batch, uses: Mapping[str, tuple[BatchUseRow, ...]]) -> list[str]:
    """The scopes that make a part of a batch, its own first."""
    steps = [use.reference for use in uses.get(batch.batch_id, ()) if use.kind == UseKind.SCOPE.value]
    return list(dict.fromkeys((batch.scope_id, *steps)))


async def _scopes(
    session: AsyncSession, batches: Iterable[Batch], uses: Mapping[str, tuple[BatchUseRow, ...]]
) -> tuple[dict[str, ScopeRow], dict[str, SiteRow], dict[str, str], tuple[CalendarRow, ...]]:
    """The scopes that make a part of any of the batches, their sites, and the companies and calendars of these."""
    wanted = sorted({scope_id for each in batches for scope_id in _used(each, uses)})
    query = (
        select(ScopeRow, SiteRow, SupplierRow.name, CalendarRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ScopeRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .join(CalendarRow, col(CalendarRow.calendar_id) == col(SiteRow.calendar_id))
        .where(col(ScopeRow.scope_id).in_(wanted))
    )
    found = (await session.exec(query)).all()
    scopes = {scope.scope_id: scope for scope, *_ in found}
    sites = {site.site_id: site for _, site, *_ in found}
    companies = {site.site_id: company for _, site, company, _ in found}
    return scopes, sites, companies, tuple(calendar for *_, calendar in found)


def _ordered(
    batches: list[Batch], parents: Mapping[str, tuple[Step, ...]]
) -> list[tuple[Batch, int, frozenset[Relation]]]:
    """The batch itself, then what it comes from, the nearest first; each with its depth and how it was used."""
    depths, relations = {batches[0].batch_id: 0}, dict[str, set[Relation]]()
    edge = [batches[0].batch_id]
    while edge:
        following: list[str] = []
        for batch_id in edge:
            for row in parents.get(batch_id, ()):
                relations.setdefault(row.parent_id, set()).add(row.relation)
                if row.parent_id not in depths:
                    depths[row.parent_id] = depths[batch_id] + 1
                    following.append(row.parent_id)
        edge = following
    ordered = sorted(batches, key=lambda each: (depths.get(each.batch_id, 0), in_order(each.batch_id)))
    return [(each, depths.get(each.batch_id, 0), frozenset(relations.get(each.batch_id, ()))) for each in ordered]
