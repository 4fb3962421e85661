from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.delegation import DelegationOffer, Party, refuse_unless_delegable
from domain.core.people import Actor, Org, Role
from domain.core.refusals import Refused
from tests.domain.filling import filled

PRIYA = Actor(person="PER-3", user="priya", name="Priya Raman", org=Org.SPONSOR, roles=frozenset({Role.QA_APPROVER}))
HANA = Party(person_id="PER-4", org=Org.SPONSOR, roles=frozenset({Role.HEAD_QA}))
_QP = {"roles": frozenset({Role.QP})}
TODAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("delegator", "delegate", "offer", "rule"),
    [
        ({}, {}, {}, None),
        ({}, {}, {"valid_to": TODAY}, None),
        ({}, {}, {"valid_to": date(2026, 3, 4)}, "S11"),
        ({"on_behalf_of": "PER-9"}, {}, {}, "S11"),
        ({}, {"person_id": "PER-3"}, {}, "S11"),
        ({}, {"disabled": True}, {}, "S11"),
        ({}, {"org": Org.CDMO}, {}, "S11"),
        ({"org": Org.CDMO, "supplier_id": "SUP-1"}, {"org": Org.CDMO, "supplier_id": "SUP-2"}, {}, "S11"),
        ({}, {}, {"roles": (Role.HEAD_QA,)}, "S11"),
        ({"roles": frozenset({Role.OPS})}, {}, {"roles": (Role.OPS,)}, "S10"),
        ({}, {"roles": frozenset({Role.SYSTEM_ADMIN})}, {}, "S10"),
        ({}, {"roles": frozenset({Role.PROCUREMENT})}, {}, "law 4"),
        ({}, {"roles": frozenset()}, {}, "law 4"),
        (_QP, {"roles": frozenset({Role.LEAD_AUDITOR})}, {"roles": (Role.QP,)}, "law 4"),
        (_QP, {}, {"roles": (Role.QP,)}, "law 4"),
        (_QP, {"roles": frozenset({Role.QP})}, {"roles": (Role.QP,)}, None),
        ({}, {"roles": frozenset({Role.QP})}, {}, None),
        ({}, {"roles": frozenset({Role.SUPPLIER_QUALITY})}, {}, "law 4"),
        (
            {"roles": frozenset({Role.SUPPLIER_QUALITY})},
            {"roles": frozenset({Role.PROCUREMENT})},
            {"roles": (Role.SUPPLIER_QUALITY,)},
            "S4",
        ),
    ],
)
def test_own_roles_go_to_a_fit_colleague(
    delegator: dict[str, Any], delegate: dict[str, Any], offer: dict[str, Any], rule: str | None
) -> None:
    given = filled(DelegationOffer).model_copy(update=offer)
    actor, party = PRIYA.model_copy(update=delegator), HANA.model_copy(update=delegate)
    if rule is None:
        refuse_unless_delegable(given, actor, party, TODAY)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_delegable(given, actor, party, TODAY)
    assert refused.value.refusal.rule == rule


def test_a_delegation_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError):
        filled(DelegationOffer, valid_to="2026-03-01")
