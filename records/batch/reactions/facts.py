"""What follows for batches from what becomes known: holds on them and on what comes from them, and reviews."""

from collections.abc import Collection

from sqlmodel import col, select

from domain.agreement.facts import AgreementLapsed
from domain.appointment.facts import SignedUnderNone
from domain.asl.facts import ScopeSuspended
from domain.audit.facts import AuditUnacceptable, CapaCritical, FindingCritical
from domain.authorisation.facts import AuthorisationEnded, AuthorisationStopped
from domain.batch.facts.batch_fact import BatchInDoubt, LearnedOfBatch
from domain.batch.facts.by_hand import GateClosed, GateFailedInReview, StoppedByHand
from domain.batch.facts.decisions import BatchRejected, ConfirmationWithdrawn, FirstStepGone, ReleaseTakenBack
from domain.batch.facts.events import (
    BatchAssociated,
    BatchesConcerned,
    BatchFalsified,
    BatchRecalled,
    ComplaintOfBatch,
    FoundAfterRelease,
    ImportCorrected,
    ImporterInDoubt,
    MadeUnderChange,
    MadeWhereStopped,
    MadeWithLotInDoubt,
    MaterialInDoubt,
    OriginRecalled,
)
from domain.batch.facts.quality import (
    FailingResultFound,
    GraveDeviationReported,
    OosConfirmed,
    ParametersBeyondRange,
    ResultOutsideReported,
    SpecificationNotMet,
)
from domain.batch.facts.shelf_life import OriginCorrected, RetestDue, ShelfLifeEnded
from domain.batch.holds.holds import HoldType, stops_release
from domain.inspection.facts import OutcomeConcerns
from domain.site.facts import CertificateStopped, CertificateVoid, DeclarationWithdrawn
from records.asl.watched_certificates import demanded_types
from records.batch.batches import lock_lists
from records.batch.genealogy import lock_families
from records.batch.holds.holding import (
    demand_review,
    hold_alone,
    hold_batches,
    hold_children,
    hold_open_batches,
    hold_what_is_left,
    hold_what_was_made_after,
    look_at_ancestors,
    look_at_released,
    look_down,
    place_hold,
)
from records.batch.holds.holds import open_batches, undecided_batches
from records.batch.holds.named import refuse_unknown_batches
from records.batch.notifying import notify_batch
from records.batch.questions import StandsOn
from records.batch.results.failing import open_result
from records.batch.tables.batches import BatchRow
from records.core.questions import ask
from records.core.reactions import Consequences, reacts
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing


@reacts(ScopeSuspended, protects=True)
async def holds_its_batches(writing: Writing, fact: ScopeSuspended) -> Consequences:
    """A status that stops release holds every open batch of the scope at once (section 10)."""
    if not stops_release(fact.status, fact.reach):
        return Consequences()
    return await hold_open_batches(writing, fact.scope_id, HoldType.SUPPLIER_STATUS, fact.why, placed_in=fact.case_id)


@reacts(FindingCritical, order=20, protects=True)
async def holds_what_it_may_concern(writing: Writing, fact: FindingCritical) -> Consequences:
    """Open batches of its scopes are held, those that are named with it or all; released ones are reviewed."""
    return await _hold_of_scopes(writing, fact.scope_ids, HoldType.FINDING, fact.why, fact.case_id, only=fact.batches)


@reacts(CapaCritical, order=20, protects=True)
async def holds_what_it_answers_may_concern(writing: Writing, fact: CapaCritical) -> Consequences:
    """Every open batch of its scopes is held; released ones are reviewed."""
    return await _hold_of_scopes(writing, fact.scope_ids, HoldType.FINDING, fact.why, fact.case_id)


@reacts(AuditUnacceptable, order=20, protects=True)
async def holds_open_batches_of_its_scopes(writing: Writing, fact: AuditUnacceptable) -> Consequences:
    """Every open batch of its scopes is held; released ones are reviewed."""
    return await _hold_of_scopes(writing, fact.scope_ids, HoldType.AUDIT, fact.why, fact.case_id)


@reacts(CertificateVoid, order=20, protects=True)
async def holds_what_rests_on_it(writing: Writing, fact: CertificateVoid) -> Consequences:
    """Undecided batches of its scope are held, if the policy demands such a certificate there (G3)."""
    scope = await writing.session.get_one(ScopeRow, fact.scope_id)
    if fact.type not in demanded_types(await writing.policy(), scope):
        return Consequences()
    await lock_lists(writing, (fact.scope_id,))
    found = await undecided_batches(writing.session, fact.scope_id)
    return await hold_batches(writing, found, HoldType.CERT, fact.why, placed_in=fact.certificate_id)


@reacts(CertificateStopped, order=20, protects=True)
async def holds_what_an_authority_has_put_in_doubt(writing: Writing, fact: CertificateStopped) -> Consequences:
    """Every open batch of its scope is held; released ones are reviewed."""
    return await _hold_of_scopes(writing, (fact.scope_id,), HoldType.CERT, fact.why, fact.certificate_id)


@reacts(DeclarationWithdrawn, protects=True)
async def has_what_rested_on_it_reviewed(writing: Writing, fact: DeclarationWithdrawn) -> Consequences:
    """What is released where it counts is reviewed; else the certifier judges, or another one declares (G3)."""
    await lock_lists(writing, fact.scope_ids)
    found = {batch for scope in fact.scope_ids for batch in await open_batches(writing.session, scope)}
    return await look_at_released(writing, found, fact.why[:4000], cause=fact.number, declared=True)


@reacts(SignedUnderNone, protects=True)
async def has_what_was_signed_so_reviewed(writing: Writing, fact: SignedUnderNone) -> Consequences:
    """What is released of the batches, and of all that comes from them, is reviewed in every market."""
    scopes = select(BatchRow.scope_id).where(col(BatchRow.batch_id).in_(fact.batch_ids))
    await lock_lists(writing, (await writing.session.exec(scopes)).all())
    return await look_at_released(writing, fact.batch_ids, fact.why[:4000], cause=fact.number)


@reacts(AuthorisationStopped, protects=True)
async def holds_what_an_authority_has_stopped(writing: Writing, fact: AuthorisationStopped) -> Consequences:
    """What stands on it is held for the market, also once it is decided; what is released there is reviewed."""
    return await _hold_what_stands_on(writing, fact.authorisation_id, fact.why)


@reacts(AuthorisationEnded, protects=True)
async def holds_what_it_authorised(writing: Writing, fact: AuthorisationEnded) -> Consequences:
    """The same, on the day on which it is in force no more."""
    return await _hold_what_stands_on(writing, fact.authorisation_id, fact.why)


async def _hold_what_stands_on(writing: Writing, authorisation_id: str, why: str) -> Consequences:
    """What a certificate names meanwhile decides on which trial goods stand: it is asked again under the locks."""
    done = Consequences()
    (near,) = await ask(writing, StandsOn(authorisation_id, may_come_to=True))
    await lock_families(writing, {batch_id for batch_id, _ in near})
    (found,) = await ask(writing, StandsOn(authorisation_id))
    for batch_id, market in found:
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        done += await place_hold(writing, batch, HoldType.REG, why, placed_in=authorisation_id, market=market)
    return done


@reacts(AgreementLapsed, order=20, protects=True)
async def holds_what_is_still_to_be_made(writing: Writing, fact: AgreementLapsed) -> Consequences:
    """Batches of its scope with steps still to be done are held at the lapse (G2)."""
    await lock_lists(writing, (fact.scope_id,))
    found = await undecided_batches(writing.session, fact.scope_id, unfinished=True)
    return await hold_batches(writing, found, HoldType.QTA, fact.why, placed_in=fact.qta_id)


async def _hold_of_scopes(
    writing: Writing,
    scope_ids: Collection[str],
    type_: HoldType,
    why: str,
    placed_in: str,
    *,
    only: Collection[str] = (),
) -> Consequences:
    """The lists of all scopes are locked before the first batch, in one order."""
    await lock_lists(writing, scope_ids)
    done = Consequences()
    for scope_id in sorted(set(scope_ids)):
        done += await hold_open_batches(writing, scope_id, type_, why, placed_in=placed_in, only=only or None)
    return done


@reacts(BatchesConcerned, protects=True)
async def holds_those_concerned(writing: Writing, fact: BatchesConcerned) -> Consequences:
    """Those that were certified are looked at again."""
    return await hold_open_batches(
        writing, fact.scope_id, HoldType.EVENT, fact.why, placed_in=fact.case_id, only=fact.numbers
    )


@reacts(OutcomeConcerns, protects=True)
async def holds_what_an_inspection_concerns(writing: Writing, fact: OutcomeConcerns) -> Consequences:
    """Open batches of the scopes are held, those that are named or all; what is released of them is reviewed."""
    if fact.numbers is not None:
        rule = "section 10, batch impact"
        await refuse_unknown_batches(writing.session, fact.numbers, fact.scope_ids, rule=rule)
    return await _hold_of_scopes(
        writing, fact.scope_ids, HoldType.EVENT, fact.why, fact.case_id, only=fact.numbers or ()
    )


@reacts(
    GraveDeviationReported,
    ResultOutsideReported,
    OosConfirmed,
    BatchAssociated,
    BatchRecalled,
    BatchFalsified,
    ComplaintOfBatch,
    MaterialInDoubt,
    MadeWithLotInDoubt,
    ParametersBeyondRange,
    SpecificationNotMet,
    GateFailedInReview,
    GateClosed,
    StoppedByHand,
    OriginCorrected,
    ImporterInDoubt,
    ConfirmationWithdrawn,
    FirstStepGone,
    protects=True,
)
async def holds_the_batch(writing: Writing, fact: BatchInDoubt) -> Consequences:
    """The batch is held, and every batch that comes from it; what is released of them is reviewed.

    What it comes from is looked at, if the fact travels up.
    """
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    done = await place_hold(
        writing,
        batch,
        fact.hold_type,
        fact.why,
        placed_in=fact.case_id,
        market=fact.market,
        by_hand=isinstance(fact, StoppedByHand),
    )
    if fact.travels_up:
        reason = f"{batch.number}, which comes from it: {fact.why}"[:4000]
        done += await look_at_ancestors(writing, batch, reason, cause=fact.case_id)
    return done


@reacts(BatchRejected, protects=True)
async def holds_what_comes_from_it(writing: Writing, fact: BatchRejected) -> Consequences:
    """What comes from a rejected batch is held with it. What went of it under an exception is reviewed."""
    batch, done = await writing.session.get_one(BatchRow, fact.batch_id), Consequences()
    if batch.supplied:
        done += await demand_review(writing, batch, fact.why, cause=fact.batch_id)
    return done + await hold_children(writing, batch, fact.why)


@reacts(ReleaseTakenBack, protects=True)
async def holds_what_is_left_of_it(writing: Writing, fact: ReleaseTakenBack) -> Consequences:
    """What is not decided yet is held, and what comes from the batch."""
    return await hold_what_is_left(writing, await writing.session.get_one(BatchRow, fact.batch_id), fact.why)


@reacts(ShelfLifeEnded, protects=True)
async def holds_what_was_made_from_it_since(writing: Writing, fact: ShelfLifeEnded) -> Consequences:
    """What was made from it afterwards is held. Its own goods are blocked by the end itself."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    done = await hold_what_was_made_after(writing, batch, fact.ended_at, fact.why)
    await notify_batch(writing, batch.batch_id)
    return done


@reacts(RetestDue, protects=True)
async def holds_until_it_is_retested(writing: Writing, fact: RetestDue) -> Consequences:
    """Only the batch: what was made from it before is not called into question."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await hold_alone(writing, batch, HoldType.RETEST_DUE, fact.why)


@reacts(LearnedOfBatch, OriginRecalled, MadeWhereStopped, protects=True)
async def has_the_release_reviewed(writing: Writing, fact: LearnedOfBatch) -> Consequences:
    """The qualified person looks at the batch again."""
    batch = await writing.session.get_one(BatchRow, fact.batch_id)
    return await demand_review(writing, batch, fact.why, cause=fact.case_id)


@reacts(MadeUnderChange, ImportCorrected, protects=True)
async def has_what_was_made_with_it_reviewed(writing: Writing, fact: LearnedOfBatch) -> Consequences:
    """What is released of the batch and of all that comes from it is looked at again."""
    return await look_down(writing, fact)


@reacts(FoundAfterRelease, protects=True)
async def has_the_family_reviewed(writing: Writing, fact: FoundAfterRelease) -> Consequences:
    """What is released of the batch, of all that comes from it, and of what it comes from, is looked at again."""
    batch, done = await writing.session.get_one(BatchRow, fact.batch_id), await look_down(writing, fact)
    reason = f"{batch.number}, which comes from it: {fact.why}"[:4000]
    return done + await look_at_ancestors(writing, batch, reason, cause=fact.case_id)


@reacts(FailingResultFound, protects=True)
async def opens_its_investigation(writing: Writing, fact: FailingResultFound) -> Consequences:
    """A failing result is one outside specification, whether or not anybody reports it (21 CFR 211.192)."""
    await open_result(writing, fact)
    return Consequences()
