"""What a review is asked for: the scopes of one product, and a period in days of their sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.names import name_key
from domain.core.refusals import Code, Refused
from domain.views.product_review.sites import ReviewedScope
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow


@dataclass(frozen=True)
class Frame:
    """One product and one period."""

    session: AsyncSession
    first: date
    last: date
    scopes: tuple[ReviewedScope, ...]

    @property
    def scope_ids(self) -> list[str]:
        return [each.scope_id for each in self.scopes]

    @property
    def site_ids(self) -> list[str]:
        return sorted({each.site_id for each in self.scopes})

    @property
    def begins(self) -> datetime:
        """Before the first day begins anywhere on earth."""
        return datetime.combine(self.first, time(), UTC) - timedelta(days=1)

    @property
    def ends(self) -> datetime:
        """After the last day has ended everywhere."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=2)

    def day(self, at: datetime, site_id: str) -> date:
        """The day of an instant where a site is."""
        zone = next(each.zone for each in self.scopes if each.site_id == site_id)
        return at.astimezone(ZoneInfo(zone)).date()

    def some_day(self, at: datetime | None, site_id: str) -> date | None:
        """The same of an instant that may not have come."""
        return self.day(at, site_id) if at is not None else None

    def holds(self, at: datetime | None, site_id: str) -> bool:
        """Whether an instant lies on a day of the period where a site is."""
        return at is not None and self.first <= self.day(at, site_id) <= self.last

    def spans(self, instant: Mapped[Any]) -> ColumnElement[bool]:
        """What of a column may lie in the period, wherever its site is."""
        return and_(instant >= self.begins, instant < self.ends)

    def of_product(self) -> ColumnElement[bool]:
        """The batches of the product."""
        return col(BatchRow.scope_id).in_(self.scope_ids)

    def made(self) -> ColumnElement[bool]:
        """The batches whose manufacture ended in the period."""
        return and_(self.of_product(), col(BatchRow.made_on) >= self.first, col(BatchRow.made_on) <= self.last)


async def frame_of(session: AsyncSession, product: str, first: date, last: date) -> Frame:
    """What is reviewed. The product is any of whose scopes has this name (section 22). Raises `Refused(NOT_FOUND)`."""
    query = (
        select(ScopeRow, SiteRow, SupplierRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ScopeRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .order_by(col(ScopeRow.scope_id))
    )
    wanted = name_key(product)
    found = [each for each in (await session.exec(query)).all() if name_key(each[0].product) == wanted]
    if not found:
        raise Refused(Code.NOT_FOUND, "There is no scope of such a product.")
    return Frame(session, first, last, tuple(_shown(*each) for each in found))


def _shown(scope: ScopeRow, site: SiteRow, supplier: SupplierRow) -> ReviewedScope:
    known = scope.model_dump(include=set(ReviewedScope.model_fields) - {"markets"})
    more: dict[str, Any] = {"site": site.name, "company": supplier.name, "country": site.country, "zone": site.tz}
    return ReviewedScope(**known, **more, markets=listed(scope.markets))


def listed(entries: Iterable[object]) -> str:
    """Several entries in one cell."""
    return ", ".join(map(str, entries))


def figure(written: str | None) -> Decimal | None:
    """A decimal as it is stored."""
    return Decimal(written) if written is not None else None
