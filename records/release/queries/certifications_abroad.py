"""Certifications for a market where somebody else checks them, alone and as entries of their register."""

from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from domain.batch.batch import MarketDecision
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.release.certification_abroad import AbroadView
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.release.queries.gate_reports import refuse_outsiders
from records.release.tables import CertificationAbroadRow

Entries = Select[str, int]
"""Entries of registers, by register and number."""


async def certification_abroad(session: AsyncSession, actor: Actor, number: str) -> AbroadView:
    """One of them. Raises `Refused`: NOT_FOUND; for a site (S6)."""
    refuse_outsiders(actor)
    row = await session.get(CertificationAbroadRow, number)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such certification.")
    return AbroadView.model_validate(row.model_dump(include=set(AbroadView.model_fields)))


async def entries_abroad(
    session: AsyncSession,
    *,
    market: str | None,
    after: tuple[str, int] | None,
    limit: int,
    naming: Entries | None = None,
) -> list[tuple[BatchMarketRow, BatchRow]]:
    """Those of a destination or of all, in the order of their registers, shown as the decisions for a market are."""
    order = (col(CertificationAbroadRow.register_name), col(CertificationAbroadRow.register_number))
    query = select(CertificationAbroadRow, BatchRow).join(
        BatchRow, col(BatchRow.batch_id) == col(CertificationAbroadRow.batch_id)
    )
    if market is not None:
        query = query.where(col(CertificationAbroadRow.market) == market)
    if naming is not None:
        query = query.where(tuple_(*order).in_(naming))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(literal(after[0]), literal(after[1])))
    found = (await session.exec(query.order_by(*order).limit(limit))).all()
    return [(as_of_market(row), batch) for row, batch in found]


async def abroad_under(session: AsyncSession, register: str, number: int) -> CertificationAbroadRow | None:
    """That which is an entry of a register."""
    query = select(CertificationAbroadRow).where(
        col(CertificationAbroadRow.register_name) == register, col(CertificationAbroadRow.register_number) == number
    )
    return (await session.exec(query)).first()


def as_of_market(row: CertificationAbroadRow) -> BatchMarketRow:
    """The same as a decision for its destination."""
    return BatchMarketRow(
        batch_id=row.batch_id,
        market=row.market,
        rule=DecisionRule.QP.value,
        decision=MarketDecision.RELEASE.value,
        quantity=row.quantity,
        trial=row.trial,
        certificate_number=row.certificate_number,
        register_name=row.register_name,
        register_number=row.register_number,
        decided_by=row.certified_by,
        decided_at=row.certified_at,
        withdrawn_at=row.withdrawn_at,
        refused_because=row.withdrawn_because,
    )
