"""Who withdraws which request of a case."""

from datetime import UTC, datetime

import pytest

from domain.core.people import Actor, Org, Role
from domain.core.refusals import Code, Refused
from domain.core.request_withdrawal import RequestWithdrawal, numbered, refuse_unless_withdrawable, standing

AT = datetime(2026, 12, 1, tzinfo=UTC)
REQUESTS = numbered([(frozenset({person}), AT, {}) for person in ("PER-1", "PER-2", "SYSTEM", "PER-4")], {4})


def withdrawn(number: int, person: str, role: Role = Role.SUPPLIER_QUALITY, on_behalf_of: str | None = None) -> None:
    actor = Actor(
        person=person, user=person, name=person, org=Org.SPONSOR, roles=frozenset({role}), on_behalf_of=on_behalf_of
    )
    refuse_unless_withdrawable(RequestWithdrawal(number=number, reason="Shown to be wrong."), REQUESTS, actor)


def test_a_request_is_withdrawn_by_who_has_made_it_and_by_a_head_of_quality_who_has_asked_for_nothing() -> None:
    withdrawn(1, "PER-1")
    withdrawn(1, "PER-9", on_behalf_of="PER-1")
    for number in (1, 2, 3):
        withdrawn(number, "PER-9", Role.HEAD_QA)
    assert [each.number for each in standing(REQUESTS)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("number", "person", "role", "code"),
    [
        (2, "PER-1", Role.SUPPLIER_QUALITY, Code.WRONG_ROLE),
        (3, "PER-1", Role.SUPPLIER_QUALITY, Code.WRONG_ROLE),
        (2, "PER-1", Role.HEAD_QA, Code.SEGREGATION_OF_DUTIES),
        (2, "PER-4", Role.HEAD_QA, Code.SEGREGATION_OF_DUTIES),
        (4, "PER-4", Role.SUPPLIER_QUALITY, Code.RULE_BROKEN),
        (5, "PER-9", Role.HEAD_QA, Code.RULE_BROKEN),
    ],
)
def test_nobody_else_withdraws_it_and_what_is_withdrawn_is_gone(
    number: int, person: str, role: Role, code: Code
) -> None:
    with pytest.raises(Refused) as refused:
        withdrawn(number, person, role)
    assert refused.value.refusal.code is code
