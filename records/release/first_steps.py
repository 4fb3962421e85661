"""The first steps of a batch that are on record, for who only checks them (section 18)."""

from collections.abc import Collection
from decimal import Decimal

from sqlmodel import col, select

from domain.batch.batch import MarketDecision
from domain.importation.batch_certificate import ManufacturerCertificate, SignedAs
from domain.release.certification import DecisionForMarket, MarketRelease
from domain.release.first_step import Certified, MakersCertificate, first_step_of
from records.appointment.lapsed import signed_by_nobody
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.writing import Writing
from records.importation.licences import fault_of_the_signer
from records.importation.tables import BatchCertificateRow
from records.release.rules import row_for
from records.release.tables import CertificationAbroadRow


async def first_step(
    writing: Writing, batch: BatchRow, form: DecisionForMarket, market: BatchMarketRow
) -> tuple[str, ...]:
    """The certificates that a release by who only checks stands on. Raises `Refused` where there is no first step."""
    row = await row_for(writing, batch, market)
    if not isinstance(form, MarketRelease) or row is None or not (row.checkers or row.relies_on):
        return ()
    policy = await writing.policy()
    relied = {code for each in row.relies_on if (of := policy.market_rule(each)) is not None for code in of.codes}
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == market.batch_id,
        col(BatchMarketRow.market).in_(sorted(relied)),
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
    )
    found = (await writing.session.exec(query)).all()
    return first_step_of(
        form,
        row,
        roles=writing.acts_as,
        persons=writing.actor.persons,
        released=[
            Certified(str(each.certificate_number), each.decided_by, Decimal(each.quantity) if each.quantity else None)
            for each in found
        ]
        + await _certified_abroad(writing, market, relied),
        on_record=await _makers_certificates(writing, market.batch_id) if form.first_step else {},
        before=Decimal(market.quantity or 0) if market.withdrawn_at is None else Decimal(0),
    )


async def _certified_abroad(writing: Writing, market: BatchMarketRow, relied: Collection[str]) -> list[Certified]:
    """What the sponsor's qualified persons have certified for this market under one that is relied on."""
    query = select(CertificationAbroadRow).where(
        col(CertificationAbroadRow.batch_id) == market.batch_id,
        col(CertificationAbroadRow.market) == market.market,
        col(CertificationAbroadRow.under).in_(sorted(relied)),
        col(CertificationAbroadRow.withdrawn_at).is_(None),
    )
    rows = (await writing.session.exec(query)).all()
    void = {stream for stream, _ in await signed_by_nobody(writing.session, {each.number for each in rows})}
    standing = (each for each in rows if each.number not in void)
    return [Certified(each.certificate_number, each.certified_by, Decimal(each.quantity)) for each in standing]


async def _makers_certificates(writing: Writing, batch_id: str) -> dict[str, MakersCertificate]:
    """Those of a batch, by number."""
    query = select(BatchCertificateRow).where(col(BatchCertificateRow.batch_id) == batch_id)
    found: dict[str, MakersCertificate] = {}
    for row in (await writing.session.exec(query)).all():
        form = ManufacturerCertificate.stored(row.content)
        found[row.number] = MakersCertificate(
            importing_country=form.importing_country,
            issued_in=form.issued_in,
            is_accepted=row.accepted is True,
            is_certified=form.signed_as is SignedAs.QUALIFIED_PERSON,
            hands=frozenset(each for each in (row.entered_by, row.reviewed_by) if each is not None),
            licence_fault=await fault_of_the_signer(writing.session, form),
        )
    return found
