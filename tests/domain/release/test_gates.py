"""Every gate of section 8: what passes it, what closes it, what is left to judgement."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.asl.asl import AslStatus, SuspensionScope
from domain.audit.finding import FindingStatus
from domain.audit.outcome import Recommendation
from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.disposition import SiteVerdict
from domain.batch.gate.batch_facts import ChangeFacts, DeviationFacts, OosFacts, ValueFacts
from domain.batch.gate.chain_facts import TransportFacts
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.gate import ExceptionFacts, Gate
from domain.batch.gate.results import Ask, GateResult, GateVerdict
from domain.batch.gate.site_facts import AgreementFacts, CriticalFacts, CriticalUnderWay, ReportFacts, StatusFacts
from domain.batch.holds.holds import HoldType
from domain.batch.market_refusal import Refusal, RefusedAs, SeenRefusal
from domain.batch.results.oos import OosKind
from domain.batch.supply_stage import SupplyStage
from domain.change.decision import Filing
from domain.core.people import Role
from domain.event.site_event import EventType
from domain.policy.market_rule import DecisionRule
from domain.policy.rejection_grounds import RejectionGrounds
from domain.release.compliance_gates import certificate_types
from domain.release.evidence import BatchEvidence
from domain.release.gates import evaluate
from domain.site.certificate import CertificateType
from domain.site.site import Activity
from tests.domain.evidence import (
    AGREEMENT,
    AT,
    AUDIT,
    CERTIFICATE,
    CLEAN,
    DISPOSITION,
    LAST,
    PARENT,
    REPORT,
    REVIEWS,
    SCOPE,
    TODAY,
    VALUE,
    but,
    review,
    with_analysis,
    with_audit,
    with_certificate,
    with_process,
    with_scope,
)

PASS, FAIL, NEEDS, EXCEPTED = (
    GateVerdict.PASS,
    GateVerdict.FAIL,
    GateVerdict.NEEDS_JUDGEMENT,
    GateVerdict.EXCEPTED,
)


def unmeasured(**known: Any) -> TransportFacts:
    """A delivery whose conditions ask for no logger."""
    return TransportFacts(shipment_id="SHP-1", within_limits=None, is_measured=False, **known)


S, R = AslStatus, SuspensionScope
TOLD = CriticalUnderWay(audit_id="AUD-3", told_on=TODAY)


def told(evidence: BatchEvidence, gate: Gate, judgements: dict[Gate, str] | None = None) -> GateResult:
    (found,) = [each for each in evaluate(evidence, judgements or {}, AT) if each.gate is gate]
    return found


def test_a_batch_that_nothing_stands_against_passes_every_gate_in_their_order() -> None:
    results = evaluate(CLEAN, {}, AT)
    assert [each.gate for each in results] == list(Gate)
    assert {each.verdict for each in results} == {PASS}
    assert all(each.looked_at and each.reason and each.hold_type is None for each in results)


def stood(status: AslStatus | None, reach: SuspensionScope | None = None, **more: Any) -> tuple[StatusFacts, ...]:
    return (StatusFacts(status=status, reach=reach, **more),)


def sub(**changes: Any) -> BatchEvidence:
    """A subcontractor does a part of the work, as fit as the site itself."""
    other: dict[str, Any] = {"scope_id": "SC-2", "site_id": "OB-01", "is_subcontractor": True}
    return but(
        scopes=(SCOPE, SCOPE.model_copy(update={**other, **changes})),
        agreements=(AGREEMENT, AGREEMENT.model_copy(update={"scope_id": "SC-2"})),
        certificates=(CERTIFICATE, CERTIFICATE.model_copy(update={"scope_id": "SC-2"})),
        audits=(AUDIT, AUDIT.model_copy(update={"scope_id": "SC-2"})),
    )


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (with_scope(during=stood(S.PROBATION), now=S.PROBATION), PASS),
        (with_scope(during=stood(None)), FAIL),
        (with_scope(during=stood(S.SUSPENDED, R.FULL)), FAIL),
        (with_scope(during=(*stood(S.SUSPENDED, R.FULL), *stood(S.APPROVED))), FAIL),
        (with_scope(during=(*stood(S.APPROVED), *stood(None))), FAIL),
        (with_scope(during=stood(S.SUSPENDED, R.NEW_ORDERS)), NEEDS),
        (with_scope(during=stood(S.SUSPENDED, R.FULL, lifted_in="STA-1")), NEEDS),
        (with_scope(during=stood(S.EXPIRED, lifted_in="QC-2")), NEEDS),
        (with_scope(during=stood(S.EXPIRED)), FAIL),
        (with_scope(during=stood(S.RETIRED)), FAIL),
        (with_scope(during=stood(S.DISQUALIFIED)), FAIL),
        (with_scope(now=S.SUSPENDED, reach_now=R.NEW_ORDERS), PASS),
        (with_scope(now=S.SUSPENDED, reach_now=R.NEW_ORDERS_AND_RELEASE), FAIL),
        (with_scope(now=S.SUSPENDED, reach_now=R.FULL), FAIL),
        (with_scope(now=S.EXPIRED), FAIL),
        (with_scope(now=S.DISQUALIFIED), FAIL),
        (with_scope(now=S.RETIRED), PASS),
        (with_scope(now=None), FAIL),
        (with_scope(now=S.CONDITIONALLY_APPROVED), PASS),
        (with_scope(now=S.CONDITIONALLY_APPROVED, conditions_open=("QC-2/1",)), FAIL),
        (with_scope(now=S.SUSPENDED, reach_now=R.NEW_ORDERS, conditions_open=("QC-2/1",)), FAIL),
        (with_scope(now=S.PROBATION, conditions_open=("QC-2/1",)), FAIL),
        (with_scope(conditions_open=("QC-2/1",)), PASS),
        (sub(), PASS),
        (sub(not_approved_for="does not name"), FAIL),
        (sub(now=S.SUSPENDED, reach_now=R.FULL), FAIL),
        (but(last_day=None), PASS),
    ],
)
def test_g1_every_scope_was_approved_and_is_not_stopped_for_release(
    evidence: BatchEvidence, verdict: GateVerdict
) -> None:
    found = told(evidence, Gate.G1)
    assert found.verdict is verdict
    assert found.hold_type == (HoldType.SUPPLIER_STATUS if verdict is FAIL else None)


def test_g1_what_was_made_while_release_was_stopped_is_judged_on_the_evidence_of_the_reinstatement() -> None:
    found = told(with_scope(during=stood(S.SUSPENDED, R.NEW_ORDERS_AND_RELEASE, lifted_in="STA-1")), Gate.G1)
    assert found.reason.endswith("suspended for new orders and release while the batch was made, lifted in STA-1")
    assert found.asks == (Ask.REINSTATEMENT,)
    assert told(with_scope(during=stood(S.SUSPENDED, R.NEW_ORDERS)), Gate.G1).asks == (Ask.EVIDENCE,)


def version(first: date, last: date) -> AgreementFacts:
    return AGREEMENT.model_copy(update={"first": first, "last": last})


@pytest.mark.parametrize(
    ("agreements", "reason", "verdict"),
    [
        ((version(date(2025, 9, 1), date(2025, 9, 12)),), "", PASS),
        ((version(date(2025, 9, 2), date(2025, 9, 12)),), "2025-09-01", NEEDS),
        ((version(date(2025, 9, 1), date(2025, 9, 11)),), "2025-09-12", NEEDS),
        ((version(date(2025, 9, 6), date(2025, 12, 1)), version(date(2025, 1, 1), date(2025, 9, 5))), "", PASS),
        (
            (version(date(2025, 1, 1), date(2025, 9, 5)), version(date(2025, 9, 7), date(2025, 12, 1))),
            "2025-09-06",
            NEEDS,
        ),
        (
            (version(date(2025, 9, 3), date(2025, 9, 5)), version(date(2025, 9, 7), date(2025, 9, 10))),
            "on 2025-09-01 to 2025-09-02, 2025-09-06, 2025-09-11 to 2025-09-12",
            NEEDS,
        ),
        (
            (version(date(2025, 9, 1), date(2025, 9, 10)), version(date(2025, 9, 2), date(2025, 9, 4))),
            "on 2025-09-11 to 2025-09-12",
            NEEDS,
        ),
        ((version(TODAY, date(2028, 1, 1)),), "on 2025-09-01 to 2025-09-12", NEEDS),
        ((version(TODAY + timedelta(days=1), date(2028, 1, 1)),), "2025-09-01", FAIL),
        ((), "2025-09-01", FAIL),
    ],
)
def test_g2_an_agreement_was_in_force_on_every_day_of_manufacture_or_both_quality_units_judge(
    agreements: tuple[AgreementFacts, ...], reason: str, verdict: GateVerdict
) -> None:
    found = told(but(agreements=agreements), Gate.G2)
    assert found.verdict is verdict
    assert reason in found.reason
    assert found.asks == ((Ask.DEVIATION, Ask.SITE_STATEMENT) if verdict is NEEDS else ())


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (with_certificate(valid_to=TODAY), PASS),
        (with_certificate(valid_to=TODAY - timedelta(days=1)), NEEDS),
        (with_certificate(valid_to=None), PASS),
        (with_certificate(type=CertificateType.MIA), PASS),
        (with_certificate(covers_activity=False), NEEDS),
        (with_certificate(is_verified=False), NEEDS),
        (with_certificate(inspected_on=LAST), NEEDS),
        (with_certificate(inspected_on=None), PASS),
        (but(certificates=()), NEEDS),
        (but(first_day=None), PASS),
    ],
)
def test_g3_a_certificate_names_the_activity_then_and_now_or_it_is_judged(
    evidence: BatchEvidence, verdict: GateVerdict
) -> None:
    assert told(evidence, Gate.G3).verdict is verdict


def test_g3_a_certificate_that_another_has_replaced_counted_in_its_time() -> None:
    old = CERTIFICATE.model_copy(update={"is_verified": False, "valid_to": LAST})
    new = CERTIFICATE.model_copy(update={"certificate_id": "CERT-2", "inspected_on": date(2025, 9, 20)})
    assert told(but(certificates=(old, new)), Gate.G3).verdict is PASS
    assert told(but(certificates=(new,)), Gate.G3).verdict is NEEDS
    assert CertificateType.WDA in certificate_types(Activity.STORAGE) - certificate_types(Activity.API_MFG)


def outcome(recommendation: Recommendation, **more: Any) -> ReportFacts:
    return ReportFacts(audit_id="AUD-2", recommendation=recommendation, **more)


def of_a_supplier(**audit: Any) -> BatchEvidence:
    """A starting material: it rests on the qualification of its supplier, and on what audits of it have found."""
    return with_audit(**audit).model_copy(update={"supply_stage": SupplyStage.STARTING_MATERIAL})


DUE = TODAY - timedelta(days=90)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (with_audit(due=TODAY), PASS),
        (with_audit(due=DUE, justifiable_until=TODAY, is_api_for_union=False), NEEDS),
        (with_audit(due=DUE, justifiable_until=TODAY - timedelta(days=1), is_api_for_union=False), FAIL),
        (with_audit(due=DUE, justifiable_until=TODAY - timedelta(days=1)), NEEDS),
        (with_audit(reports=(outcome(Recommendation.CONDITIONAL),)), NEEDS),
        (with_audit(reports=(outcome(Recommendation.UNACCEPTABLE),)), FAIL),
        (with_audit(reports=(outcome(Recommendation.UNACCEPTABLE), REPORT)), FAIL),
        (with_audit(reports=(outcome(Recommendation.UNACCEPTABLE, verified_by="AUD-3"), REPORT)), PASS),
        (with_audit(reports=(outcome(Recommendation.CONDITIONAL, verified_by="AUD-3"), REPORT)), PASS),
        (with_audit(reports=()), PASS),
        (with_audit(unreported=("AUD-3",)), NEEDS),
        (with_audit(critical_under_way=(TOLD,)), NEEDS),
        (with_audit(last_day=None, due=None), FAIL),
        (but(audits_known=False), FAIL),
        (but(audits_known=None), PASS),
        (of_a_supplier(last_day=None, due=None, reports=()), PASS),
        (of_a_supplier(last_day=None, due=None, reports=(), critical_under_way=(TOLD,)), NEEDS),
        (of_a_supplier(last_day=None, due=None, reports=(outcome(Recommendation.UNACCEPTABLE),)), FAIL),
        (of_a_supplier(due=DUE, justifiable_until=TODAY - timedelta(days=1), is_api_for_union=False), FAIL),
    ],
)
def test_g4_audits_are_within_their_interval_positive_and_known(evidence: BatchEvidence, verdict: GateVerdict) -> None:
    assert told(evidence, Gate.G4).verdict is verdict


def test_g4_long_overdue_an_active_substance_for_the_union_is_justified_on_evidence() -> None:
    late = told(with_audit(due=DUE, justifiable_until=TODAY - timedelta(days=1)), Gate.G4)
    assert (late.verdict, late.asks) == (NEEDS, (Ask.EVIDENCE,))


def test_g5_what_was_critical_while_the_batch_was_made_and_is_settled_since_is_judged() -> None:
    facts = CriticalFacts(
        reference="FND-9", site_id="VM-02", site="Plant 2", status=FindingStatus.VERIFIED, is_open=False
    )
    found = told(but(critical=(facts,)), Gate.G5)
    assert (found.verdict, "while the batch was made" in found.reason) == (NEEDS, True)


def test_g5_nothing_critical_is_open() -> None:
    found = told(
        but(critical=(CriticalFacts(reference="FND-9", site_id="VM-02", site="Plant 2", status=FindingStatus.ISSUED),)),
        Gate.G5,
    )
    assert (found.verdict, found.hold_type) == (FAIL, HoldType.FINDING)
    assert "FND-9" in found.reason


def value(**changes: Any) -> tuple[ValueFacts, ...]:
    return (VALUE.model_copy(update=changes),)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (with_process(values=value(in_nor=False)), FAIL),
        (with_process(values=value(in_nor=False), deviations=("Coupling temperature",)), PASS),
        (with_process(values=value(in_nor=False, in_par=False), deviations=("Coupling temperature",)), FAIL),
        (with_process(values=value(in_nor=False, in_par=False, is_critical=False)), FAIL),
        (
            with_process(
                critical=(),
                values=value(in_nor=False, in_par=False, is_critical=False),
                deviations=("Coupling temperature",),
            ),
            PASS,
        ),
        (with_process(values=()), FAIL),
        (with_process(values=(*value(in_nor=False, in_par=False), VALUE)), FAIL),
        (with_process(values=(*value(in_nor=False, in_par=False, is_superseded=True), VALUE)), PASS),
        (with_process(values=value(is_superseded=True)), FAIL),
        (with_process(set_id=None), FAIL),
        (with_process(effective_set_id="PS-2"), FAIL),
    ],
)
def test_g6_critical_parameters_lie_within_their_proven_ranges(evidence: BatchEvidence, verdict: GateVerdict) -> None:
    assert told(evidence, Gate.G6).verdict is verdict


@pytest.mark.parametrize("of", DeviationClass)
@pytest.mark.parametrize("state", DeviationState)
def test_g7_deviations_are_closed_and_grave_ones_accepted(of: DeviationClass, state: DeviationState) -> None:
    facts = DeviationFacts(deviation_id="DEV-1", deviation_class=of, state=state)
    settled = state is DeviationState.ACCEPTED or (state is DeviationState.CLOSED and of is DeviationClass.MINOR)
    assert told(but(deviations=(facts,)), Gate.G7).verdict is (PASS if settled else FAIL)


UNDER_WAY = {
    OosState.LABORATORY,
    OosState.INVALIDATION_PROPOSED,
    OosState.INVESTIGATION,
    OosState.DISCOUNT_PROPOSED,
}


@pytest.mark.parametrize(
    ("kind", "passing"),
    [
        (OosKind.OOS, {OosState.INVALIDATED, OosState.DISCOUNTED}),
        (OosKind.OOE, set(OosState) - UNDER_WAY),
        (OosKind.OOT, set(OosState) - UNDER_WAY),
    ],
)
def test_g8_no_result_stands_against_the_batch(kind: OosKind, passing: set[OosState]) -> None:
    facts = {state: OosFacts(oos_id="OOS-1", kind=kind, test="Impurity I-3", state=state) for state in OosState}
    assert {state for state, each in facts.items() if told(but(oos=(each,)), Gate.G8).passes} == passing
    only_there = {state: each.model_copy(update={"market": "US"}) for state, each in facts.items()}
    assert all(told(but(oos=(each,)), Gate.G8).passes for each in only_there.values())


def test_g8_a_failing_result_that_nobody_has_investigated_stands_though_its_certificate_was_replaced() -> None:
    found = told(but(unexplained=("Impurity I-3 0.27 %",)), Gate.G8)
    assert (found.verdict, found.reason) == (FAIL, "Impurity I-3 0.27 % was never investigated")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"spec_id": None, "spec_version": None}, FAIL),
        ({"certificates": ()}, FAIL),
        ({"missing": ("Assay",)}, FAIL),
        ({"failed": ("Impurity I-3: 0.27 > 0.15",)}, FAIL),
        ({"unreadable": ("Assay: no number",)}, FAIL),
        ({"disagrees": ("Assay",)}, FAIL),
        ({"own_testing_differs": ("Assay: 7.8 %",)}, FAIL),
        ({"own_testing_overdue": True}, FAIL),
        ({"unknown": ("Colour",)}, PASS),
    ],
)
def test_g9_the_certificate_of_analysis_passes_as_recomputed(changes: dict[str, Any], verdict: GateVerdict) -> None:
    assert told(with_analysis(**changes), Gate.G9).verdict is verdict


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, PASS),
        ({"case_id": None}, FAIL),
        ({"approved": False}, FAIL),
        ({"filing": Filing.NO_FILING}, PASS),
        ({"filing": Filing.VARIATION, "reference": "IB-12"}, NEEDS),
        ({"touches_registration": True}, NEEDS),
        ({"touches_registration": True, "filing": Filing.NO_FILING}, PASS),
    ],
)
def test_g10_changes_are_approved_and_registered(change: dict[str, Any], verdict: GateVerdict) -> None:
    facts = ChangeFacts(**{"change_id": "CC-41", "case_id": "CHG-1", "approved": True, **change})
    assert told(but(changes=(facts,)), Gate.G10).verdict is verdict


@pytest.mark.parametrize(
    "evidence",
    [
        but(reviews=REVIEWS[:2]),
        but(reviews=(*REVIEWS[:2], review("review-process", "carla", failed=("G6",)))),
        but(reviews=(*REVIEWS[:2], review("review-process", "carla", is_outdated=True))),
        but(disposition=None),
        but(disposition=DISPOSITION.model_copy(update={"verdict": SiteVerdict.REJECTED})),
    ],
)
def test_g11_refuses_without_separate_reviews_and_holds_nothing(evidence: BatchEvidence) -> None:
    found = told(evidence, Gate.G11)
    assert (found.verdict, found.hold_type) == (FAIL, None)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (but(materials=()), FAIL),
        (but(materials=(), parents=(PARENT,)), PASS),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=True),)), PASS),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=False),)), FAIL),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=False, market="US"),)), PASS),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=None, received_at=AT),)), FAIL),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=None, is_in_quarantine=True),)), FAIL),
        (but(transports=(TransportFacts(shipment_id="SHP-1", within_limits=None),)), PASS),
        (but(transports=(unmeasured(is_in_quarantine=True),)), PASS),
        (but(transports=(unmeasured(received_at=AT),)), PASS),
    ],
)
def test_g12_materials_and_transport_are_known(evidence: BatchEvidence, verdict: GateVerdict) -> None:
    assert told(evidence, Gate.G12).verdict is verdict


@pytest.mark.parametrize(
    ("market", "needs", "words"),
    [
        ("DE", DecisionRule.QP, "DE: certificate of a qualified person"),
        ("US", DecisionRule.QCU, "US: approval of the quality unit"),
        ("GB", DecisionRule.MARKET, "GB: release by qualified person or responsible person (import)."),
        ("EU", DecisionRule.PROCESSING, "EU: release for further processing"),
        ("EU", DecisionRule.CONFIRMATION, "EU: confirmation of a qualified person of the site"),
    ],
)
def test_g13_says_which_rule_decides(market: str, needs: DecisionRule, words: str) -> None:
    deciders = (Role.QP, Role.RP_IMPORT)
    found = told(but(market=market, needs=needs, deciders=deciders), Gate.G13)
    assert found.verdict is PASS
    assert found.reason.startswith(words)


@pytest.mark.parametrize("of", HoldType)
def test_g14_a_hold_of_any_type_refuses_and_leads_to_no_other(of: HoldType) -> None:
    hold = HoldFacts(hold_id="HOLD-1", type=of, reason="As found.")
    found = told(but(holds=(hold,)), Gate.G14, {Gate.G14: "It does not matter."})
    assert (found.verdict, found.hold_type) == (FAIL, None)
    elsewhere = hold.model_copy(update={"market": "US"})
    assert told(but(holds=(elsewhere,)), Gate.G14).verdict is PASS


def test_g14_a_release_that_is_doubted_stops_the_other_markets() -> None:
    found = told(but(is_reviewed_again=True), Gate.G14)
    assert (found.verdict, found.reason, found.hold_type) == (FAIL, "a review after its release is open", None)


@pytest.mark.parametrize("how", RefusedAs)
@pytest.mark.parametrize("grounds", [(), (RejectionGrounds.COMMERCIAL,), (RejectionGrounds.SAFETY,)])
def test_g13_what_another_market_has_decided_is_judged_whatever_its_grounds(
    how: RefusedAs, grounds: tuple[RejectionGrounds, ...]
) -> None:
    refusal = Refusal(batch_id="BAT-1", market="US", how=how, grounds=grounds, because="As found.")
    seen = but(elsewhere=(SeenRefusal(refusal=refusal),))
    found = told(seen, Gate.G13)
    assert (found.verdict, found.reason) == (GateVerdict.NEEDS_JUDGEMENT, refusal.words(seen.name))
    assert told(seen, Gate.G13, {Gate.G13: "It is about the US alone."}).verdict is GateVerdict.JUDGED
    judged = told(but(elsewhere=(SeenRefusal(refusal=refusal, judged=("Quentin: may go on, on DOC-1",)),)), Gate.G13)
    assert judged.verdict is PASS
    assert judged.looked_at[1:] == (refusal.words(seen.name), "Quentin: may go on, on DOC-1")


def test_g14_an_open_recall_or_alert_holds_the_batch() -> None:
    event = SiteEventFacts(event_id="EVT-1", type=EventType.IMPORT_ALERT, site_id="VM-02", site="Plant 2")
    found = told(but(events=(event,)), Gate.G14)
    assert (found.verdict, found.hold_type) == (FAIL, HoldType.REG)


@pytest.mark.parametrize(
    ("gate", "market", "days", "verdict"),
    [
        (Gate.G4, "EU", 0, EXCEPTED),
        (Gate.G4, "US", 0, FAIL),
        (Gate.G4, "EU", 1, FAIL),
        (Gate.G3, "EU", 0, FAIL),
    ],
)
def test_an_exception_opens_its_own_gate_for_its_own_market_once_granted(
    gate: Gate, market: str, days: int, verdict: GateVerdict
) -> None:
    granted = ExceptionFacts(
        exception_id="BAT-1/1",
        gate=gate,
        market=market,
        authority_letter="DOC-9",
        granted_at=AT + timedelta(days=days),
    )
    evidence = with_audit(last_day=None, due=None).model_copy(update={"exceptions": (granted,)})
    assert told(evidence, Gate.G4).verdict is verdict


def test_an_exception_never_opens_another_kind_of_gate() -> None:
    granted = ExceptionFacts(exception_id="BAT-1/1", gate=Gate.G9, market="EU", authority_letter="DOC-9", granted_at=AT)
    evidence = with_analysis(certificates=()).model_copy(update={"exceptions": (granted,)})
    assert told(evidence, Gate.G9).verdict is FAIL


@pytest.mark.parametrize(
    ("rationale", "verdict"), [("Extended by public notice.", GateVerdict.JUDGED), ("  ", NEEDS), (None, NEEDS)]
)
def test_what_is_in_doubt_is_passed_by_what_the_certifier_writes(rationale: str | None, verdict: GateVerdict) -> None:
    judgements = {Gate.G3: rationale} if rationale is not None else {}
    found = told(but(certificates=()), Gate.G3, judgements)
    assert (found.verdict, found.passes) == (verdict, verdict is GateVerdict.JUDGED)
    assert verdict is not GateVerdict.JUDGED or found.looked_at[-1].startswith("judged: no valid certificate")


def test_no_rationale_opens_what_has_failed() -> None:
    found = told(with_audit(due=None), Gate.G4, {Gate.G4: "We know the site well."})
    assert (found.verdict, found.passes) == (FAIL, False)


def test_g6_a_step_without_critical_parameters_is_made_by_its_master_instruction() -> None:
    without: dict[str, Any] = {"instruction": "MBR-204 v3", "set_id": None, "critical": (), "values": ()}
    found = told(with_process(**without, effective_set_id=None), Gate.G6)
    assert (found.verdict, found.looked_at) == (GateVerdict.NOT_APPLICABLE, ("master instruction: MBR-204 v3",))
    assert told(with_process(**without, effective_set_id="PS-1"), Gate.G6).verdict is FAIL
    assert told(with_process(**{**without, "instruction": None}, effective_set_id=None), Gate.G6).verdict is FAIL
