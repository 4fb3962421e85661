"""Which markets are known, and who decides for them."""

import pytest

from domain.batch.batch import DecisionRule
from domain.batch.making.request import BatchRegistration, refuse_unless_registrable
from domain.batch.markets import RULES, deciders, decision_rule, is_known, rule_of
from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import Refused
from tests.domain.filling import filled


@pytest.mark.parametrize(
    ("markets", "expected"),
    [
        (["EU", "US"], {Role.QP}),
        (["NO"], {Role.QP}),
        (["US"], QUALITY_UNIT),
        (["JP", "US"], QUALITY_UNIT),
        ([], QUALITY_UNIT),
    ],
)
def test_the_qualified_person_decides_where_any_market_needs_one(markets: list[str], expected: set[Role]) -> None:
    assert deciders(markets) == expected
    assert (rule_of(markets) is DecisionRule.QP) == (expected == {Role.QP})


def test_the_union_its_members_the_eea_and_the_us_are_known() -> None:
    assert len(RULES) == 32
    assert [is_known(market) for market in ("EU", "DE", "IS", "LI", "NO", "US")] == [True] * 6
    assert [is_known(market) for market in ("JP", "GB", "CH", "XX")] == [False] * 4


def test_a_batch_of_before_for_a_market_without_a_rule_goes_on_as_it_did() -> None:
    assert decision_rule("JP") is DecisionRule.QCU


def test_a_batch_is_registered_for_no_market_without_a_rule() -> None:
    form = filled(BatchRegistration, markets=["EU", "JP", "US"])
    with pytest.raises(Refused) as refused:
        refuse_unless_registrable(form, ["EU", "JP", "US"])
    assert refused.value.refusal.fields == {"markets.1": "is a market without a rule for who decides"}
