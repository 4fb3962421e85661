"""Suppliers as people see them: the sponsor all, a CDMO itself (S6)."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.site.site import Supplier
from records.core.queries.keyset import page
from records.core.queries.visibility import reads_everything
from records.core.tables.master_data import SupplierRow


class SupplierList(View):
    """A page of suppliers."""

    items: tuple[Supplier, ...]
    next: str | None = None


async def suppliers(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> SupplierList:
    """Suppliers by id."""
    query = select(SupplierRow)
    if not reads_everything(actor):
        query = query.where(col(SupplierRow.supplier_id) == actor.supplier_id)
    rows, following = await page(session, query, "supplier_id", cursor=cursor, limit=limit)
    return SupplierList(items=tuple(map(_shown, rows)), next=following)


async def one_supplier(session: AsyncSession, actor: Actor, supplier_id: str) -> Supplier:
    """One supplier. Raises `Refused(NOT_FOUND)`."""
    row = await session.get(SupplierRow, supplier_id)
    if row is None or not (reads_everything(actor) or actor.supplier_id == supplier_id):
        raise Refused(Code.NOT_FOUND, "There is no such supplier.", rule="S6")
    return _shown(row)


def _shown(row: SupplierRow) -> Supplier:
    return Supplier.model_validate(row, from_attributes=True)
