"""The markets that are known, and who decides for each: the one table of them (domain specification, section 18)."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from domain.batch.batch import DecisionRule
from domain.core.people import QUALITY_UNIT, Role
from domain.site.site import UNION

RULES: Mapping[str, DecisionRule] = MappingProxyType(
    {**dict.fromkeys(sorted(UNION), DecisionRule.QP), "US": DecisionRule.QCU}
)
"""The rule of each known market. A batch is registered for no other: nobody is known to decide for it."""
_OF_AN_UNKNOWN = DecisionRule.QCU
"""The rule under which batches go on that were registered before unknown markets were refused."""
_DECIDERS: Mapping[DecisionRule, frozenset[Role]] = MappingProxyType(
    {DecisionRule.QP: frozenset({Role.QP}), DecisionRule.QCU: QUALITY_UNIT}
)
_BY_A_QP = frozenset({DecisionRule.QP, DecisionRule.CONFIRMATION})


def is_known(market: str) -> bool:
    """Whether there is a rule for a market."""
    return market in RULES


def decision_rule(market: str) -> DecisionRule:
    """Who decides for a market: the qualified person for the Union and its members, else the quality unit."""
    return RULES.get(market, _OF_AN_UNKNOWN)


def concerns(refusing: str, market: str) -> bool:
    """Whether what one market refuses on grounds of its own is refused in another: the Union and its members."""
    return refusing == market or ("EU" in (refusing, market) and {refusing, market} <= UNION)


def markets_by_rule(markets: Iterable[str], rule: DecisionRule) -> tuple[str, ...]:
    """The markets that one rule decides for, in order."""
    return tuple(sorted(market for market in markets if decision_rule(market) is rule))


def rule_of(markets: Collection[str]) -> DecisionRule:
    """Who decides on what concerns several markets: the qualified person if any of them needs one."""
    return DecisionRule.QP if markets_by_rule(markets, DecisionRule.QP) else DecisionRule.QCU


def deciders(markets: Collection[str]) -> frozenset[Role]:
    """The roles that decide on what concerns these markets."""
    return _DECIDERS[rule_of(markets)]


def reviewers_of(rule: DecisionRule) -> frozenset[Role]:
    """Who says after a release by this rule that it stands: whoever may decide so under the own name.

    What a qualified person of the site has confirmed is confirmed again by one of the sponsor's.
    """
    return frozenset({Role.QP}) if rule in _BY_A_QP else QUALITY_UNIT
