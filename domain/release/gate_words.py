"""What a qualified person reads in place of codes (domain specification, section 19, the gate page)."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.finding import FindingStatus
from domain.audit.outcome import Recommendation
from domain.authorisation.authorisation import AgesFrom, RegisteredPart
from domain.batch.batch import DeviationState, MarketDecision, OosState, PhysicalStatus
from domain.batch.deviations.departure import DepartureFilingImpact
from domain.batch.gate.results import Ask, GateVerdict
from domain.batch.holds.hold import LIFTERS
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import RefusedAs
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.batch.supply_stage import SupplyStage
from domain.change.decision import Filing
from domain.core.people import Role
from domain.event.site_event import AuthorityOutcome, EventType
from domain.policy.market_rule import DecisionRule
from domain.policy.mutual_recognition import ProductKind
from domain.policy.rejection_grounds import RejectionGrounds
from domain.site.certificate import CertificateType
from domain.site.site import Activity

_OWN: Mapping[type[StrEnum], Mapping[str, str]] = MappingProxyType({
    AslStatus: {AslStatus.PROBATION: "on probation"},
    SuspensionScope: {
        SuspensionScope.NEW_ORDERS: "for new orders",
        SuspensionScope.NEW_ORDERS_AND_RELEASE: "for new orders and release",
        SuspensionScope.FULL: "in full",
    },
    Recommendation: {
        Recommendation.ACCEPTABLE_WITH_CAPA: "acceptable with CAPA",
        Recommendation.CONDITIONAL: "acceptable under conditions",
    },
    FindingStatus: {FindingStatus.CAPA_ACCEPTED: "CAPA accepted"},
    DeviationState: {
        DeviationState.CLOSED: "investigated, not accepted yet",
        DeviationState.ACCEPTED: "accepted with justification",
    },
    OosState: {
        OosState.LABORATORY: "in the laboratory (phase I)",
        OosState.INVESTIGATION: "under investigation (phase II)",
        OosState.INVALIDATION_PROPOSED: "stated to be a laboratory error, not agreed yet",
        OosState.INVALIDATED: "invalidated, laboratory error",
        OosState.INCONCLUSIVE: "inconclusive, counts against the batch",
        OosState.DISCOUNT_PROPOSED: "inconclusive, proposed not to count",
        OosState.DISCOUNTED: "inconclusive, justified",
    },
    LaboratoryCause: {
        LaboratoryCause.STANDARD_OR_REAGENT: "standard or reagent",
        LaboratoryCause.TRANSCRIPTION: "mistake in writing",
    },
    OosKind: {each: each.value for each in OosKind},
    Filing: {Filing.NO_FILING: "no filing needed"},
    DepartureFilingImpact: {
        DepartureFilingImpact.NONE: "not needed",
        DepartureFilingImpact.REPORT: "by a report",
        DepartureFilingImpact.VARIATION: "by a variation",
    },
    AuthorityOutcome: {
        AuthorityOutcome.NONE: "no observation",
        AuthorityOutcome.NAI: "no action indicated (NAI)",
        AuthorityOutcome.VAI: "voluntary action indicated (VAI)",
        AuthorityOutcome.OAI: "official action indicated (OAI)",
        AuthorityOutcome.FORM_483: "observations on Form 483",
        AuthorityOutcome.NON_COMPLIANT: "not compliant",
    },
    CertificateType: {
        CertificateType.GMP_CERT: "GMP certificate",
        CertificateType.MIA: "manufacturing authorisation (MIA)",
        CertificateType.MIA_IMP: "authorisation for investigational products (MIA(IMP))",
        CertificateType.WDA: "wholesale authorisation (WDA)",
        CertificateType.CEP: "certificate of suitability (CEP)",
        CertificateType.ISO: "ISO certificate",
        CertificateType.FDA_REGISTRATION: "registration with the FDA",
        CertificateType.QTA: "quality agreement",
    },
    Activity: {
        Activity.API_MFG: "manufacture of the active substance",
        Activity.INTERMEDIATE: "manufacture of intermediates",
        Activity.DRUG_PRODUCT: "manufacture of the dosage form",
        Activity.STERILE_FILL: "sterile filling",
    },
    AgesFrom: {
        AgesFrom.INTERMEDIATE: "production of the intermediate",
        AgesFrom.API: "production of the active substance",
        AgesFrom.DOSAGE_FORM: "production",
        AgesFrom.PACKAGING: "packing",
    },
    RegisteredPart: {
        RegisteredPart.STARTING_MATERIAL: "source of the starting material",
        RegisteredPart.INTERMEDIATE: "source of the intermediate",
        RegisteredPart.API: "source of the active substance",
        RegisteredPart.DOSAGE_FORM: "maker of the dosage form",
        RegisteredPart.PACKAGING: "packager",
        RegisteredPart.IMPORT: "importer",
    },
    EventType: {
        EventType.OOS: "result outside specification",
        EventType.CERT_UPDATED: "certificate updated",
        EventType.WHISTLEBLOW: "report of a whistleblower",
        EventType.KEY_PERSON_CHANGE: "change of a key person",
    },
    MarketDecision: {MarketDecision.RELEASE: "released", MarketDecision.REJECT: "rejected"},
    DecisionRule: {
        DecisionRule.QP: "QP",
        DecisionRule.QCU: "quality unit",
        DecisionRule.MARKET: "the person of the market",
        DecisionRule.PROCESSING: "quality unit, for further processing",
        DecisionRule.CONFIRMATION: "QP of the site",
    },
    ProductKind: {each: each.words for each in ProductKind},
    RejectionGrounds: {each: each.words for each in RejectionGrounds},
    RefusedAs: {each: each.words for each in RefusedAs},
    PhysicalStatus: {
        PhysicalStatus.QUARANTINE: "in quarantine",
        PhysicalStatus.QUARANTINE_IN_TRANSIT: "in transit under quarantine",
    },
    SupplyStage: {SupplyStage.API: "active substance", SupplyStage.FINISHED: "finished product"},
    Source: {Source.COA: "certificate of analysis", Source.LATER: "found later"},
    HoldType: {
        HoldType.SUPPLIER_STATUS: "status of the site",
        HoldType.QTA: "quality agreement",
        HoldType.FINDING: "critical finding",
        HoldType.CERT: "evidence of GMP",
        HoldType.PROCESS: "process parameters",
        HoldType.OOS: "result outside specification",
        HoldType.COA: "certificate of analysis",
        HoldType.SUPPLY: "what it comes from",
        HoldType.REG: "recall, alert or authority",
        HoldType.EVENT: "event at the site",
        HoldType.RETEST_DUE: "day of retest passed",
        HoldType.LEGAL: "to be kept by law",
        HoldType.MANUAL: "placed by hand",
        HoldType.OTHER_MARKET: "refused in another market",
    },
    Role: {
        Role.QA_APPROVER: "quality assurance",
        Role.HEAD_QA: "head of quality",
        Role.QP: "qualified person",
        Role.QCU_RELEASER: "quality unit",
        Role.RP_IMPORT: "responsible person (import)",
        Role.FVP: "technically responsible person",
        Role.AUTHORISED_PERSON: "authorised person",
        Role.CMC_LEAD: "process development",
        Role.REG_AFFAIRS: "regulatory affairs",
        Role.QC_REVIEWER: "quality control",
    },
    GateVerdict: {
        GateVerdict.PASS: "passes",
        GateVerdict.FAIL: "fails",
        GateVerdict.NEEDS_JUDGEMENT: "to be judged",
        GateVerdict.NOT_APPLICABLE: "not applicable",
    },
    Ask: {
        Ask.DEVIATION: "the deviation under which it is dealt with",
        Ask.EVIDENCE: "documents that carry it",
        Ask.SITE_STATEMENT: "what the site's quality unit states",
        Ask.QP_DECLARATION: "the number of the declaration of a qualified person on the maker's GMP",
        Ask.REINSTATEMENT: "the case that has lifted the suspension",
    },
})  # fmt: skip
"""Words of their own, by kind of code. The others are said as they are written, in lower case."""

_LIFTED_ONCE: Mapping[HoldType, str] = MappingProxyType({
    HoldType.SUPPLIER_STATUS: "once the status stops release no more",
    HoldType.OOS: "once no result stands against the batch",
    HoldType.DEVIATION: "once no deviation is open",
    HoldType.PROCESS: "once the values have an accepted deviation",
    HoldType.RETEST_DUE: "once a retest has passed or the date is corrected",
})  # fmt: skip
"""What must have happened before a hold of a type is lifted; of the others that its cause is assessed."""

_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OF_FACTS = MappingProxyType({
    "OosConfirmed": "a result outside its specification was confirmed",
    "ResultOutsideReported": "a result outside specification or trend was reported",
    "GraveDeviationReported": "a grave deviation was reported",
    "RefusedInMarket": "another market has refused it",
    "MaterialInDoubt": "a lot that it was made with is called into question",
    "MadeWhereStopped": "an event stops what its site makes",
    "BatchAssociated": "what happened to another batch may concern it",
    "ComplaintOfBatch": "a grave complaint names it",
    "BatchRecalled": "a recall of it was reported",
    "BatchFalsified": "an alert of falsification or serialisation names it",
    "BatchRejected": "it was rejected",
    "ReleaseTakenBack": "a release was taken back",
    "FirstStepGone": "what its release was checked on counts no more",
    "ShelfLifeEnded": "its last day of use has passed",
    "RetestDue": "its day of retest has passed",
    "CertificateVoid": "a certificate of its site counts no more",
    "CertificateStopped": "an authority has suspended or withdrawn a certificate of its site",
    "ScopeSuspended": "the status of its site was suspended or has ended",
    "AgreementLapsed": "the quality agreement has ended",
    "AuthorisationEnded": "what is authorised in its market has ended",
    "FindingCritical": "a finding at its site is critical",
    "CapaCritical": "something critical is to be put right at its site",
    "AuditUnacceptable": "an audit has found its site unacceptable",
})  # fmt: skip
"""The standing facts that place holds, as what has happened."""
_UNITS = MappingProxyType({"1": "", "Cel": "°C", "[degF]": "°F", "[pH]": "pH"})
"""Units whose sign in the records nobody writes."""
_ANNOTATION = re.compile(r"\{([^}]*)\}")


def words(code: StrEnum) -> str:
    """The field's words for a code."""
    return _OWN.get(type(code), {}).get(code.value) or code.value.replace("_", " ").lower()


def unit_in_words(unit: str | None) -> str:
    """A unit as people write it: packs are counted without braces."""
    return _UNITS.get(unit or "", _ANNOTATION.sub(r"\1", unit or ""))


def measured(value: object, unit: str | None) -> str:
    """A quantity with its unit, as people write it."""
    return f"{value} {unit_in_words(unit)}".rstrip()


def fact_in_words(kind: str) -> str:
    """The kind of a fact (`domain.core.facts.FactName`) in words."""
    return _OF_FACTS.get(kind) or _PARTS.sub(" ", kind).lower()


def lifters_in_words(type_: HoldType, placed_by: str | None) -> str:
    """Who lifts a hold, and after what. `placed_by` is the name of who has placed it by hand."""
    if type_ is HoldType.OTHER_MARKET:
        return "lifted as the decider of the market and the head of quality judge it"
    owners = " or ".join(sorted(words(each) for each in LIFTERS[type_]))
    once = _LIFTED_ONCE.get(type_, "once its cause is assessed")
    return f"lifted by {placed_by or owners} {once}, confirmed by a second person"


def state_in_market(decision: MarketDecision | None, refused: RefusedAs | None, supplied: Sequence[str] = ()) -> str:
    """Where a batch stands in a market. `supplied` are the numbers of its supplies under exception."""
    under = f", supplied under exception {', '.join(supplied)}" if supplied else ""
    if refused is not None:
        return f"{refused.words}{under}"
    return f"{words(decision) if decision is not None else 'open'}{under}"
