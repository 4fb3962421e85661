"""The registers of certificates, as the sponsor's people and inspectors read them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import cast

from pydantic import TypeAdapter
from sqlalchemy import and_, literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import AuthorisationReference
from domain.batch.gate.results import GateResult
from domain.core.events import Signature
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.release.certificate import (
    CertificateNote,
    CertificationList,
    CertificationRecord,
    CertificationSummary,
    Declaration,
    state_of,
)
from domain.release.certificate_text import lines_of
from domain.release.certification_rules import CertificateNumber
from domain.release.gate_words import words
from records.batch.tables.batches import BatchCorrectionRow, BatchRow
from records.batch.tables.decisions import AuthorisedDecisionRow, BatchMarketRow
from records.core.payloads import part
from records.core.queries import pages
from records.core.queries.events import event_of
from records.release.queries.certifications_abroad import Entries, abroad_under, as_of_market, entries_abroad
from records.release.queries.gate_reports import decision_record, gates_in, refuse_outsiders
from records.release.tables import CertificationAbroadRow, TrancheRow

_GATES = TypeAdapter(tuple[GateResult, ...])
_OF_PRODUCTS = [rule for rule in DecisionRule if rule.is_of_a_product]
_TAKEN_BACK = {"decision", "withdrawn_at", "refused_as", "refused_because"}
_UPSTREAM = [rule for rule in DecisionRule if not rule.is_of_a_product]


async def certifications(
    session: AsyncSession,
    actor: Actor,
    *,
    market: str | None,
    cursor: str | None,
    limit: int,
    authorisation: str | None = None,
) -> CertificationList:
    """The entries of the registers in their order, of one market or of all. Raises `Refused` for a site (S6).

    Of an authorisation, by its id, those that name it.
    """
    naming = _naming(authorisation) if authorisation is not None else None
    return await _entries(session, actor, _OF_PRODUCTS, market=market, cursor=cursor, limit=limit, naming=naming)


async def processing_releases(
    session: AsyncSession, actor: Actor, *, market: str | None, cursor: str | None, limit: int
) -> CertificationList:
    """The same of releases for further processing and of confirmations, which have registers of their own."""
    return await _entries(session, actor, _UPSTREAM, market=market, cursor=cursor, limit=limit)


def _naming(authorisation_id: str) -> Entries:
    """The entries that name an authorisation, by register and number."""
    return select(AuthorisedDecisionRow.register_name, AuthorisedDecisionRow.register_number).where(
        col(AuthorisedDecisionRow.authorisation_id) == authorisation_id
    )


async def _entries(
    session: AsyncSession,
    actor: Actor,
    rules: Collection[DecisionRule],
    *,
    market: str | None,
    cursor: str | None,
    limit: int,
    naming: Entries | None = None,
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
    if naming is not None:
        query = query.where(tuple_(*order).in_(naming))
    if cursor is not None:
        register, number = _key(cursor)
        query = query.where(tuple_(*order) > tuple_(literal(register), literal(number)))
    found = (await session.exec(query.order_by(*order).limit(limit + 1))).all()
    rows = cast("list[tuple[BatchMarketRow, BatchRow]]", list(found))
    after = _key(cursor) if cursor else None
    parts = await _further(session, rules, market=market, after=after, limit=limit + 1, naming=naming)
    if DecisionRule.QP in rules:
        abroad = await entries_abroad(session, market=market, after=after, limit=limit + 1, naming=naming)
        parts += [_shown(*each) for each in abroad]
    first = await _of_first_parts(session, [row for row, _ in rows])
    shown = [_shown(row, batch, first.get((row.batch_id, row.market))) for row, batch in rows] + parts
    shown.sort(key=lambda each: (each.register_name, each.register_number))
    end = shown[limit - 1] if len(shown) > limit else None
    return CertificationList(
        items=await _with_what_they_stand_on(session, shown[:limit]),
        next=pages.encode((end.register_name, end.register_number)) if end else None,
    )


async def _with_what_they_stand_on(
    session: AsyncSession, shown: Sequence[CertificationSummary]
) -> tuple[CertificationSummary, ...]:
    """The same with the authorisations that they name. One statement."""
    key = (col(AuthorisedDecisionRow.register_name), col(AuthorisedDecisionRow.register_number))
    entries = [(each.register_name, each.register_number) for each in shown]
    rows = (await session.exec(select(AuthorisedDecisionRow).where(tuple_(*key).in_(entries)))).all()
    named = {(row.register_name, row.register_number): _reference(row) for row in rows}
    return tuple(
        each.model_copy(update={"product_authorisation": named.get((each.register_name, each.register_number))})
        for each in shown
    )


def _reference(row: AuthorisedDecisionRow) -> AuthorisationReference:
    return AuthorisationReference.model_validate(row.model_dump(include=set(AuthorisationReference.model_fields)))


async def _further(
    session: AsyncSession,
    rules: Collection[DecisionRule],
    *,
    market: str | None,
    after: tuple[str, int] | None,
    limit: int,
    naming: Entries | None,
) -> list[CertificationSummary]:
    """The entries of further parts of batches."""
    order = (col(TrancheRow.register_name), col(TrancheRow.register_number))
    query = (
        select(TrancheRow, BatchRow, BatchMarketRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(TrancheRow.batch_id))
        .join(
            BatchMarketRow,
            and_(
                col(BatchMarketRow.batch_id) == col(TrancheRow.batch_id),
                col(BatchMarketRow.market) == col(TrancheRow.market),
            ),
        )
        .where(col(TrancheRow.rule).in_([each.value for each in rules]))
    )
    if market is not None:
        query = query.where(col(TrancheRow.market) == market)
    if naming is not None:
        query = query.where(tuple_(*order).in_(naming))
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(literal(after[0]), literal(after[1])))
    found = (await session.exec(query.order_by(*order).limit(limit))).all()
    return [_shown(_as_of_market(row, of), batch) for row, batch, of in found]


def _as_of_market(row: TrancheRow, market: BatchMarketRow) -> BatchMarketRow:
    """A further part, like the first one; it is taken back with the release of its market."""
    return BatchMarketRow(**row.model_dump(), **market.model_dump(include=_TAKEN_BACK))


async def _of_first_parts(session: AsyncSession, rows: Collection[BatchMarketRow]) -> dict[tuple[str, str], str]:
    """What the first certificate says where further parts followed; the row of the market has the sum."""
    query = select(TrancheRow).where(col(TrancheRow.batch_id).in_([row.batch_id for row in rows]))
    later: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for further in (await session.exec(query)).all():
        later[further.batch_id, further.market] += Decimal(further.quantity)
    return {
        (row.batch_id, row.market): f"{(Decimal(row.quantity or 0) - later[row.batch_id, row.market]).normalize():f}"
        for row in rows
        if (row.batch_id, row.market) in later
    }


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
    if read is not None and (abroad := await abroad_under(session, read.register, read.entry)) is not None:
        return await _one_abroad(session, abroad)
    found = (await session.exec(query)).first()
    row, batch = found if found is not None else await _further_part(session, read)
    record = await decision_record(session, row) if row is not None and row.certificate_number == number else None
    if row is None or batch is None or record is None or row.register_name is None:
        raise Refused(Code.NOT_FOUND, "There is no such certificate.")
    entry = await event_of(session, row.register_name, int(row.register_number or 0))
    said = Declaration.model_validate(entry.payload)
    return CertificationRecord(
        **_shown(
            row, batch, (await _of_first_parts(session, [row])).get((row.batch_id, row.market)) if found else None
        ).model_dump(exclude={"product_authorisation"}),
        product_authorisation=said.product_authorisation,
        declaration=said,
        signature=Signature.model_validate(record.signature) if record.signature is not None else None,
        sha256=record.sha256,
        gates=gates_in(record),
        printed=lines_of(said),
        since=await _since(session, row, said),
    )


async def _one_abroad(session: AsyncSession, row: CertificationAbroadRow) -> CertificationRecord:
    """One for a market that checks it: its gates and its signature are in its own event."""
    signed = await event_of(session, row.number, 1)
    said = Declaration.model_validate((await event_of(session, row.register_name, row.register_number)).payload)
    shown = as_of_market(row)
    gates = _GATES.validate_python(part(signed, "effect")["gates"])
    return CertificationRecord(
        **_shown(shown, await session.get_one(BatchRow, row.batch_id)).model_dump(exclude={"product_authorisation"}),
        product_authorisation=said.product_authorisation,
        declaration=said,
        signature=signed.signature,
        sha256=signed.signature.record_hash if signed.signature is not None else "",
        gates=gates,
        printed=lines_of(said),
        since=await _since(session, shown, said),
    )


async def _since(session: AsyncSession, row: BatchMarketRow, said: Declaration) -> tuple[CertificateNote, ...]:
    """What was corrected of the batch, and whether the certificate was taken back, after it was signed."""
    query = select(BatchCorrectionRow).where(
        col(BatchCorrectionRow.batch_id) == row.batch_id,
        col(BatchCorrectionRow.confirmed).is_(True),
        col(BatchCorrectionRow.corrected_at) > said.certified_at,
    )
    corrections = (await session.exec(query)).all()
    notes = [
        CertificateNote(
            at=each.corrected_at,
            text=f"{each.field} is {each.new}, not {each.old or '-'}: {each.reason}",
            by_name=each.corrected_by,
        )
        for each in corrections
    ]
    if row.withdrawn_at is not None:
        why = f": {row.refused_because}" if row.refused_because is not None else ""
        state = state_of(row.withdrawn_at, row.refused_as)
        notes.append(CertificateNote(at=row.withdrawn_at, text=f"{words(state)}{why}", by_name=None))
    return tuple(sorted(notes, key=lambda each: each.at))


async def _further_part(
    session: AsyncSession, read: CertificateNumber | None
) -> tuple[BatchMarketRow, BatchRow] | tuple[None, None]:
    query = select(TrancheRow).where(
        col(TrancheRow.register_name) == (read.register if read is not None else ""),
        col(TrancheRow.register_number) == (read.entry if read is not None else 0),
    )
    part = (await session.exec(query)).first()
    if part is None:
        return None, None
    market = await session.get_one(BatchMarketRow, (part.batch_id, part.market))
    return _as_of_market(part, market), await session.get_one(BatchRow, part.batch_id)


def _shown(row: BatchMarketRow, batch: BatchRow, quantity: str | None = None) -> CertificationSummary:
    return CertificationSummary(
        certificate_number=str(row.certificate_number),
        register_name=str(row.register_name),
        register_number=int(row.register_number or 0),
        market=row.market,
        batch_id=batch.batch_id,
        batch_number=batch.number,
        product=batch.product,
        trial=row.trial,
        quantity=quantity or str(row.quantity),
        unit=batch.unit,
        decided_by=str(row.decided_by),
        decided_at=row.decided_at,  # type: ignore[arg-type]  # a certificate has its instant
        withdrawn_at=row.withdrawn_at,
        state=state_of(row.withdrawn_at, row.refused_as),
        url=f"/v1/certifications/{row.certificate_number}",
    )


def _key(cursor: str) -> tuple[str, int]:
    try:
        register, number = pages.decode(cursor)
        return str(register), pages.whole(number)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
