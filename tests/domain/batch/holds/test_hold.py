"""Who holds a batch, who lifts a hold, and what keeps it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.batch.holds.hold import (
    KNOWN_TO_SITE,
    LIFTERS,
    Causes,
    HoldPlacement,
    HoldReview,
    HoldsEvaluation,
    LiftConfirmation,
    LiftProposal,
    LongHoldReview,
    StandingHold,
    barred_from_confirming,
    refuse_unless_owned,
    refuse_unless_placeable,
    refuse_unless_stands,
    refuse_while_caused,
)
from domain.batch.holds.holds import BatchState, HoldType, is_held
from domain.core.document import RecordVersion
from domain.core.forms import Meaning
from domain.core.people import NEVER_SIGN, Role
from domain.core.refusals import Refused
from tests.domain.filling import faults, filled

NOON = datetime(2025, 1, 13, 12, tzinfo=UTC)
READ = RecordVersion(version=1, sha256="0" * 64)


def a_hold(**changes: Any) -> StandingHold:
    return StandingHold.model_validate(
        {"hold_id": "HOLD-1", "type": HoldType.OOS, "reason": "I-3 0.27 %", "placed_at": NOON, **changes}
    )


def test_the_program_has_no_hand_in_holds_but_placing_them() -> None:
    forms = (HoldPlacement, LiftProposal, LiftConfirmation, HoldReview, LongHoldReview)
    assert [form for form in forms if form.action.by & NEVER_SIGN] == []
    assert set(LIFTERS) == set(HoldType)
    assert all(roles and not roles & NEVER_SIGN for roles in LIFTERS.values())
    assert filled(LiftConfirmation, confirm=False).meaning() is Meaning.REJECTED
    assert not {HoldType.EVENT, HoldType.FINDING, HoldType.AUDIT, HoldType.MANUAL} & KNOWN_TO_SITE


@pytest.mark.parametrize(
    ("changes", "state", "expected"),
    [
        ({}, BatchState.OPEN, set()),
        ({"markets": ["EU", "US"]}, BatchState.OPEN, set()),
        ({}, BatchState.CERTIFIED, set()),
        ({"markets": ["US"], "hold_type": "REG"}, BatchState.CERTIFIED, set()),
        ({}, BatchState.CLOSED, {"<section 8, hold>"}),
        ({"hold_type": "EVENT"}, BatchState.OPEN, {"hold_type"}),
        ({"markets": ["EU", "JP"]}, BatchState.OPEN, {"markets.1"}),
    ],
)
def test_a_batch_that_is_open_or_released_is_held_for_its_own_markets(
    changes: dict[str, Any], state: BatchState, expected: set[str]
) -> None:
    form = filled(HoldPlacement, {"hold_type": "MANUAL", **changes})
    assert faults(lambda: refuse_unless_placeable(form, state=state, markets=["EU", "US"])) == expected


@pytest.mark.parametrize(
    ("type_", "placer", "left", "role", "rules"),
    [
        (HoldType.SUPPLIER_STATUS, None, False, Role.SUPPLIER_QUALITY, set()),
        (HoldType.SUPPLIER_STATUS, None, False, Role.HEAD_QA, {"<S15>"}),
        (HoldType.PROCESS, None, False, Role.CMC_LEAD, set()),
        (HoldType.PROCESS, None, False, Role.QA_APPROVER, {"<S15>"}),
        (HoldType.OOS, None, False, Role.QC_REVIEWER, set()),
        (HoldType.CHANGE, None, False, Role.REG_AFFAIRS, set()),
        (HoldType.DEVIATION, None, False, Role.QP, {"<S15>"}),
        (HoldType.OOS, "PER-1", False, Role.LEAD_AUDITOR, set()),
        (HoldType.OOS, "PER-2", False, Role.QC_REVIEWER, {"<S15>"}),
        (HoldType.OOS, "PER-2", True, Role.HEAD_QA, set()),
        (HoldType.OOS, "PER-2", True, Role.QC_REVIEWER, {"<S15>"}),
        (HoldType.OOS, "PER-2", False, Role.HEAD_QA, {"<S15>"}),
    ],
)
def test_who_has_placed_a_hold_lifts_it_and_of_a_rules_hold_its_owner(
    type_: HoldType, placer: str | None, *, left: bool, role: Role, rules: set[str]
) -> None:
    def attempt() -> None:
        refuse_unless_owned(type_, placer=placer, placer_left=left, persons={"PER-1"}, roles={role})

    assert faults(attempt) == rules


@pytest.mark.parametrize(
    ("type_", "causes", "expected"),
    [
        (HoldType.SUPPLIER_STATUS, Causes(stopped_scopes=("SC-1",)), {"hold_id"}),
        (HoldType.OOS, Causes(stopped_scopes=("SC-1",)), set()),
        (HoldType.OOS, Causes(oos=("OOS-1",)), {"hold_id"}),
        (HoldType.DEVIATION, Causes(deviations=("DEV-1",)), {"hold_id"}),
        (HoldType.DEVIATION, Causes(oos=("OOS-1",)), set()),
        (HoldType.PROCESS, Causes(beyond=("Temperature",)), {"hold_id"}),
        (HoldType.MANUAL, Causes(("SC-1",), ("OOS-1",), ("DEV-1",), ("Temperature",)), set()),
        (HoldType.MANUAL, Causes(parents=("BAT-1",)), {"hold_id"}),
        (HoldType.SUPPLIER_STATUS, Causes(), set()),
    ],
)
def test_a_hold_stays_while_its_own_cause_stands(type_: HoldType, causes: Causes, expected: set[str]) -> None:
    assert faults(lambda: refuse_while_caused(type_, causes)) == expected


def test_only_a_hold_of_the_batch_that_stands_is_spoken_of() -> None:
    assert faults(lambda: refuse_unless_stands(known=True, lifted=False)) == set()
    for known, lifted in ((False, False), (True, True)):
        with pytest.raises(Refused) as caught:
            refuse_unless_stands(known=known, lifted=lifted)
        assert caught.value.refusal.fields.keys() == {"hold_id"}


@pytest.mark.parametrize(
    ("state", "held"),
    [
        (BatchState.OPEN, set(HoldType)),
        (
            BatchState.CERTIFIED,
            {
                HoldType.OOS,
                HoldType.DEVIATION,
                HoldType.COA,
                HoldType.SUPPLY,
                HoldType.RETEST_DUE,
                HoldType.LEGAL,
                HoldType.OTHER_MARKET,
                HoldType.REG,
            },
        ),
        (BatchState.CLOSED, set()),
    ],
)
def test_what_is_released_is_held_for_doubts_about_the_goods_and_for_what_is_not_authorised(
    state: BatchState, held: set[HoldType]
) -> None:
    assert {type_ for type_ in HoldType if is_held(type_, state)} == held


def test_a_hold_of_one_market_stops_no_other() -> None:
    evaluation = HoldsEvaluation(holds=(a_hold(market="EU"),))
    assert (evaluation.stop("EU"), evaluation.stop("US"), evaluation.stop(None)) == (True, False, True)
    assert HoldsEvaluation(holds=(a_hold(),)).stop("US")
    assert not HoldsEvaluation().stop(None)
    assert a_hold(market="EU").words() == "HOLD-1 OOS (EU): I-3 0.27 %"


def test_a_proposal_is_told_from_the_next_one_and_barred_to_its_hands() -> None:
    first = a_hold(proposal=READ, proposers=("PER-1", "PER-9"))
    second = a_hold(proposal=RecordVersion(version=2, sha256="1" * 64))
    assert first.lift_key != second.lift_key
    assert first.prefill_of_lift() == {"hold_id": "HOLD-1", "proposal": {"version": 1, "sha256": "0" * 64}}
    assert barred_from_confirming(first.proposers) == {"PER-1": "S15", "PER-9": "S15"}
