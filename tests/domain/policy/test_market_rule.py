"""Markets are rows of the policy: who decides there, and what a row may say."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.core.refusals import Refused
from domain.policy.change import PolicyChange, next_version
from domain.policy.market_rule import DecisionRule, MarketRule, MarketRules, row_of
from domain.policy.policy import Policy
from domain.policy.supplement import load_supplements, supplemented
from domain.site.certificate import OF_MANUFACTURE, CertificateType
from records.installation.supplementing import SUPPLEMENTS_FILE, shipped_policy

POLICY = shipped_policy()
AT = POLICY.effective_from
ROW: dict[str, Any] = {
    "market": "BR",
    "rule": "MARKET",
    "deciders": ["AUTHORISED_PERSON"],
    "register_prefix": "REL",
    "statement": "Released.",
    "clinical_statement": "Released for its trial.",
}

MAKERS = {"kind": "CERTIFICATE", "signed_as": ["QUALIFIED_PERSON"]}


def rows(*changes: dict[str, Any]) -> tuple[MarketRule, ...]:
    return TypeAdapter(MarketRules).validate_python([{**ROW, **each} for each in changes])


@pytest.mark.parametrize(
    "changes",
    [
        [{"rule": "PROCESSING"}],
        [{"rule": "QP", "deciders": ["HEAD_QA"]}],
        [{"rule": "QCU", "deciders": ["QP"]}],
        [{"deciders": ["CDMO_QP"]}],
        [{"deciders": []}],
        [{"register_prefix": "RFP"}],
        [{"checkers": ["FVP"], "takes_documents": True}],
        [{"checkers": ["AUTHORISED_PERSON"]}],
        [{"relies_on": ["EU"]}],
        [{"certified_in": ["DE"]}],
        [{"rule": "QCU", "deciders": ["HEAD_QA"], "takes_documents": True}],
        [{"at_origin": ["GB"]}],
        [{"first_steps": [MAKERS], "takes_documents": True}],
        [{"rule": "QCU", "deciders": ["HEAD_QA"], "first_steps": [MAKERS]}],
        [{"first_steps": [{"kind": "RELEASE", "markets": ["CL"]}]}],
        [{"first_steps": [{"kind": "RELEASE"}]}],
        [{"first_steps": [{"kind": "RELEASE", "markets": ["BR"], "signed_as": ["MAKER"]}]}],
        [{"first_steps": [{"kind": "RELEASE", "markets": ["BR"], "roles": ["CDMO_QP"]}]}],
        [{"first_steps": [{"kind": "CERTIFICATE"}]}],
        [{"first_steps": [{**MAKERS, "markets": ["BR"]}]}],
        [{"market": "UK"}],
        [{}, {}],
        [{"states": ["AR"]}, {"market": "CL", "states": ["AR"]}],
        [{"says": "more"}],
        [{"licences": ["GMP_CERT"]}],
        [{"licences": ["MIA", "MIA"]}],
        [{"clinical": {"statement": "Released for its trial.", "deciders": ["CDMO_QP"]}, "clinical_statement": None}],
        [{"clinical": {"statement": "Released for its trial.", "checkers": ["FVP"]}}],
        [{"clinical": {"statement": "Released for its trial.", "rule": "QP"}}],
        [{"clinical": {"statement": "Released for its trial.", "made_under": {"first": "The statute."}}}],
    ],
)
def test_a_row_that_contradicts_itself_is_none(changes: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        rows(*changes)


def test_a_row_that_said_what_it_relies_on_in_lists_says_the_same_by_kind_of_first_step() -> None:
    said = {"checkers": ["AUTHORISED_PERSON"], "relies_on": ["BR"], "takes_documents": True, "certified_in": ["DE"]}
    (row,) = rows(said)
    assert [each.model_dump(mode="json", exclude_defaults=True) for each in row.first_steps] == [
        {"kind": "RELEASE", "markets": ["BR"]},
        {"kind": "CERTIFICATE", "signed_as": ["QUALIFIED_PERSON", "RESPONSIBLE_PERSON"], "licensed_in": ["DE"]},
    ]
    assert MarketRule.model_validate(row.model_dump(mode="json")) == row
    (none,) = rows({"relies_on": [], "takes_documents": False, "certified_in": []})
    assert none.first_steps == ()


def test_a_code_is_its_own_market_before_it_counts_as_another() -> None:
    found = rows({"states": ["AR", "CL"]}, {"market": "CL"})
    assert [row.market for code in ("BR", "AR", "CL", "PE") if (row := row_of(found, code))] == ["BR", "BR", "CL"]


@pytest.mark.parametrize(
    ("market", "row", "rule", "deciders"),
    [
        ("NO", "EU", DecisionRule.QP, {"QP"}),
        ("US", "US", DecisionRule.QCU, {"HEAD_QA", "QA_APPROVER", "QCU_RELEASER"}),
        ("GB", "GB", DecisionRule.MARKET, {"QP", "RP_IMPORT"}),
        ("XI", "XI", DecisionRule.QP, {"QP"}),
        ("CH", "CH", DecisionRule.MARKET, {"FVP"}),
        ("JP", "JP", DecisionRule.MARKET, {"AUTHORISED_PERSON"}),
    ],
)
def test_the_policy_that_comes_with_the_program_says_who_decides(
    market: str, row: str, rule: DecisionRule, deciders: set[str]
) -> None:
    found = POLICY.market_rule(market)
    assert found is not None
    assert (found.market, found.rule, set(found.deciders)) == (row, rule, deciders)


def test_a_clinical_row_takes_the_place_of_the_values_that_it_names_and_of_no_other() -> None:
    bare = {name: value for name, value in ROW.items() if name != "clinical_statement"}
    said: dict[str, Any] = {"statement": "For its trial.", "remaining_life": "3mo", "deciders": ["FVP"], "bars": []}
    area = {"import_area": ["BR"], "importer_test": True, "bars": ["NON_COMPLIANCE"], "located_in": ["BR"]}
    row = MarketRule.model_validate({**bare, **area, "clinical": said})
    of = row.for_supply(clinical=True)
    assert (of.statement, of.importer_test, of.deciders, of.bars) == ("For its trial.", False, ("FVP",), ())
    assert (of.located_in, of.register_prefix, of.import_area) == (("BR",), "REL", ("BR",))
    assert row.for_supply(clinical=False) is row
    assert (row.importer_test, str(of.remaining_life), row.remaining_life) == (True, "3mo", None)
    life = POLICY.model_copy(update={"markets": (row,)})
    assert [str(life.remaining_life_for("BR", clinical=each)) for each in (True, False)] == [
        "3mo",
        str(POLICY.limits.remaining_life_min["OTHER"]),
    ]
    assert [life.asks_of("BR", clinical=each).bars == () for each in (True, False)] == [True, False]


@pytest.mark.parametrize(
    ("market", "rule", "file", "by_phase"),
    [("EU", "QP", True, False), ("XI", "QP", True, False), ("US", "QCU", False, True), ("BR", "MARKET", False, False)],
)
def test_a_row_of_before_says_of_clinical_supply_what_the_program_did(
    market: str, rule: str, *, file: bool, by_phase: bool
) -> None:
    decider = {"QP": "QP", "QCU": "HEAD_QA", "MARKET": "AUTHORISED_PERSON"}[rule]
    imports = {"import_area": [market], "importer_test": True}
    (row,) = rows({"market": market, "rule": rule, "deciders": [decider], **imports})
    assert (row.clinical.statement, row.clinical.importer_test) == ("Released for its trial.", False)
    assert (row.clinical.specification_file, row.clinical.made_under is not None) == (file, by_phase)
    assert row.for_supply(clinical=True).deciders == row.deciders
    assert MarketRule.model_validate(row.model_dump(mode="json")) == row


def test_a_statement_names_the_law_of_its_own_market_alone() -> None:
    for row in POLICY.markets:
        assert ("CFR" in row.statement) == (row.market == "US")
        assert "CFR" not in row.clinical.statement


def test_an_older_policy_gets_the_markets_that_were_rules_of_the_program_and_no_other() -> None:
    older = POLICY.model_dump(mode="json", exclude={"markets"})
    supplements = load_supplements(SUPPLEMENTS_FILE.read_text(encoding="utf-8"))
    now = supplemented(older, POLICY, version=2, at=AT, supplements=supplements)
    assert now is not None
    anyone: dict[str, Any] = {"issuers": (), "papers": ()}
    older_rows = tuple(_on_any_licence(row).model_copy(update=anyone) for row in POLICY.markets[:2])
    assert now.markets == older_rows
    again = now.model_dump(mode="json")
    assert supplemented(again, POLICY, version=3, at=AT, supplements=supplements) is None


def _on_any_licence(row: MarketRule) -> MarketRule:
    """A row of before kinds of licences were asked for."""
    clinical = row.clinical.model_copy(update={"licences": None})
    return row.model_copy(update={"licences": (), "clinical": clinical})


@pytest.mark.parametrize(
    ("clinical", "country", "types"),
    [
        (False, "DE", {"MIA"}),
        (True, "DE", {"MIA_IMP"}),
        (True, "IN", {"MIA", "MIA_IMP"}),
        (False, None, {"MIA", "MIA_IMP"}),
    ],
)
def test_a_site_in_the_area_makes_under_an_authorisation_of_the_kind_that_the_row_asks_for(
    country: str | None, types: set[str], *, clinical: bool
) -> None:
    row = POLICY.row_for("EU", clinical=clinical)
    assert row is not None
    assert {each for each in OF_MANUFACTURE if row.takes_licence(each, country)} == types
    assert row.takes_licence(CertificateType.GMP_CERT, "DE")
    assert all(_on_any_licence(row).for_supply(clinical=clinical).takes_licence(each, "DE") for each in OF_MANUFACTURE)


def test_a_market_keeps_its_row_and_its_register() -> None:
    def change(markets: tuple[MarketRule, ...]) -> PolicyChange:
        return PolicyChange(policy=POLICY.model_copy(update={"markets": markets}), reason="As the law is now.")

    more = (*POLICY.markets, *rows({}))
    assert next_version(change(more), POLICY, AT).markets == more
    for markets, field in (
        (POLICY.markets[1:], "policy.markets.EU"),
        (
            (POLICY.markets[0].model_copy(update={"register_prefix": "ABC"}), *POLICY.markets[1:]),
            "policy.markets.EU",
        ),
    ):
        with pytest.raises(Refused) as refused:
            next_version(change(markets), POLICY, AT)
        assert list(refused.value.refusal.fields) == [field]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("EU", "EU", True),
        ("EU", "DE", True),
        ("DE", "EU", True),
        ("DE", "FR", False),
        ("US", "EU", False),
        ("GB", "XI", True),
        ("XI", "EU", False),
        ("GB", "EU", False),
        ("ZZ", "ZZ", True),
    ],
)
def test_a_market_and_what_its_row_counts_as_it_are_one_market(first: str, second: str, *, is_one: bool) -> None:
    assert POLICY.is_one_market(first, second) is is_one


def test_what_is_decided_for_a_market_counts_in_its_states_and_not_the_other_way() -> None:
    assert (POLICY.counts_in("EU", "DE"), POLICY.counts_in("DE", "EU")) == (True, False)
    assert (POLICY.codes_counting_in("DE"), POLICY.codes_counting_in("XI")) == (("DE", "EU"), ("XI", "GB"))
    before = POLICY.model_copy(update={"markets": ()})
    assert (before.counts_in("EU", "DE"), before.counts_in("GB", "XI")) == (True, False)


def _with_life(limits: dict[str, str], **row: object) -> Policy:
    body = POLICY.model_dump(mode="json")
    body["limits"]["remaining_life_min"] = limits
    body["markets"][0] |= row
    return Policy.model_validate(body)


def test_the_row_of_a_market_says_how_much_life_goods_must_have_left() -> None:
    policy = _with_life({"OTHER": "0d", "DE": "9mo", "US": "90d"}, remaining_life="6mo")
    found = {market: str(policy.remaining_life_for(market)) for market in ("EU", "FR", "DE", "US", "CH", "ZZ")}
    assert found == {"EU": "6mo", "FR": "6mo", "DE": "9mo", "US": "90d", "CH": "0d", "ZZ": "0d"}
    assert str(_with_life({"OTHER": "0d", "EU": "3mo"}).remaining_life_for("EU")) == "3mo"


@pytest.mark.parametrize(
    ("limits", "row"),
    [({"OTHER": "0d", "EU": "3mo"}, "6mo"), ({"OTHER": "0d"}, "10bd"), ({"OTHER": "0d"}, "-1d")],
)
def test_life_is_said_once_in_days_or_months(limits: dict[str, str], row: str) -> None:
    with pytest.raises(ValidationError):
        _with_life(limits, remaining_life=row)
