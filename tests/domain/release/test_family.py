"""The gates over a family: a flaw closes the same gate wherever it lies, and is found by the name of the batch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.finding import FindingStatus
from domain.audit.outcome import Recommendation
from domain.batch.batch import DeviationClass, DeviationState, OosState, Relation
from domain.batch.deviations.departure import DepartureFilingImpact
from domain.batch.gate.batch_facts import ChangeFacts, DepartureFacts, DeviationFacts, OosFacts
from domain.batch.gate.chain_facts import ReleaseFacts, TransportFacts, UseFacts
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import Ask, GateResult, GateVerdict
from domain.batch.gate.site_facts import CriticalFacts, DeclarationFacts, InspectionFacts, ReportFacts, StatusFacts
from domain.batch.holds.holds import HoldType
from domain.batch.results.oos import OosKind
from domain.batch.supply_stage import SupplyStage
from domain.change.decision import Filing
from domain.core.people import Role
from domain.core.refusals import Refused
from domain.event.site_event import AuthorityOutcome, EventType
from domain.release.certification import QpCertification
from domain.release.evidence import BatchEvidence, Member
from domain.release.gates import evaluate
from domain.release.judgements import Uploader, refuse_unless_grounded
from tests.domain.evidence import AT, AUDIT, CLEAN, PARENT, SCOPE, TODAY, of_market
from tests.domain.filling import filled

FAIL, NEEDS, PASS = GateVerdict.FAIL, GateVerdict.NEEDS_JUDGEMENT, GateVerdict.PASS
SITE = "OB-01"
OTHER = SCOPE.model_copy(update={"scope_id": "SC-2", "site_id": SITE, "site": "Other site"})
_OF_A_MEMBER = {name: getattr(CLEAN, name) for name in Member.model_fields}
ANCESTOR = Member(
    **{
        **_OF_A_MEMBER,
        "batch_id": "BAT-2",
        "number": "B-002",
        "relations": frozenset({Relation.INTERMEDIATE}),
        "supply_stage": SupplyStage.API,
        "scopes": (OTHER,),
        "agreements": tuple(each.model_copy(update={"scope_id": "SC-2"}) for each in CLEAN.agreements),
        "certificates": tuple(each.model_copy(update={"scope_id": "SC-2"}) for each in CLEAN.certificates),
        "audits": tuple(each.model_copy(update={"scope_id": "SC-2"}) for each in CLEAN.audits),
    }
)


def of_family(depth: int, **changes: Any) -> BatchEvidence:
    """Something else in a batch at a depth; 0 is the batch that is decided on."""
    if depth == 0:
        return CLEAN.model_copy(update=changes)
    between = [
        ANCESTOR.model_copy(update={"batch_id": f"BAT-{7 + step}", "number": f"B-{step}", "depth": step})
        for step in range(1, depth)
    ]
    flawed = ANCESTOR.model_copy(update={"depth": depth, **changes})
    return CLEAN.model_copy(update={"ancestors": (*between, flawed)})


def told(evidence: BatchEvidence, gate: Gate, judgements: dict[Gate, str] | None = None) -> GateResult:
    return next(each for each in evaluate(evidence, judgements or {}, AT) if each.gate is gate)


def scope(**changes: Any) -> dict[str, Any]:
    return {"scopes": tuple(each.model_copy(update=changes) for each in (SCOPE,))}


def audit(**changes: Any) -> dict[str, Any]:
    return {"audits": (AUDIT.model_copy(update=changes),)}


def parent(relation: Relation = Relation.INTERMEDIATE, **changes: Any) -> dict[str, Any]:
    return {"parents": (PARENT.model_copy(update={"relation": relation, **changes}),)}


def released(**changes: Any) -> ReleaseFacts:
    return PARENT.release.model_copy(update=changes)


AFTER = datetime(2025, 9, 20, tzinfo=UTC)
STOPPED = (StatusFacts(status=AslStatus.SUSPENDED, reach=SuspensionScope.FULL),)
FLAWS: list[tuple[Gate, dict[str, Any], GateVerdict, str]] = [
    (
        Gate.G1,
        scope(now=AslStatus.DISQUALIFIED),
        FAIL,
        "manufacture of the active substance at Plant 2 (VM-02) is disqualified now",
    ),
    (
        Gate.G1,
        scope(during=STOPPED),
        FAIL,
        "manufacture of the active substance at Plant 2 (VM-02) was suspended in full while the batch was made",
    ),
    (Gate.G2, {"agreements": ()}, FAIL, "no quality agreement was in force for"),
    (Gate.G3, {"certificates": ()}, NEEDS, "no valid certificate of"),
    (
        Gate.G4,
        {**scope(), **audit(due=None)},
        FAIL,
        "manufacture of the active substance at Plant 2 (VM-02) was never audited",
    ),
    (
        Gate.G4,
        {**scope(), **audit(unreported=("AUD-9",))},
        NEEDS,
        "audit AUD-9, manufacture of the active substance at Plant 2 (VM-02), is over, and not reported",
    ),
    (
        Gate.G4,
        {
            **scope(),
            **audit(reports=(ReportFacts(audit_id="AUD-8", recommendation=Recommendation.UNACCEPTABLE),)),
        },
        FAIL,
        "audit AUD-8 found manufacture of the active substance at Plant 2 (VM-02) unacceptable",
    ),
    (
        Gate.G5,
        {"critical": (CriticalFacts(reference="FND-9", site_id=SITE, site="Other site", status=FindingStatus.ISSUED),)},
        FAIL,
        "FND-9 at Other site (OB-01) is critical and issued",
    ),
    (
        Gate.G7,
        {
            "deviations": (
                DeviationFacts(deviation_id="DEV-1", deviation_class=DeviationClass.MINOR, state=DeviationState.OPEN),
            )
        },
        FAIL,
        "DEV-1 is open",
    ),
    (
        Gate.G8,
        {"oos": (OosFacts(oos_id="OOS-1", kind=OosKind.OOS, test="Assay", state=OosState.CONFIRMED),)},
        FAIL,
        "OOS-1 (Assay) is confirmed",
    ),
    (Gate.G10, {"changes": (ChangeFacts(change_id="CC-1"),)}, FAIL, "CC-1 was never notified"),
    (
        Gate.G12,
        {"transports": (TransportFacts(shipment_id="SHP-1", within_limits=False),)},
        FAIL,
        "SHP-1 was outside its transport conditions",
    ),
    (Gate.G12, parent(release=ReleaseFacts()), FAIL, "B-007 (BAT-7) is not released for EU"),
    (
        Gate.G14,
        {"holds": (HoldFacts(hold_id="HOLD-1", type=HoldType.MANUAL, reason="Wait."),)},
        FAIL,
        "HOLD-1 (placed by hand) stands: Wait.",
    ),
    (
        Gate.G14,
        {"events": (SiteEventFacts(event_id="EVT-1", type=EventType.FALSIFICATION, site_id=SITE, site="Other site"),)},
        FAIL,
        "EVT-1 (falsification) is open",
    ),
    (Gate.G14, {"is_reviewed_again": True}, FAIL, "a review after its release is open"),
]


@pytest.mark.parametrize("depth", [0, 1, 3])
@pytest.mark.parametrize(("gate", "changes", "verdict", "words"), FLAWS)
def test_a_flaw_closes_its_gate_at_any_depth_by_name_and_no_other(
    gate: Gate, changes: dict[str, Any], verdict: GateVerdict, words: str, depth: int
) -> None:
    if depth and {"scopes", "audits"} & changes.keys():
        of_the_scope = ("scopes", "agreements", "certificates", "audits")
        changes = {**{name: getattr(CLEAN, name) for name in of_the_scope}, **changes}
    evidence = of_family(depth, **changes)
    shut = {each.gate: each for each in evaluate(evidence, {}, AT) if not each.passes}
    assert set(shut) == {gate}
    assert shut[gate].verdict is verdict
    assert words in shut[gate].reason
    assert ("B-002 (BAT-2): " in shut[gate].reason) == (depth > 0)


def test_what_is_the_same_in_many_is_said_once_with_their_names() -> None:
    many = tuple(
        ANCESTOR.model_copy(update={"batch_id": f"BAT-{number}", "number": f"B-{number}", "is_reviewed_again": True})
        for number in range(2, 7)
    )
    reason = told(CLEAN.model_copy(update={"ancestors": many}), Gate.G14).reason
    assert reason == "B-2 (BAT-2), B-3 (BAT-3), B-4 (BAT-4) and 2 more: a review after its release is open"


def test_an_ancestry_that_cannot_all_be_looked_at_is_refused() -> None:
    found = told(CLEAN.model_copy(update={"ancestry_beyond": 2000}), Gate.G12)
    assert (found.verdict, "more than 2000 batches" in found.reason) == (FAIL, True)


R = Relation


@pytest.mark.parametrize(
    ("facts", "market", "verdict"),
    [
        (parent(), "EU", PASS),
        (parent(release=released(rejected=True, since=None)), "EU", FAIL),
        (parent(release=released(elsewhere=("rejected for EU",))), "US", NEEDS),
        (parent(release=released(since=None, taken_back_at=AFTER)), "EU", FAIL),
        (parent(release=released(since=None, taken_back_at=AFTER, cleared=True, elsewhere=("Drum 2.",))), "EU", NEEDS),
        (parent(is_rejected=True, release=ReleaseFacts()), "EU", FAIL),
        (parent(used_over=True), "EU", FAIL),
        (parent(over_now=True), "EU", PASS),
        (parent(R.SPLIT, over_now=True), "EU", FAIL),
        (parent(R.BLEND, over_now=True), "EU", FAIL),
        (parent(release=released(since=AFTER)), "EU", NEEDS),
        (parent(release=released(since=AFTER, at_risk="use at risk 1 of BAT-7")), "EU", PASS),
        (parent(release=released(since=None, at_risk="use at risk 1 of BAT-7")), "EU", FAIL),
        (parent(release=released(since=AFTER, at_risk="1"), is_starting_material=True), "US", NEEDS),
        (parent(release=released(since=AFTER, at_risk="1"), is_starting_material=True), "EU", PASS),
        (parent(held_at_use=("HOLD-1",)), "EU", NEEDS),
        (parent(used_at=None, release=released(since=AFTER)), "EU", PASS),
        (parent(R.BLEND), "EU", PASS),
        (parent(R.BLEND, site_released_at=AFTER), "EU", FAIL),
        (parent(R.BLEND, site_released_at=None), "EU", FAIL),
        (parent(R.SPLIT, release=ReleaseFacts()), "EU", NEEDS),
        (parent(R.SPLIT, release=ReleaseFacts(), site_released_at=None), "EU", FAIL),
        (parent(R.SPLIT, release=released(since=AFTER)), "EU", PASS),
        (parent(R.REPROCESS, release=ReleaseFacts(), site_released_at=None, used_over=True), "EU", PASS),
        (parent(R.REWORK, release=released(since=None, rejected=True)), "EU", PASS),
        (parent(R.CORRECTION, release=released(since=None, rejected=True), is_rejected=True), "EU", PASS),
        (parent(R.CORRECTION, release=released(since=None, taken_back_at=AFTER)), "EU", FAIL),
        (parent(R.CORRECTION, release=released(since=None, taken_back_at=AFTER, cleared=True)), "EU", FAIL),
    ],
)
def test_g12_every_parent_might_be_used_for_the_market_then_and_now(
    facts: dict[str, Any], market: str, verdict: GateVerdict
) -> None:
    found = told(of_family(0, **of_market(market), **facts), Gate.G12)
    assert found.verdict is verdict, found.reason
    assert verdict is PASS or "B-007 (BAT-7)" in found.reason


def test_g12_what_waits_for_a_parent_alone_holds_nothing() -> None:
    waits = told(of_family(0, **parent(release=ReleaseFacts())), Gate.G12)
    rejected = told(of_family(0, **parent(release=released(since=None, rejected=True))), Gate.G12)
    assert (waits.hold_type, rejected.hold_type) == (None, HoldType.SUPPLY)


def test_g12_a_use_before_the_release_names_its_deviation() -> None:
    early = of_family(0, **parent(release=released(since=AFTER)))
    assert told(early, Gate.G12).asks == (Ask.DEVIATION,)
    elsewhere = of_family(0, **parent(release=released(elsewhere=("rejected for US",))))
    assert told(elsewhere, Gate.G12).asks == (Ask.EVIDENCE,)


def test_what_failed_in_a_batch_that_was_worked_again_is_why_and_its_holds_went_along() -> None:
    failed = {
        "oos": (OosFacts(oos_id="OOS-1", kind=OosKind.OOS, test="Assay", state=OosState.CONFIRMED),),
        "holds": (HoldFacts(hold_id="HOLD-1", type=HoldType.OOS, reason="OOS-1"),),
    }
    again = of_family(1, relations=frozenset({R.REWORK}), **failed)
    assert {each.verdict for each in evaluate(again, {}, AT)} == {PASS}
    open_still = of_family(
        1,
        relations=frozenset({R.REWORK}),
        oos=(OosFacts(oos_id="OOS-1", kind=OosKind.OOS, test="Assay", state=OosState.INVESTIGATION),),
    )
    assert told(open_still, Gate.G8).verdict is FAIL
    both = of_family(1, relations=frozenset({R.REWORK, R.INTERMEDIATE}), **failed)
    assert {told(both, gate).verdict for gate in (Gate.G8, Gate.G14)} == {FAIL}


@pytest.mark.parametrize(
    ("stage", "market", "verdict", "asks"),
    [
        (SupplyStage.STARTING_MATERIAL, "EU", PASS, ()),
        (SupplyStage.INTERMEDIATE, "EU", NEEDS, (Ask.QP_DECLARATION,)),
        (SupplyStage.API, "EU", NEEDS, (Ask.QP_DECLARATION,)),
        (SupplyStage.API, "US", NEEDS, (Ask.EVIDENCE,)),
        (SupplyStage.BULK, "EU", NEEDS, (Ask.EVIDENCE,)),
        (SupplyStage.FINISHED, "EU", NEEDS, (Ask.EVIDENCE,)),
    ],
)
def test_g3_asks_for_the_evidence_of_the_stage(
    stage: SupplyStage, market: str, verdict: GateVerdict, asks: tuple[Ask, ...]
) -> None:
    found = told(of_family(1, supply_stage=stage, certificates=(), **of_market(market)), Gate.G3)
    assert (found.verdict, found.asks) == (verdict, asks)


@pytest.mark.parametrize(
    ("outcome", "facts", "verdict"),
    [
        (AuthorityOutcome.NAI, {"certificates": ()}, PASS),
        (AuthorityOutcome.VAI, {"certificates": ()}, PASS),
        (AuthorityOutcome.OAI, {"certificates": ()}, NEEDS),
        (AuthorityOutcome.OAI, {}, NEEDS),
        (None, {}, PASS),
        (None, {"certificates": ()}, NEEDS),
    ],
)
def test_g3_an_inspection_by_the_fda_counts_for_the_states(
    outcome: AuthorityOutcome | None, facts: dict[str, Any], verdict: GateVerdict
) -> None:
    inspected = {"scope_id": "SC-1", "case_id": "INS-1", "outcome": outcome, "last_day": date(2024, 5, 1)}
    seen = (InspectionFacts.model_validate(inspected),) if outcome else ()
    assert told(of_family(0, **of_market("US"), inspections=seen, **facts), Gate.G3).verdict is verdict


UPLOADERS = {
    "DOC-5": {Uploader(Role.CDMO_QA, "VM-02")},
    "DOC-6": {Uploader(Role.CDMO_QA, "LR-01")},
    "DOC-9": {Uploader(Role.CDMO_QU_HEAD, SITE)},
    "DOC-7": {Uploader(Role.QP)},
    "DOC-8": {Uploader(Role.SUPPLY_CHAIN)},
}


def grounded(batch: BatchEvidence, /, **judgement: Any) -> dict[str, str]:
    """The faults of a judgement of G12 or of the gate that it names."""
    given = {"gate": "G12", "rationale": "The material met its specification; nothing else was affected.", **judgement}
    form = filled(QpCertification, judgements=[given])
    results = evaluate(batch, {each.gate: each.rationale for each in form.judgements}, AT)
    try:
        refuse_unless_grounded(form, results, batch, uploaders=UPLOADERS)
    except Refused as refused:
        return {field.removeprefix("judgements.0."): fault for field, fault in refused.refusal.fields.items()}
    return {}


DECLARED = DeclarationFacts(
    scope_id="SC-2",
    number="QPD-7",
    holder="Aurelia Pharma",
    audit_id="AUD-7",
    declared_on=TODAY - timedelta(days=9),
    valid_until=TODAY,
)


def substance(depth: int = 3, **changes: Any) -> BatchEvidence:
    """The maker of an active substance has no certificate; a qualified person has declared on it."""
    facts = {"declarations": (DECLARED.model_copy(update=changes),), "certificates": ()}
    return of_family(depth, supply_stage=SupplyStage.API, **facts)


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, PASS, "on audit AUD-7, "),
        ({"valid_until": TODAY - timedelta(days=1)}, NEEDS, ", over"),
        ({"withdrawn_on": TODAY}, NEEDS, f", withdrawn on {TODAY}"),
        ({"unacceptable": "AUD-8"}, NEEDS, ", not counting: audit AUD-8 found it unacceptable"),
    ],
)
def test_g3_a_declaration_in_force_shows_the_gmp_of_the_maker(
    changes: dict[str, Any], verdict: GateVerdict, words: str
) -> None:
    found = told(substance(**changes), Gate.G3)
    assert found.verdict is verdict
    (line,) = (each for each in found.looked_at if "QPD-7" in each)
    assert line.startswith(
        "B-002 (BAT-2): manufacture of the active substance at Other site (OB-01): declared in "
        "QPD-7 for Aurelia Pharma on audit AUD-7, "
    )
    assert words in line


def test_g3_a_declaration_counts_only_while_the_site_is_active_and_in_the_union_alone() -> None:
    stopped = {"now": AslStatus.SUSPENDED, "reach_now": SuspensionScope.NEW_ORDERS}
    facts: dict[str, Any] = {"declarations": (DECLARED,), "certificates": (), "supply_stage": SupplyStage.API}
    suspended = of_family(3, **facts, scopes=(OTHER.model_copy(update=stopped),))
    assert told(suspended, Gate.G3).verdict is NEEDS
    assert any("the site is suspended" in each for each in told(suspended, Gate.G3).looked_at)
    assert told(of_family(3, **facts, **of_market("US")), Gate.G3).verdict is NEEDS
    assert told(of_family(3, **{**facts, "supply_stage": SupplyStage.BULK}), Gate.G3).verdict is NEEDS


def test_a_judgement_names_the_declarations_that_covered_each_maker() -> None:
    over = substance(valid_until=TODAY - timedelta(days=1))
    assert set(grounded(over, gate="G3")) == {"qp_declarations"}
    assert grounded(over, gate="G3", qp_declarations=["QPD-7"]) == {}
    assert set(grounded(over, gate="G3", qp_declarations=["QPD-8"])) == {"qp_declarations", "qp_declarations.0"}
    other = substance(valid_until=TODAY - timedelta(days=1))
    elsewhere = other.model_copy(update={"declarations": (DECLARED.model_copy(update={"scope_id": "SC-1"}),)})
    bare = elsewhere.model_copy(
        update={"ancestors": tuple(each.model_copy(update={"declarations": ()}) for each in elsewhere.ancestors)}
    )
    assert grounded(bare, gate="G3", qp_declarations=["QPD-7"]) == {
        "qp_declarations": "is not the one that G3 asks for, on SC-2"
    }
    withdrawn = substance(withdrawn_on=TODAY)
    assert grounded(withdrawn, gate="G3", qp_declarations=["QPD-7"]) == {
        "qp_declarations.0": f"was withdrawn on {TODAY}"
    }
    document = {"document_id": "DOC-5", "sha256": "0" * 64}
    assert set(grounded(over, gate="G3", qp_declaration=document)) == {"qp_declaration", "qp_declarations"}


def deviation(state: DeviationState) -> tuple[DeviationFacts, ...]:
    return (DeviationFacts(deviation_id="DEV-4", deviation_class=DeviationClass.MINOR, state=state),)


def _numbered(number: str) -> DeviationFacts:
    return DeviationFacts(deviation_id=number, deviation_class=DeviationClass.MINOR, state=DeviationState.CLOSED)


def test_a_judgement_names_the_deviation_that_is_there_and_closed() -> None:
    early = of_family(0, **parent(release=released(since=AFTER)), deviations=deviation(DeviationState.CLOSED))
    assert grounded(early)["deviation_id"].startswith("is required")
    assert grounded(early, deviation_id="DEV-9") == {
        "deviation_id": "is no deviation of the batch or of one that it comes from"
    }
    assert grounded(early, deviation_id="dev 4") == {}
    another = early.model_copy(
        update={"deviations": (), "ancestors": (ANCESTOR.model_copy(update={"deviations": (_numbered("DEV-4"),)}),)}
    )
    assert set(grounded(another, deviation_id="DEV-4")) == {"deviation_id"}
    still = early.model_copy(update={"deviations": deviation(DeviationState.OPEN)})
    assert grounded(still, deviation_id="DEV-4") == {"deviation_id": "is open"}


def test_a_judgement_of_a_gap_in_the_agreement_rests_on_the_statement_of_the_site() -> None:
    later = tuple(each.model_copy(update={"first": TODAY - timedelta(days=1)}) for each in CLEAN.agreements)
    gap = of_family(0, agreements=later, deviations=deviation(DeviationState.CLOSED))
    own, foreign = ({"document_id": name, "sha256": "0" * 64} for name in ("DOC-5", "DOC-6"))
    assert set(grounded(gap, gate="G2")) == {"deviation_id", "site_statement"}
    assert set(grounded(gap, gate="G2", deviation_id="DEV-4", site_statement=foreign)) == {"site_statement"}
    assert grounded(gap, gate="G2", deviation_id="DEV-4", site_statement=own) == {}


def test_a_gap_at_two_sites_needs_what_each_of_them_states_and_a_deviation_of_each_batch() -> None:
    later = tuple(each.model_copy(update={"first": TODAY - timedelta(days=1)}) for each in CLEAN.agreements)
    of_the_other = tuple(each.model_copy(update={"scope_id": "SC-2"}) for each in later)
    other = ANCESTOR.model_copy(update={"agreements": of_the_other, "deviations": (_numbered("DEV-5"),)})
    gap = of_family(0, agreements=later, deviations=(_numbered("DEV-4"),), ancestors=(other,))
    own, foreign = ({"document_id": name, "sha256": "0" * 64} for name in ("DOC-5", "DOC-9"))
    one = {"deviation_id": "DEV-4", "site_statement": own}
    assert grounded(gap, gate="G2", **one) == {
        "site_statement": "is not the one that G2 asks for, of the quality unit of Other site (OB-01)",
    }
    unheard = {"deviation_id": "DEV-5", "site_statement": {**own, "document_id": "DOC-6"}}
    fault = "was not uploaded by the quality unit of a site that made a part of it"
    assert grounded(gap, gate="G2", **one, further=[unheard])["further.0.site_statement"] == fault
    assert grounded(gap, gate="G2", **one, further=[{"deviation_id": "DEV-5", "site_statement": foreign}]) == {}


def test_words_alone_carry_no_judgement() -> None:
    changed = of_family(
        0, changes=(ChangeFacts(change_id="CC-1", case_id="CHG-1", approved=True, filing=Filing.VARIATION),)
    )
    assert grounded(changed, gate="G10") == {"evidence": "is required: G10 asks for it"}
    assert grounded(changed, gate="G10", evidence=[{"document_id": "DOC-8", "sha256": "0" * 64}]) == {}


def test_a_judgement_of_a_lifted_suspension_names_its_reinstatement() -> None:
    lifted = (StatusFacts(status=AslStatus.SUSPENDED, reach=SuspensionScope.FULL, lifted_in="STA-1"),)
    made_meanwhile = of_family(0, **scope(during=lifted))
    assert set(grounded(made_meanwhile, gate="G1")) == {"reinstatement"}
    assert set(grounded(made_meanwhile, gate="G1", reinstatement="STA-2")) == {"reinstatement"}
    assert grounded(made_meanwhile, gate="G1", reinstatement="STA-1") == {}
    again = of_family(0, **scope(during=(*lifted, lifted[0].model_copy(update={"lifted_in": "STA-3"}))))
    assert set(grounded(again, gate="G1", reinstatement="STA-1")) == {"reinstatement"}
    assert grounded(again, gate="G1", reinstatement="STA-1", further=[{"reinstatement": "STA-3"}]) == {}


DEPARTED = DepartureFacts(
    parameter="Temperature",
    deviation_id="DEV-4",
    accepted=True,
    assessed_by="carla",
    filing=DepartureFilingImpact.REPORT,
    cause_corrected=True,
)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, NEEDS),
        ({"deviation_id": None}, FAIL),
        ({"limit_missed": True}, FAIL),
        ({"cause_corrected": False}, FAIL),
        ({"cause_corrected": False, "registered": False}, NEEDS),
        ({"known_since": "DEV-1 of batch B-001"}, FAIL),
        ({"accepted": False}, FAIL),
        ({"filing": None}, NEEDS),
        ({"assessed_by": None, "cause_corrected": False}, NEEDS),
    ],
)
def test_g6_puts_a_departure_of_an_ancestor_before_who_certifies(
    depth: int, changes: dict[str, Any], verdict: GateVerdict
) -> None:
    found = told(of_family(depth, departures=(DEPARTED.model_copy(update=changes),)), Gate.G6)
    assert (found.verdict, "B-002 (BAT-2): " in found.reason) == (verdict, True)


def test_g6_asks_nothing_of_what_was_worked_again_for_its_departure() -> None:
    evidence = of_family(1, departures=(DEPARTED,), relations=frozenset({Relation.REWORK}))
    assert told(evidence, Gate.G6).verdict is PASS


SENT = AT - timedelta(days=40)
BEGAN = AT - timedelta(days=30)
ENDED = AT - timedelta(days=10)
GOES: dict[str, Any] = {"shipment_id": "SHP-1", "within_limits": None, "dispatched_at": SENT, "to_site_id": "TB-01"}


@pytest.mark.parametrize(
    ("changes", "uses", "verdict"),
    [
        ({}, (BEGAN,), FAIL),  # the receipt was not told
        ({"received_at": BEGAN - timedelta(days=1)}, (BEGAN,), FAIL),
        ({"received_at": BEGAN - timedelta(days=1), "within_limits": True}, (BEGAN,), PASS),
        ({"received_at": BEGAN - timedelta(days=1), "to_site_id": None}, (BEGAN,), FAIL),
        ({"received_at": BEGAN - timedelta(days=1), "to_site_id": "CR-01"}, (BEGAN,), PASS),
        ({"received_at": BEGAN - timedelta(days=1), "to_site_id": "PK-02"}, (BEGAN,), FAIL),  # a subcontractor's
        ({"dispatched_at": ENDED + timedelta(days=1)}, (BEGAN,), PASS),
        ({"dispatched_at": ENDED - timedelta(days=1)}, (BEGAN,), FAIL),  # in the campaign
        ({"dispatched_at": ENDED - timedelta(days=1), "to_site_id": "PK-02"}, (BEGAN,), FAIL),
        ({"is_measured": False}, (BEGAN,), PASS),
        ({}, (None,), PASS),
        ({}, (), PASS),
        ({"within_limits": False, "to_site_id": "CR-01"}, (BEGAN,), FAIL),
    ],
)
def test_g12_waits_for_the_data_of_what_a_batch_may_have_been_made_of(
    changes: dict[str, Any], uses: tuple[datetime | None, ...], verdict: GateVerdict
) -> None:
    transport = TransportFacts(**{**GOES, **changes})
    taken = tuple(UseFacts(site_ids=frozenset({"TB-01", "PK-02"}), began_at=each, ended_at=ENDED) for each in uses)
    assert told(of_family(1, transports=(transport,), uses=taken), Gate.G12).verdict is verdict


def test_g12_waits_for_no_goods_under_way_where_others_had_arrived() -> None:
    came = TransportFacts(**{**GOES, "shipment_id": "SHP-2", "within_limits": True, "received_at": BEGAN})
    under_way = TransportFacts(**GOES)
    taken = (UseFacts(site_ids=frozenset({"TB-01", "PK-02"}), began_at=BEGAN),)
    assert told(of_family(1, transports=(came, under_way), uses=taken), Gate.G12).verdict is PASS
    late = came.model_copy(update={"received_at": BEGAN + timedelta(days=1)})
    assert told(of_family(1, transports=(late, under_way), uses=taken), Gate.G12).verdict is FAIL
    other = under_way.model_copy(update={"to_site_id": "PK-02"})
    assert told(of_family(1, transports=(came, other), uses=taken), Gate.G12).verdict is FAIL


@pytest.mark.parametrize("ended", [ENDED, None])
def test_g12_waits_for_no_goods_sent_in_a_campaign_where_others_had_arrived(ended: datetime | None) -> None:
    taken = (UseFacts(site_ids=frozenset({"TB-01"}), began_at=BEGAN, ended_at=ended),)
    sent = TransportFacts(**{**GOES, "dispatched_at": BEGAN + timedelta(days=5)})
    came = sent.model_copy(update={"shipment_id": "SHP-2", "within_limits": True})
    for days, verdict in ((10, PASS), (21, PASS if ended is None else FAIL)):
        other = came.model_copy(update={"received_at": BEGAN + timedelta(days=days)})
        assert told(of_family(1, transports=(sent, other), uses=taken), Gate.G12).verdict is verdict
