import pytest

from domain.core.people import Org, Role
from domain.core.personnel import Position, refuse_self, refuse_unless_absence_may_be_set, refuse_unless_coherent
from domain.core.refusals import Refused

SPONSOR, CDMO, OTHER = Org.SPONSOR, Org.CDMO, Org.THIRD_PARTY


@pytest.mark.parametrize(
    ("org", "roles", "supplier", "sites", "rule"),
    [
        (SPONSOR, {Role.SUPPLIER_QUALITY, Role.CO_AUDITOR}, None, (), None),
        (SPONSOR, {Role.SYSTEM_ADMIN, Role.OPS}, None, (), None),
        (SPONSOR, {Role.PROCUREMENT, Role.SUPPLY_CHAIN}, None, (), None),
        (CDMO, {Role.CDMO_QA, Role.CDMO_PM}, "SUP-1", ("VM-02",), None),
        (OTHER, {Role.THIRD_PARTY_AUDITOR}, None, (), None),
        (OTHER, {Role.INSPECTOR}, None, (), None),
        (SPONSOR, {Role.SYSTEM}, None, (), "section 2"),
        (SPONSOR, {Role.CDMO_QA}, None, (), "S6"),
        (SPONSOR, {Role.THIRD_PARTY_AUDITOR}, None, (), "S6"),
        (SPONSOR, {Role.QP}, "SUP-1", ("VM-02",), "S6"),
        (CDMO, {Role.CDMO_QA}, "SUP-1", (), "S6"),
        (CDMO, {Role.CDMO_QA}, None, ("VM-02",), "S6"),
        (CDMO, {Role.LEAD_AUDITOR}, "SUP-1", ("VM-02",), "S6"),
        (OTHER, {Role.QA_APPROVER}, None, (), "S6"),
        (SPONSOR, {Role.SYSTEM_ADMIN, Role.SUPPLIER_QUALITY}, None, (), "S10"),
        (SPONSOR, {Role.OPS, Role.CMC_LEAD}, None, (), "S10"),
        (SPONSOR, {Role.PROCUREMENT, Role.HEAD_QA}, None, (), "S4"),
        (SPONSOR, {Role.SUPPLY_CHAIN, Role.QP}, None, (), "S4"),
    ],
)
def test_roles_fit_the_organisation_and_each_other(
    org: Org, roles: set[Role], supplier: str | None, sites: tuple[str, ...], rule: str | None
) -> None:
    position = Position(org=org, roles=frozenset(roles), supplier_id=supplier, sites=frozenset(sites))
    if rule is None:
        refuse_unless_coherent(position)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_coherent(position)
    assert refused.value.refusal.rule == rule


@pytest.mark.parametrize(
    ("actor", "roles", "allowed"),
    [
        ("PER-1", {Role.LEAD_AUDITOR}, True),
        ("PER-2", {Role.SUPPLIER_QUALITY}, True),
        ("PER-9", {Role.SYSTEM_ADMIN}, True),
        ("PER-9", {Role.HEAD_QA}, False),
    ],
)
def test_an_absence_is_recorded_by_those_concerned(actor: str, roles: set[Role], *, allowed: bool) -> None:
    def rule() -> None:
        refuse_unless_absence_may_be_set("PER-1", "PER-2", frozenset({actor}), frozenset(roles))

    if allowed:
        rule()
    else:
        with pytest.raises(Refused):
            rule()


def test_nobody_does_it_to_themselves() -> None:
    refuse_self("S1", "PER-1", frozenset({"PER-2"}), "no")
    with pytest.raises(Refused):
        refuse_self("S1", "PER-1", frozenset({"PER-2", "PER-1"}), "no")
