"""The registers of certificates, as the sponsor's people and inspectors read them."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DecisionRule
from domain.core.events import Signature
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.release.certification_rules import CertificateNumber
from domain.release.gate_report import CertificationList, CertificationRecord, CertificationSummary, Declaration
from records.batch.tables.batches import BatchMarketRow, BatchRow
from records.core.queries import pages
from records.core.queries.events import event_of
from records.release.queries.gate_reports import decision_record, gates_in, refuse_outsiders

_OF_PRODUCTS = [rule for rule in DecisionRule if rule.is_of_a_product]
_UPSTREAM = [rule for rule in DecisionRule if not rule.is_of_a_product]


async def certifications(
    session: AsyncSession, actor: Actor, *, market: str | None, cursor: str | None, limit: int
) -> CertificationList:
    """The entries of the registers in their order, of one market or of all. Raises `Refused` for a site (S6)."""
    return await _entries(session, actor, _OF_PRODUCTS, market=market, cursor=cursor, limit=limit)


async def processing_releases(
    session: AsyncSession, actor: Actor, *, market: str | None, cursor: str | None, limit: int
) -> CertificationList:
    """The same of releases for further processing and of confirmations, which have registers of their own."""
    return await _entries(session, actor, _UPSTREAM, market=market, cursor=cursor, limit=limit)


async def _entries(
    session: AsyncSession,
    actor: Actor,
    rules: Collection[DecisionRule],
    *,
    market: str | None,
    cursor: str | None,
    limit: int,
) -> CertificationList:
    refuse_outsiders(actor)
    order = (col(BatchMarketRow.register_name), col(BatchMarketRow.register_number))
    query = (
        select(BatchMarketRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(
            col(BatchMarketRow.register_name).is_not(None), col(BatchMarketRow.rule).in_([each.value for each in rules])
        )
    )
    if market is not None:
        query = query.where(col(BatchMarketRow.market) == market)
    if cursor is not None:
        register, number = _key(cursor)
        query = query.where(tuple_(*order) > tuple_(literal(register), literal(number)))
    found = (await session.exec(query.order_by(*order).limit(limit + 1))).all()
    rows = cast("list[tuple[BatchMarketRow, BatchRow]]", list(found))
    end = rows[limit - 1][0] if len(rows) > limit else None
    return CertificationList(
        items=tuple(_shown(row, batch) for row, batch in rows[:limit]),
        next=pages.encode((str(end.register_name), int(end.register_number or 0))) if end else None,
    )


async def one_certification(session: AsyncSession, actor: Actor, number: str) -> CertificationRecord:
    """One certificate with all that it declares and relies on. Raises `Refused`: NOT_FOUND; for a site (S6)."""
    refuse_outsiders(actor)
    read = CertificateNumber.read(number)
    query = (
        select(BatchMarketRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .where(
            col(BatchMarketRow.register_name) == (read.register if read is not None else ""),
            col(BatchMarketRow.register_number) == (read.entry if read is not None else 0),
        )
    )
    found = (await session.exec(query)).first()
    row, batch = found if found is not None else (None, None)
    record = await decision_record(session, row) if row is not None and row.certificate_number == number else None
    if row is None or batch is None or record is None or row.register_name is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.")
    entry = await event_of(session, row.register_name, int(row.register_number or 0))
    return CertificationRecord(
        **_shown(row, batch).model_dump(),
        declaration=Declaration.model_validate(entry.payload),
        signature=Signature.model_validate(record.signature) if record.signature is not None else None,
        sha256=record.sha256,
        gates=gates_in(record),
    )


def _shown(row: BatchMarketRow, batch: BatchRow) -> CertificationSummary:
    return CertificationSummary(
        certificate_number=str(row.certificate_number),
        register_name=str(row.register_name),
        register_number=int(row.register_number or 0),
        market=row.market,
        batch_id=batch.batch_id,
        batch_number=batch.number,
        product=batch.product,
        quantity=str(row.quantity),
        unit=batch.unit,
        decided_by=str(row.decided_by),
        decided_at=row.decided_at,  # type: ignore[arg-type]  # a certificate has its instant
        withdrawn_at=row.withdrawn_at,
        url=f"/v1/certifications/{row.certificate_number}",
    )


def _key(cursor: str) -> tuple[str, int]:
    try:
        register, number = pages.decode(cursor)
        return str(register), pages.whole(number)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
