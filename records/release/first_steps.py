"""The first steps of a batch that are on record, for who only checks them (section 18)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.core.names import name_key
from domain.core.people import Role
from domain.importation.batch_certificate import ManufacturerCertificate
from domain.policy.market_rule import MarketRule
from domain.release.certification import DecisionForMarket, MarketRelease
from domain.release.first_step import Certified, MakersCertificate, OnRecord, first_step_of
from records.appointment.lapsed import signed_by_nobody
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.authorisation.in_force import authorisations_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.queries.events import event_of
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.importation.licences import fault_of_the_signer
from records.importation.tables import BatchCertificateRow
from records.release.rules import row_for
from records.release.tables import CertificationAbroadRow, TrancheRow


async def first_step(
    writing: Writing, batch: BatchRow, form: DecisionForMarket, market: BatchMarketRow
) -> tuple[str, ...]:
    """The certificates that a release by who only checks stands on. Raises `Refused` where there is no first step."""
    row = await row_for(writing, batch, market)
    if not isinstance(form, MarketRelease) or row is None or not (row.checkers or row.first_steps):
        return ()
    return first_step_of(
        form,
        row,
        (await writing.policy()).markets,
        roles=writing.acts_as,
        persons=writing.actor.persons,
        on_record=await on_record_for(writing, market, row),
        before=Decimal(market.quantity or 0) if market.withdrawn_at is None else Decimal(0),
    )


async def on_record_for(writing: Writing, market: BatchMarketRow, row: MarketRule) -> OnRecord:
    """What may be a first step of a batch for a market that checks it, as it stands."""
    policy = await writing.policy()
    relied = {code for each in row.relied_on if (of := policy.market_rule(each)) is not None for code in of.codes}
    return OnRecord(
        released=[
            *await _released(writing.session, market, relied),
            *await _certified_abroad(writing.session, market, relied),
        ],
        certificates=await _makers_certificates(writing, market),
    )


async def _released(session: AsyncSession, market: BatchMarketRow, relied: Collection[str]) -> list[Certified]:
    """The releases for other markets that stand, part by part."""
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == market.batch_id,
        col(BatchMarketRow.market).in_(sorted(relied)),
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    found = (await session.exec(query.order_by(col(BatchMarketRow.market)))).all()
    parts = select(TrancheRow).where(
        col(TrancheRow.batch_id) == market.batch_id, col(TrancheRow.market).in_([each.market for each in found])
    )
    further = (await session.exec(parts.order_by(col(TrancheRow.event_number)))).all() if found else []
    void = await signed_by_nobody(session, {market.batch_id}) if found else {}
    known: list[Certified] = []
    for row in found:
        own = [each for each in further if each.market == row.market]
        first = Decimal(row.quantity) - sum(Decimal(each.quantity) for each in own) if row.quantity else None
        signed: list[tuple[BatchMarketRow | TrancheRow, Decimal | None]] = [
            (row, first), *((each, Decimal(each.quantity)) for each in own)
        ]  # fmt: skip
        for part, quantity in signed:
            if (row.batch_id, part.event_number or 0) not in void:
                said = await _signer(session, part.register_name, part.register_number, row.batch_id, part.event_number)
                number = str(part.certificate_number)
                known.append(Certified(number, part.decided_by, row.market, quantity, trial=row.trial, **said))
    return known


async def _certified_abroad(session: AsyncSession, market: BatchMarketRow, relied: Collection[str]) -> list[Certified]:
    """What the sponsor's qualified persons have certified for this market under one that is relied on."""
    return [
        Certified(
            each.certificate_number,
            each.certified_by,
            each.under,
            Decimal(each.quantity),
            is_abroad=True,
            trial=each.trial,
            **await _signer(session, each.register_name, each.register_number, each.number, 1),
        )
        for each in await certified_abroad(session, market)
        if each.under in relied
    ]


async def certified_abroad(session: AsyncSession, market: BatchMarketRow) -> list[CertificationAbroadRow]:
    """The certifications of a batch for a market that checks them, as they stand: signed by who was appointed."""
    query = select(CertificationAbroadRow).where(
        col(CertificationAbroadRow.batch_id) == market.batch_id,
        col(CertificationAbroadRow.market) == market.market,
        col(CertificationAbroadRow.withdrawn_at).is_(None),
    )
    rows = (await session.exec(query.order_by(col(CertificationAbroadRow.number)))).all()
    void = {stream for stream, _ in await signed_by_nobody(session, {each.number for each in rows})}
    return [each for each in rows if each.number not in void]


async def _signer(
    session: AsyncSession, register: str | None, entry: int | None, stream: str, number: int | None
) -> dict[str, Any]:
    """In which role an entry of a register was signed, and in which country its licence is, as far as is on record."""
    if register is None or entry is None:
        return {}
    said = (await event_of(session, register, entry)).payload.get("signed_as")
    query = (
        select(SiteRow.country)
        .join(AppointmentRow, col(AppointmentRow.licence_site) == col(SiteRow.site_id))
        .join(AppointmentUseRow, col(AppointmentUseRow.number) == col(AppointmentRow.number))
        .where(col(AppointmentUseRow.stream) == stream, col(AppointmentUseRow.event_number) == (number or 0))
    )
    country = (await session.exec(query.order_by(col(AppointmentUseRow.place)).limit(1))).first()
    return {"role": Role(said) if isinstance(said, str) else None, "licensed_in": country}


async def _makers_certificates(writing: Writing, market: BatchMarketRow) -> Mapping[str, MakersCertificate]:
    """Those of a batch that makers and importers have issued, by number."""
    query = select(BatchCertificateRow).where(col(BatchCertificateRow.batch_id) == market.batch_id)
    found: dict[str, MakersCertificate] = {}
    for row in (await writing.session.exec(query.order_by(col(BatchCertificateRow.number)))).all():
        form = ManufacturerCertificate.stored(row.content)
        found[row.number] = MakersCertificate(
            importing_country=form.importing_country,
            issued_in=form.issued_in,
            is_accepted=row.accepted is True,
            signed_as=form.signed_as,
            hands=frozenset(each for each in (row.entered_by, row.reviewed_by) if each is not None),
            licence_fault=await fault_of_the_signer(writing.session, form),
            trials=await _trials(writing, form),
        )
    return found


async def _trials(writing: Writing, form: ManufacturerCertificate) -> frozenset[str]:
    """The trials that the number of an authorisation on a certificate may be of: itself one, or that of its record."""
    batch = await writing.session.get_one(BatchRow, form.batch_id)
    codes = (await writing.policy()).codes_counting_in(form.importing_country)
    known = await authorisations_of(writing.session, batch.product, codes)
    named = (each.trial for each in known if name_key(each.number) == name_key(form.authorisation_number))
    return frozenset({form.authorisation_number, *(each for each in named if each is not None)})
