"""One evaluation of a batch for a market: what every gatherer needs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import UseKind
from domain.core.days import Calendar
from domain.policy.policy import Policy
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.policies import Policies
from records.core.tables.master_data import ScopeRow


@dataclass(frozen=True)
class GateContext:
    """A batch, a market and an instant, with the policy in force and the calendar of the site."""

    session: AsyncSession
    batch: BatchRow
    market: str
    at: datetime
    policy: Policy
    calendar: Calendar
    scopes: tuple[ScopeRow, ...]
    """Every site and scope that makes a part of the batch, its own first."""
    unnamed: frozenset[str]
    """Subcontracted scopes that no quality agreement names."""

    @classmethod
    async def at_batch(
        cls, session: AsyncSession, policies: Policies, batch: BatchRow, market: str, at: datetime
    ) -> Self:
        """Look at a batch. The days are those of the site that makes it."""
        query = select(BatchUseRow).where(
            col(BatchUseRow.batch_id) == batch.batch_id, col(BatchUseRow.kind) == UseKind.SCOPE.value
        )
        uses = (await session.exec(query.order_by(col(BatchUseRow.reference)))).all()
        scopes = [await session.get(ScopeRow, each) for each in (batch.scope_id, *(use.reference for use in uses))]
        return cls(
            session=session,
            batch=batch,
            market=market,
            at=at,
            policy=await policies.in_force(session, at),
            calendar=await policies.calendar_of(session, batch.site_id, at),
            scopes=tuple(each for each in scopes if each is not None),
            unnamed=frozenset(use.reference for use in uses if not use.approved),
        )

    @property
    def today(self) -> date:
        return self.calendar.local_day(self.at)

    @property
    def sites(self) -> list[str]:
        """The sites that make a part of the batch."""
        return sorted({scope.site_id for scope in self.scopes})

    def touches(self, scope_ids: list[str]) -> bool:
        """Whether what concerns these scopes, or all scopes of its site if it names none, concerns the batch."""
        return not scope_ids or not {scope.scope_id for scope in self.scopes}.isdisjoint(scope_ids)
