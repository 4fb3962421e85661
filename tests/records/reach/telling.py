"""Families of batches, one open, one released, one supplied under exception, and how each fact is told of them."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from domain.agreement.facts import AgreementLapsed
from domain.appointment.facts import SignedUnderNone
from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.facts import ScopeSuspended
from domain.audit.facts import AuditUnacceptable, CapaCritical, FindingCritical
from domain.authorisation.authorisation import AuthorisationStatus
from domain.authorisation.facts import AuthorisationEnded, AuthorisationStopped
from domain.batch.batch import Relation
from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.by_hand import GateClosed, GateFailedInReview, StoppedByHand
from domain.batch.facts.decisions import (
    BatchRejected,
    ConfirmationWithdrawn,
    FirstStepGone,
    RefusedInMarket,
    ReleaseTakenBack,
)
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
    GraveDeviationReported,
    OosConfirmed,
    ParametersBeyondRange,
    ResultOutsideReported,
    SpecificationNotMet,
)
from domain.batch.facts.shelf_life import OriginCorrected, RetestDue, ShelfLifeEnded
from domain.batch.gate.gate import Gate
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.batch.results.oos import OosKind
from domain.core.entry import Entry, PlainEvent
from domain.core.facts import Consequences, Fact
from domain.delivery.facts import GoodsInDoubt, TransportBeyondConditions
from domain.event.facts import SiteStopped
from domain.event.site_event import EventType
from domain.inspection.facts import OutcomeConcerns
from domain.policy.rejection_grounds import RejectionGrounds
from domain.release.reach import On
from domain.site.certificate import CertificateType
from domain.site.facts import CertificateStopped, CertificateVoid, DeclarationWithdrawn, VoidBecause
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.contexts import load
from records.core.policies import Policies
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from tests.authorised import authorised_as
from tests.records.known import known
from tests.records.making import turns_to
from tests.records.seeded import START, Seeded

DAY = date(2025, 1, 10)
HERE, ELSEWHERE = {"site_id": "VM-02", "scope_id": "SC-1"}, {"site_id": "OB-01", "scope_id": "SC-2"}
OF_AUDIT: dict[str, Any] = {"case_id": "CASE-1", "site_id": "VM-02", "scope_ids": ("SC-1",)}


class Family(NamedTuple):
    """A batch of the seeded scope, what it comes from, and what comes from it; both made at another site."""

    above: str
    batch: str
    below: str


OPEN, RELEASED = Family("BAT-11", "BAT-12", "BAT-13"), Family("BAT-21", "BAT-22", "BAT-23")
SUPPLIED = Family("BAT-31", "BAT-32", "BAT-33")
"""Never certified: each of them went to a market under an exception."""
FAMILIES = (OPEN, RELEASED, SUPPLIED)


async def families(seeded: Seeded) -> None:
    """The families, and the case in which everything is told."""
    await turns_to(seeded.database, "DRUG_PRODUCT")
    for family, state in ((OPEN, "OPEN"), (RELEASED, "CERTIFIED"), (SUPPLIED, "OPEN")):
        for batch_id, scope_id, site_id in zip(
            family, ("SC-2", "SC-1", "SC-2"), ("OB-01", "VM-02", "OB-01"), strict=True
        ):
            await known(seeded, batch_id, f"N-{batch_id}", state=state, scope_id=scope_id, site_id=site_id)
    async with seeded.database.writing() as session:
        for family in FAMILIES:
            for parent, child in pairwise(family):
                session.add(BatchParentRow(batch_id=child, parent_id=parent, relation=Relation.INTERMEDIATE.value))
                (await session.get_one(BatchRow, child)).started_at = START
        for family in FAMILIES:
            (await session.get_one(BatchRow, family.batch)).product = "Pack"
        session.add(authorised_as("AUT-1", "Pack", "US"))
        for batch_id in RELEASED:
            released = (await session.get_one(BatchMarketRow, (batch_id, "US"))).model_dump()
            session.add(BatchMarketRow(**{**released, "market": "EU", "register_number": None}))
        for batch_id in SUPPLIED:
            (await session.get_one(BatchRow, batch_id)).supplied = True
            there = await session.get_one(BatchMarketRow, (batch_id, "US"))
            there.supply_stands = True
            session.add(BatchMarketRow(**{**there.model_dump(), "market": "EU"}))
        of_another = (await session.get_one(CaseRow, OPEN.batch)).model_dump()
        named = {"case_id": "CASE-1", "process": "audits", "number": 999}
        session.add(CaseRow(**{**of_another, **named}))


async def tells(seeded: Seeded, fact: Fact) -> Consequences:
    """The fact becomes true, as a check would make it so."""
    async with seeded.database.writing() as session:
        line = PlainEvent(type="something.told")
        entry = Entry(stream="CASE-1", command_id=f"{fact.name}", at=START, lines=(line,))
        writing = Writing(session, entry, load(), Policies(), START, web="")
        writing.line = line
        return await establish(writing, fact)


def reached(done: Consequences, left: Family = RELEASED) -> On:
    """Which batches of the open family, and of the other one, whose goods left, that were."""
    held, reviewed = {*done.held, *done.held_with_them}, {*done.reviews}
    found = {
        On.OPEN: OPEN.batch in held,
        On.RELEASED: left.batch in reviewed,
        On.OPEN_BELOW: OPEN.below in held,
        On.RELEASED_BELOW: left.below in reviewed,
        On.RELEASED_ABOVE: left.above in reviewed,
    }
    assert OPEN.above not in held, "What a batch comes from is looked at, not held."
    return On(sum(on.value for on, is_so in found.items() if is_so))


def _refused(batch_id: str) -> Refusal:
    return Refusal(batch_id=batch_id, market="CH", how=RefusedAs.REJECTED, grounds=(RejectionGrounds.DATA_INTEGRITY,))


def _in_case(kind: type[Any], /, **more: Any) -> Callable[[str], Fact]:
    return lambda batch_id: kind(batch_id=batch_id, case_id="CASE-1", **more)


def _of_batch(kind: type[Any], /, **more: Any) -> Callable[[str], Fact]:
    return lambda batch_id: kind(batch_id=batch_id, **more)


OF_SITE: dict[type[Fact], Fact] = {
    fact: told
    for told in (
        ScopeSuspended(
            **HERE, case_id="CASE-1", status=AslStatus.SUSPENDED, reach=SuspensionScope.FULL, reason="Doubtful data."
        ),
        FindingCritical(**OF_AUDIT, area="QC laboratory"),
        CapaCritical(**OF_AUDIT, what="Batch B-002 failed."),
        AuditUnacceptable(**OF_AUDIT),
        BatchesConcerned(case_id="CASE-1", scope_id="SC-1", why="Cross-contamination."),
        OutcomeConcerns(case_id="CASE-1", scope_ids=("SC-1",), why="Cross-contamination."),
        SiteStopped(**OF_AUDIT, number="E-1", type=EventType.IMPORT_ALERT),
        CertificateVoid(
            **HERE, certificate_id="CERT-1", type=CertificateType.GMP_CERT, because=VoidBecause.EXPIRED, words="ended"
        ),
        CertificateStopped(
            site_id=HERE["site_id"],
            scope_id=HERE["scope_id"],
            certificate_id="CERT-1",
            case_id="CASE-1",
            since=START.date(),
            type=CertificateType.GMP_CERT,
            because=VoidBecause.WITHDRAWN,
            words="is withdrawn",
        ),
        DeclarationWithdrawn(number="QPD-1", scope_ids=("SC-1",), reason="The audit was not independent."),
        AuthorisationStopped(
            authorisation_id="AUT-1",
            number=1,
            product_key="pack",
            market="US",
            status=AuthorisationStatus.SUSPENDED,
            reason="Under review.",
        ),
        AuthorisationEnded(
            authorisation_id="AUT-1", version=1, market="US", status=AuthorisationStatus.EXPIRED, since=DAY
        ),
        AgreementLapsed(**HERE, qta_id="QTA-1", version=1, lapsed_on=DAY),
    )
    for fact in (type(told),)
}
"""Facts about what a scope makes: told once, of all its batches."""
_EVENT: dict[str, Any] = {"number": "N", "event": "E-1"}
_LOT: dict[str, Any] = {"lot": "C-12 0417", "told": EventType.RECALL, "event": "E-1"}
OF_BATCH: dict[type[Fact], Callable[[str], Fact]] = {
    MadeWhereStopped: _in_case(MadeWhereStopped, why="w", event="E-1", told=EventType.IMPORT_ALERT, site="Plant"),
    BatchRecalled: _in_case(BatchRecalled, **_EVENT),
    BatchFalsified: _in_case(BatchFalsified, **_EVENT, what="Falsification"),
    ComplaintOfBatch: _in_case(ComplaintOfBatch, **_EVENT),
    ConfirmationWithdrawn: _in_case(ConfirmationWithdrawn, number="PMC-1", of="N", reason="The record is not whole."),
    FirstStepGone: _in_case(FirstStepGone, market="US", number="N", reason="The certificate is withdrawn."),
    MaterialInDoubt: _in_case(MaterialInDoubt, **_LOT),
    MadeWithLotInDoubt: _in_case(MadeWithLotInDoubt, **_LOT),
    LearnedOfBatch: _in_case(LearnedOfBatch, why="An event names it."),
    FoundAfterRelease: _in_case(FoundAfterRelease, why="Stability fails."),
    OriginRecalled: _in_case(OriginRecalled, why="Its API is recalled."),
    ImportCorrected: _in_case(ImportCorrected, why="The import IMP-1 is taken back: it was of another batch."),
    ImporterInDoubt: _in_case(ImporterInDoubt, consignments=("IMP-1",), reason="its authorisation is withdrawn"),
    MadeUnderChange: _in_case(MadeUnderChange, why="It was made under CC-1, which was never notified."),
    BatchAssociated: _in_case(BatchAssociated, number="DEV-1", type=HoldType.DEVIATION, reason="Same week."),
    GraveDeviationReported: _in_case(GraveDeviationReported, deviation_id="DEV-1", deviation_class="CRITICAL"),
    ResultOutsideReported: _in_case(ResultOutsideReported, kind=OosKind.OOS, oos_id="OOS-1", result="0.2 %"),
    OosConfirmed: _in_case(OosConfirmed, oos_id="OOS-1", result="0.2 %"),
    ParametersBeyondRange: _in_case(ParametersBeyondRange, parameters=("Temperature",)),
    SpecificationNotMet: _in_case(SpecificationNotMet, finding="Impurity I-3."),
    GateFailedInReview: _in_case(GateFailedInReview, type=HoldType.COA, gate=Gate.G9, reason="It does not fit."),
    GateClosed: _in_case(GateClosed, type=HoldType.COA, reason="It does not fit."),
    StoppedByHand: _in_case(StoppedByHand, type=HoldType.REG, reason="It is asked of the authority."),
    OriginCorrected: _in_case(OriginCorrected, origin="N", day=DAY),
    GoodsInDoubt: _in_case(GoodsInDoubt, condition="Seal broken"),
    TransportBeyondConditions: _in_case(TransportBeyondConditions),
    BatchRejected: _of_batch(BatchRejected, number="N"),
    ReleaseTakenBack: _of_batch(ReleaseTakenBack, number="N", markets=("US",)),
    RefusedInMarket: lambda batch_id: RefusedInMarket(batch_id=batch_id, refusal=_refused(batch_id), suspends=True),
    ShelfLifeEnded: _of_batch(ShelfLifeEnded, number="N", ended_at=START - timedelta(days=1), words="2025-01-11"),
    SignedUnderNone: lambda batch_id: SignedUnderNone(number="APT-1", batch_ids=(batch_id,), reason="He had left."),
    RetestDue: _of_batch(RetestDue, retest_on=DAY, zone="Europe/Berlin"),
}
"""Facts about one batch: told of the middle one of each family."""
