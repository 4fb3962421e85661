"""Which markets are known, and who decides for them."""

import pytest

from domain.batch.making.request import BatchRegistration, refuse_unless_registrable
from domain.batch.markets import deciders, roles_under
from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import Refused
from domain.policy.market_rule import DecisionRule, codes_of, refuse_unknown
from records.installation.supplementing import shipped_policy
from tests.domain.filling import faults, filled

QP, QCU, MARKET = DecisionRule.QP, DecisionRule.QCU, DecisionRule.MARKET
ROWS = shipped_policy().markets


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([QP, QCU], {Role.QP}),
        ([MARKET, QP], {Role.QP}),
        ([QCU], QUALITY_UNIT),
        ([MARKET, QCU], QUALITY_UNIT),
        ([MARKET], QUALITY_UNIT),
        ([], QUALITY_UNIT),
    ],
)
def test_the_qualified_person_decides_where_any_market_needs_one(
    rules: list[DecisionRule], expected: set[Role]
) -> None:
    assert deciders(rules) == expected


@pytest.mark.parametrize(
    ("rule", "named", "expected"),
    [
        (QP, None, {Role.QP}),
        (QCU, None, QUALITY_UNIT),
        (DecisionRule.CONFIRMATION, None, {Role.QP}),
        (DecisionRule.PROCESSING, None, QUALITY_UNIT),
        (QCU, ["QCU_RELEASER"], {Role.QCU_RELEASER}),
        (MARKET, ["QP", "RP_IMPORT"], {Role.QP, Role.RP_IMPORT}),
    ],
)
def test_one_market_is_decided_by_the_roles_of_its_row(
    rule: DecisionRule, named: list[str] | None, expected: set[Role]
) -> None:
    assert roles_under(rule, named) == expected


def test_what_is_known_are_the_rows_and_the_states_that_count_as_them() -> None:
    assert len(codes_of(ROWS)) == 39
    assert faults(lambda: refuse_unknown(ROWS, {"a": "EU", "b": "NO", "c": "GB", "d": "JP"})) == set()
    with pytest.raises(Refused) as refused:
        refuse_unknown(ROWS[:2], {"market": "JP", "other": "EU"})
    assert refused.value.refusal.code == "rule_broken"
    assert list(refused.value.refusal.fields) == ["market"]
    assert "JP is a market without a rule for who decides; known are AT, BE, " in refused.value.refusal.fields["market"]


def test_a_batch_is_registered_for_no_market_without_a_rule() -> None:
    form = filled(BatchRegistration, markets=["BR", "EU", "US"])
    assert faults(lambda: refuse_unless_registrable(form, ["BR", "EU", "US"], ROWS)) == {"markets.0"}
