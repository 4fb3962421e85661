"""What follows where a first step goes away: one way, whichever kind of first step it was (section 18, two steps).

What is not released yet is refused at its signature. What was released on it is held in its market and reviewed, unless
another first step of enough goods stands.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import col, select

from domain.appointment.facts import SignedUnderNone
from domain.batch.batch import MarketDecision
from domain.batch.facts.decisions import ConfirmationWithdrawn, FirstStepGone, RefusedInMarket, ReleaseTakenBack
from domain.batch.facts.events import ImportCorrected
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.importation.batch_certificate import ManufacturerCertificate
from domain.policy.reliance import SignedAs
from domain.release.first_step import OnRecord, why_none_stands
from domain.release.release_review import ReleaseOutcome, ReleaseReview
from domain.site.facts import CertificateStopped
from records.appointment.tables import AppointmentUseRow
from records.batch.holds.holds import open_batches
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.queries.events import event_of
from records.core.reactions import Consequences, establish, finds, reacts, revoke, standing_about
from records.core.writing import Writing
from records.importation.importers import imported_under
from records.importation.tables import BatchCertificateRow
from records.release.first_steps import on_record_for
from records.release.rules import row_for
from records.release.tables import CertificationAbroadRow, TrancheRow
from records.site.tables import CertificateRow


class Gone(NamedTuple):
    """What counts no more from now on; the records still say that it does."""

    numbers: frozenset[str] = frozenset()
    """Numbers of certificates: of entries of registers, and those of makers."""
    markets: frozenset[str] = frozenset()
    """The markets whose release is taken back."""

    def left_of(self, known: OnRecord) -> OnRecord:
        """What is left on record without it."""
        return OnRecord(
            [
                each
                for each in known.released
                if each.number not in self.numbers and (each.is_abroad or each.market not in self.markets)
            ],
            {number: each for number, each in known.certificates.items() if number not in self.numbers},
        )


@reacts(ConfirmationWithdrawn, order=30, protects=True)
async def loses_a_certification(writing: Writing, fact: ConfirmationWithdrawn) -> Consequences:
    """The certification of a batch for a market that checks it is withdrawn."""
    if fact.certificate is None:
        return Consequences()
    return await _lose(writing, fact.batch_id, Gone(frozenset({fact.certificate})), fact.why, fact.case_id)


@reacts(ReleaseTakenBack, order=30, protects=True)
async def loses_a_release(writing: Writing, fact: ReleaseTakenBack) -> Consequences:
    """The release for a market that others rely on is taken back on grounds that are about the goods."""
    return await _lose(writing, fact.batch_id, Gone(markets=frozenset(fact.markets)), fact.why, fact.batch_id)


@reacts(RefusedInMarket, order=30, protects=True)
async def loses_what_a_market_refuses(writing: Writing, fact: RefusedInMarket) -> Consequences:
    """The same on grounds that suspend, or that concern that market alone."""
    gone = Gone(markets=frozenset({fact.refusal.market, *fact.beside}))
    return await _lose(writing, fact.batch_id, gone, fact.why, fact.batch_id)


@reacts(ImportCorrected, order=30, protects=True)
async def loses_a_makers_certificate(writing: Writing, fact: ImportCorrected) -> Consequences:
    """A maker's certificate that was accepted counts no more, or the arrival that its importer's one stands on."""
    gone = {fact.case_id}
    for number, form in await _certificates_of(writing, {fact.batch_id}):
        if form.signed_as is SignedAs.IMPORTER and not fact.case_id.startswith("MBC-"):
            gone.add(number)
    return await _lose(writing, fact.batch_id, Gone(frozenset(gone)), fact.why, fact.case_id)


@reacts(SignedUnderNone, order=30, protects=True)
async def loses_what_nobody_has_signed(writing: Writing, fact: SignedUnderNone) -> Consequences:
    """Who has signed a first step was not appointed by then."""
    query = select(AppointmentUseRow).where(
        col(AppointmentUseRow.number) == fact.number, col(AppointmentUseRow.batch_id).in_(fact.batch_ids)
    )
    uses = [each for each in (await writing.session.exec(query)).all() if fact.reaches(each.signed_at)]
    done = Consequences()
    for batch_id in fact.batch_ids:
        own = [(each.stream, each.event_number) for each in uses if each.batch_id == batch_id]
        numbers = await _entries_of(writing, batch_id, own)
        done += await _lose(writing, batch_id, Gone(frozenset(numbers)), fact.why, batch_id)
    return done


@reacts(CertificateStopped, order=35, protects=True)
async def loses_what_was_signed_under_a_stopped_one(writing: Writing, fact: CertificateStopped) -> Consequences:
    """An authority has stopped the authorisation that the certificates of makers and importers were signed under."""
    row = await writing.session.get(CertificateRow, fact.certificate_id)
    if row is None:
        return Consequences()
    near = {*await open_batches(writing.session, fact.scope_id)}
    near |= (await imported_under(writing.session, (fact.certificate_id,))).keys()
    gone: dict[str, set[str]] = {}
    for number, form in await _certificates_of(writing, near):
        if form.signed_under is not None and name_key(form.signed_under) == name_key(row.number):
            gone.setdefault(form.batch_id, set()).add(number)
    done = Consequences()
    for batch_id in sorted(gone):
        done += await _lose(writing, batch_id, Gone(frozenset(gone[batch_id])), fact.why, fact.certificate_id)
    return done


@finds(FirstStepGone)
async def lost_before(*_: object) -> list[FirstStepGone]:
    """None: in older versions whoever reviewed the release has judged what became of its first step."""
    return []


async def refuse_on_what_goes_with_it(
    writing: Writing, form: ReleaseReview, batch: BatchRow, before: Collection[str]
) -> None:
    """Raise `Refused` where a review confirms a market whose first step it takes away itself.

    `before` are the losses that stood before it.
    """
    lost = await losses_of(writing, batch.batch_id)
    faults = {
        f"outcomes.{index}.outcome": f"its first step goes with this review; leave {each.market} out, or take it back"
        for index, each in enumerate(form.outcomes)
        if each.outcome is ReleaseOutcome.CONFIRM and each.market in lost and each.market not in before
    }
    if faults:
        raise broken("section 18, two steps", "A release is not confirmed without its first step.", **faults)


async def ends_losses(writing: Writing, form: ReleaseReview, batch: BatchRow) -> None:
    """A market has answered: its release is confirmed on another first step, or taken back."""
    for each in form.outcomes:
        await revoke(writing, FirstStepGone, f"{batch.batch_id}:{each.market}")


async def losses_of(writing: Writing, batch_id: str) -> frozenset[str]:
    """The markets of a batch that have lost their first step and did not answer that yet."""
    found = await standing_about(writing, FirstStepGone, batch_id)
    return frozenset(str(row.fields["market"]) for row in found)


async def stands_again(writing: Writing, fact: FirstStepGone) -> bool:
    """Whether another first step carries the release by now."""
    market = await writing.session.get_one(BatchMarketRow, (fact.batch_id, fact.market))
    return await _why_none(writing, market, Gone()) is None


async def _lose(writing: Writing, batch_id: str, gone: Gone, reason: str, case_id: str) -> Consequences:
    """Of each market that has released the batch on a first step, and has none any more."""
    query = select(BatchMarketRow).where(
        col(BatchMarketRow.batch_id) == batch_id,
        col(BatchMarketRow.decision) == MarketDecision.RELEASE.value,
        col(BatchMarketRow.withdrawn_at).is_(None),
        col(BatchMarketRow.market).not_in(sorted(gone.markets)),
    )
    done = Consequences()
    for market in (await writing.session.exec(query.order_by(col(BatchMarketRow.market)))).all():
        if await _why_none(writing, market, Gone()) is not None:
            continue  # it stood on nothing before
        if (why := await _why_none(writing, market, gone)) is not None:
            batch = await writing.session.get_one(BatchRow, batch_id)
            words = f"{reason}. To go on: {why}"
            fact = FirstStepGone(
                batch_id=batch_id, case_id=case_id, market=market.market, number=batch.number, reason=words[:3000]
            )
            done += await establish(writing, fact)
    return done


async def _why_none(writing: Writing, market: BatchMarketRow, gone: Gone) -> str | None:
    """Why no first step carries a release; `None` if one does, or who released it has certified it and needs none."""
    batch = await writing.session.get_one(BatchRow, market.batch_id)
    row = await row_for(writing, batch, market)
    if row is None or not row.checkers:
        return None
    checked = await _checked(writing, market)
    if not checked:
        return None
    return why_none_stands(
        row,
        (await writing.policy()).markets,
        gone.left_of(await on_record_for(writing, market, row)),
        decided_by=market.decided_by,
        quantity=sum(checked, Decimal(0)),
        trial=market.trial,
    )


async def _checked(writing: Writing, market: BatchMarketRow) -> list[Decimal]:
    """The quantities of the parts that were released on a first step, as their entries of the register say."""
    query = select(TrancheRow).where(
        col(TrancheRow.batch_id) == market.batch_id, col(TrancheRow.market) == market.market
    )
    parts = (await writing.session.exec(query)).all()
    first = Decimal(market.quantity or 0) - sum(Decimal(each.quantity) for each in parts)
    signed = [(market.register_name, market.register_number, first)]
    signed += [(each.register_name, each.register_number, Decimal(each.quantity)) for each in parts]
    found = []
    for register, number, quantity in signed:
        if register is not None and number is not None:
            entry = await event_of(writing.session, register, number)
            found += [quantity] if entry.payload.get("relies_on") else []
    return found


async def _entries_of(writing: Writing, batch_id: str, signatures: Collection[tuple[str, int]]) -> set[str]:
    """The numbers of the certificates that were given with these signatures."""
    abroad = select(CertificationAbroadRow).where(col(CertificationAbroadRow.batch_id) == batch_id)
    given = {(each.number, 1): each.certificate_number for each in (await writing.session.exec(abroad)).all()}
    decided = (await writing.session.exec(select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch_id))).all()
    further = (await writing.session.exec(select(TrancheRow).where(col(TrancheRow.batch_id) == batch_id))).all()
    for decision in decided:
        given[batch_id, decision.event_number or 0] = str(decision.certificate_number)
    for part in further:
        given[batch_id, part.event_number] = part.certificate_number
    return {number for signature, number in given.items() if signature in signatures}


async def _certificates_of(writing: Writing, batch_ids: Collection[str]) -> list[tuple[str, ManufacturerCertificate]]:
    """The certificates of batches that their makers and importers have issued, and that count."""
    query = select(BatchCertificateRow).where(
        col(BatchCertificateRow.batch_id).in_(sorted(batch_ids)), col(BatchCertificateRow.accepted).is_(True)
    )
    rows = (await writing.session.exec(query.order_by(col(BatchCertificateRow.number)))).all()
    return [(row.number, ManufacturerCertificate.stored(row.content)) for row in rows]
