from itertools import product
from typing import Any

import pytest

from domain.asl.asl import AslStatus, SuspensionScope, may_be_suspended
from domain.asl.request import (
    StatusKind,
    StatusRequest,
    fits,
    is_overtaken,
    refuse_unless_fitting,
    refuse_unless_proposable,
    trigger_of,
    widens,
    widest,
)
from domain.core.people import Role
from domain.core.refusals import Refused
from tests.domain.filling import faults, filled

SQ, SYSTEM, TOM = {Role.SUPPLIER_QUALITY}, {Role.SYSTEM}, {Role.LEAD_AUDITOR}
ORDERS, RELEASE, FULL = SuspensionScope


@pytest.mark.parametrize(
    ("changes", "roles", "expected"),
    [
        ({"proposed_scope": "FULL"}, TOM, set()),
        ({"proposed_scope": None}, TOM, {"proposed_scope"}),
        ({"kind": "PROBATION", "proposed_scope": None}, TOM, set()),
        ({"kind": "PROBATION", "proposed_scope": "FULL"}, TOM, {"proposed_scope"}),
        ({"kind": "DISQUALIFICATION", "proposed_scope": None}, TOM, set()),
        ({"kind": "RETIREMENT", "proposed_scope": None}, SQ, set()),
        ({"kind": "RETIREMENT", "proposed_scope": None}, TOM, {"kind"}),
        ({"kind": "RETIREMENT", "proposed_scope": None}, SYSTEM, set()),
        ({"proposed_scope": "FULL", "in_force": True}, SYSTEM, set()),
        ({"proposed_scope": "FULL", "in_force": True}, SQ, {"in_force"}),
        ({"kind": "PROBATION", "proposed_scope": None, "in_force": True}, SYSTEM, {"in_force"}),
    ],
)
def test_a_proposal_does_not_contradict_itself(changes: dict[str, Any], roles: set[Role], expected: set[str]) -> None:
    request = filled(StatusRequest, changes)
    assert faults(lambda: refuse_unless_proposable(request, roles)) == expected


FITTING: dict[StatusKind, set[AslStatus]] = {
    StatusKind.SUSPENSION: {AslStatus.APPROVED, AslStatus.CONDITIONALLY_APPROVED, AslStatus.PROBATION},
    StatusKind.PROBATION: {AslStatus.APPROVED, AslStatus.CONDITIONALLY_APPROVED},
    StatusKind.DISQUALIFICATION: set(AslStatus) - {AslStatus.DISQUALIFIED},
    StatusKind.RETIREMENT: set(AslStatus) - {AslStatus.RETIRED, AslStatus.DISQUALIFIED},
}


@pytest.mark.parametrize(("kind", "status"), list(product(StatusKind, [None, *AslStatus])))
def test_a_change_fits_the_status(kind: StatusKind, status: AslStatus | None) -> None:
    in_force = FULL if status is AslStatus.SUSPENDED else None
    assert fits(kind, status, in_force, FULL) is (status in FITTING[kind])


@pytest.mark.parametrize(
    ("in_force", "wanted", "expected"),
    [
        (ORDERS, ORDERS, False),
        (ORDERS, RELEASE, True),
        (RELEASE, ORDERS, False),
        (RELEASE, FULL, True),
        (FULL, FULL, False),
        (ORDERS, None, True),
        (FULL, None, False),
    ],
)
def test_a_suspension_may_reach_further_never_less_far(
    in_force: SuspensionScope, wanted: SuspensionScope | None, *, expected: bool
) -> None:
    assert may_be_suspended(AslStatus.SUSPENDED, in_force, wanted) is expected
    assert may_be_suspended(AslStatus.APPROVED, None, wanted)


def test_what_does_not_fit_is_refused_with_the_status_as_it_is() -> None:
    with pytest.raises(Refused, match=r"SUSPENDED \(FULL\); a suspension does not fit"):
        refuse_unless_fitting(StatusKind.SUSPENSION, AslStatus.SUSPENDED, FULL, FULL)
    with pytest.raises(Refused, match="not on the list"):
        refuse_unless_fitting(StatusKind.RETIREMENT, None)
    refuse_unless_fitting(StatusKind.SUSPENSION, AslStatus.SUSPENDED, ORDERS, FULL)


@pytest.mark.parametrize(
    ("kind", "decided", "before", "after", "scope", "expected"),
    [
        ("SUSPENSION", False, "APPROVED", "SUSPENDED", FULL, True),
        ("SUSPENSION", False, "APPROVED", "SUSPENDED", ORDERS, False),
        ("SUSPENSION", False, "APPROVED", "PROBATION", None, False),
        ("SUSPENSION", True, "SUSPENDED", "SUSPENDED", FULL, False),
        ("SUSPENSION", True, "SUSPENDED", "APPROVED", None, True),
        ("SUSPENSION", True, "SUSPENDED", "EXPIRED", None, True),
        ("PROBATION", False, "APPROVED", "SUSPENDED", ORDERS, True),
        ("PROBATION", True, "PROBATION", "SUSPENDED", ORDERS, True),
        ("PROBATION", True, "PROBATION", "PROBATION", None, False),
        ("DISQUALIFICATION", False, "APPROVED", "SUSPENDED", FULL, False),
        ("DISQUALIFICATION", True, "DISQUALIFIED", "APPROVED", None, False),
        ("RETIREMENT", False, "APPROVED", "RETIRED", None, True),
    ],
)
def test_a_case_is_overtaken_when_another_leaves_nothing_to_do(
    kind: str, before: str, after: str, scope: SuspensionScope | None, *, decided: bool, expected: bool
) -> None:
    found = is_overtaken(
        StatusKind(kind), decided=decided, before=AslStatus(before), after=AslStatus(after), scope=scope
    )
    assert found is expected


@pytest.mark.parametrize(("by_status_case", "decided"), list(product((True, False), repeat=2)))
def test_a_suspension_that_another_status_case_has_decided_is_led_out_of_there(
    *, by_status_case: bool, decided: bool
) -> None:
    suspended = AslStatus.SUSPENDED
    found = is_overtaken(
        StatusKind.SUSPENSION,
        decided=decided,
        before=suspended,
        after=suspended,
        scope=RELEASE,
        by_status_case=by_status_case,
    )
    assert found is (by_status_case and decided)


@pytest.mark.parametrize(
    ("reaches", "expected"), [((ORDERS,), ORDERS), ((ORDERS, FULL, RELEASE), FULL), ((None,), None), ((), None)]
)
def test_the_widest_reach_that_is_proposed_counts(
    reaches: tuple[SuspensionScope | None, ...], expected: SuspensionScope | None
) -> None:
    requests = [filled(StatusRequest, proposed_scope=reach and reach.value) for reach in reaches]
    assert widest(requests) is expected
    assert [widens(request, RELEASE) for request in requests] == [reach is FULL for reach in reaches]


def test_two_proposals_are_one_by_kind_and_scope() -> None:
    assert trigger_of(StatusKind.SUSPENSION, "SC-1") == "SUSPENSION:SC-1"
