from datetime import date
from functools import partial
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.refusals import Refused
from domain.qualification.conditions import ConditionalRenewal, ConditionState, refuse_unless_renewable
from domain.qualification.decision import (
    DecisionProposal,
    QualificationOutcome,
    ends_a_suspension,
    needs_co_signature,
    refuse_if_outdated,
    refuse_unless_proposable,
    refuse_unless_reopened,
    suggested_proposal,
)
from tests.domain.filling import faults, filled
from tests.domain.shipped import POLICY

TODAY, REQUAL, LATEST = date(2026, 6, 2), date(2029, 6, 2), date(2026, 11, 29)
APPROVAL: dict[str, Any] = {"outcome": "APPROVED", "valid_from": "2026-06-02", "next_requal_due": "2029-06-02"}
CONDITION: dict[str, Any] = {"text": "PIP", "owner": "Vito", "due": "2026-08-31", "verification": "Reports"}
CONDITIONAL = APPROVAL | {
    "outcome": "CONDITIONALLY_APPROVED",
    "conditions": [CONDITION],
    "conditional_to": "2026-11-29",
}


def proposed(obstacles: dict[str, str] | None = None, **form: Any) -> set[str]:
    proposal = filled(DecisionProposal, **form)
    return faults(
        lambda: refuse_unless_proposable(
            proposal,
            obstacles or {},
            today=TODAY,
            latest_conditional=LATEST,
            latest_requal=REQUAL,
            audit_interval=12,
        )
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (APPROVAL, set()),
        (APPROVAL | {"valid_from": None}, {"valid_from"}),
        (APPROVAL | {"valid_from": "2026-06-01"}, {"valid_from"}),
        (APPROVAL | {"valid_from": "2026-07-01"}, set()),
        (APPROVAL | {"valid_from": "2029-06-02"}, {"valid_from"}),
        (APPROVAL | {"next_requal_due": None}, {"next_requal_due"}),
        (APPROVAL | {"next_requal_due": "2026-06-02"}, {"next_requal_due", "valid_from"}),
        (APPROVAL | {"next_requal_due": "2029-06-03"}, {"next_requal_due"}),
        (APPROVAL | {"conditions": [CONDITION]}, {"conditions"}),
        (APPROVAL | {"conditional_to": "2026-09-01"}, {"conditional_to"}),
        (APPROVAL | {"audit_interval_months": 6}, set()),
        (APPROVAL | {"audit_interval_months": 13}, {"audit_interval_months"}),
        (CONDITIONAL, set()),
        (CONDITIONAL | {"conditions": []}, {"conditions"}),
        (CONDITIONAL | {"conditional_to": None}, {"conditional_to"}),
        (CONDITIONAL | {"conditional_to": "2026-11-30"}, {"conditional_to"}),
        (CONDITIONAL | {"conditions": [CONDITION | {"due": "2026-11-30"}]}, {"conditions.0.due"}),
        (CONDITIONAL | {"conditions": [CONDITION, CONDITION | {"due": "2026-06-01"}]}, {"conditions.1.due"}),
        (CONDITIONAL | {"valid_from": "2026-09-01"}, {"conditions.0.due"}),  # it could not suspend what is not in force
        ({"outcome": "REJECTED"}, set()),
    ],
)
def test_a_proposal_has_its_dates_and_conditions(form: dict[str, Any], expected: set[str]) -> None:
    assert proposed(**form) == expected


def test_what_is_missing_bars_an_approval_and_never_a_rejection() -> None:
    assert proposed({"documents": "are missing"}, **APPROVAL) == {"documents"}
    assert proposed({"documents": "are missing"}, **CONDITIONAL) == {"documents"}
    assert proposed({"documents": "are missing"}, outcome="REJECTED") == set()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-08-31", set()),
        ("2026-09-01", {"conditions.0.due"}),
        ("2026-11-30", {"conditions.0.due", "conditional_to"}),
        ("2029-06-03", {"conditions.0.due", "conditional_to", "next_requal_due"}),
    ],
)
def test_a_proposal_whose_days_have_passed_is_not_signed(today: str, expected: set[str]) -> None:
    proposal = filled(DecisionProposal, **CONDITIONAL)
    assert faults(lambda: refuse_if_outdated(proposal, date.fromisoformat(today))) == expected


@pytest.mark.parametrize(
    ("outcome", "markets", "status", "expected"),
    [
        ("APPROVED", {"EU", "US"}, None, True),
        ("CONDITIONALLY_APPROVED", {"EU"}, None, True),
        ("APPROVED", {"DE", "US"}, None, True),
        ("APPROVED", {"IS"}, None, True),
        ("APPROVED", {"US"}, None, False),
        ("APPROVED", {"CH"}, None, False),
        ("APPROVED", {"US"}, "APPROVED", False),
        ("APPROVED", {"US"}, "SUSPENDED", True),
        ("CONDITIONALLY_APPROVED", {"US"}, "EXPIRED", True),
        ("REJECTED", {"EU"}, "SUSPENDED", False),
    ],
)
def test_the_qualified_person_signs_for_the_eu_and_for_every_way_out_of_a_suspension(
    outcome: str, markets: set[str], status: str | None, *, expected: bool
) -> None:
    held = AslStatus(status) if status else None
    assert needs_co_signature(QualificationOutcome(outcome), held, certified=POLICY.is_certified(markets)) is expected


OPEN, MET = (ConditionState(number=no, due_on=date(2026, 8, 31), met=met) for no, met in ((1, False), (2, True)))
RENEWAL: dict[str, Any] = {"conditional_to": "2026-11-29", "dues": [{"number": 1, "due": "2026-10-31"}]}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (RENEWAL, set()),
        (RENEWAL | {"conditional_to": "2026-11-30"}, {"conditional_to"}),
        (RENEWAL | {"dues": []}, {"dues"}),
        (RENEWAL | {"dues": [{"number": 2, "due": "2026-10-31"}]}, {"dues"}),
        (RENEWAL | {"dues": [*RENEWAL["dues"], *RENEWAL["dues"]]}, {"dues"}),
        (RENEWAL | {"dues": [{"number": 1, "due": "2026-11-30"}]}, {"dues.0.due"}),
        (RENEWAL | {"dues": [{"number": 1, "due": "2026-06-02"}]}, {"dues.0.due"}),
    ],
)
def test_a_renewal_gives_each_open_condition_a_new_day(form: dict[str, Any], expected: set[str]) -> None:
    renewal = filled(ConditionalRenewal, **form)
    assert faults(lambda: renewed(renewal)) == expected


@pytest.mark.parametrize(("status", "renewals"), [("SUSPENDED", 0), (None, 0), ("CONDITIONALLY_APPROVED", 1)])
def test_only_a_conditional_approval_is_renewed_and_only_once(status: str | None, renewals: int) -> None:
    with pytest.raises(Refused):
        renewed(filled(ConditionalRenewal, **RENEWAL), status, renewals)


def renewed(renewal: ConditionalRenewal, status: str | None = "CONDITIONALLY_APPROVED", renewals: int = 0) -> None:
    refuse_unless_renewable(
        renewal,
        [OPEN, MET],
        status=AslStatus(status) if status else None,
        renewals=renewals,
        renewals_max=1,
        today=TODAY,
        latest=LATEST,
    )


def test_a_proposal_starts_with_its_days_and_no_outcome() -> None:
    known: dict[str, Any] = suggested_proposal(today=TODAY, requal_due=REQUAL)
    assert [*known] == ["valid_from", "next_requal_due"]
    assert proposed({}, **known, outcome="APPROVED") == proposed({}, **known, outcome="REJECTED") == set()


@pytest.mark.parametrize("status", [None, *AslStatus])
def test_only_an_approval_ends_a_suspension(status: AslStatus | None) -> None:
    assert not ends_a_suspension(QualificationOutcome.REJECTED, status)
    assert ends_a_suspension(QualificationOutcome.APPROVED, status) is (status in ("SUSPENDED", "EXPIRED"))


@pytest.mark.parametrize(
    ("outcome", "status", "known", "expected"),
    [
        ("APPROVED", "DISQUALIFIED", False, {"outcome"}),
        ("CONDITIONALLY_APPROVED", "RETIRED", False, {"outcome"}),
        ("APPROVED", "DISQUALIFIED", True, set()),
        ("REJECTED", "RETIRED", False, set()),
        ("APPROVED", "SUSPENDED", False, set()),
        ("APPROVED", None, False, set()),
    ],
)
def test_what_has_ended_meanwhile_is_not_approved(
    outcome: str, status: str | None, expected: set[str], *, known: bool
) -> None:
    held = AslStatus(status) if status else None
    refuse = partial(refuse_unless_reopened, QualificationOutcome(outcome), held, known=known)
    assert faults(refuse) == expected
