"""Who decides for the markets of a batch, by the rules that it was registered under (domain specification, section 18).

What a market's rule is says its row of the policy (`domain.policy.market_rule`).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from domain.core.people import QUALITY_UNIT, Role
from domain.policy.market_rule import DecisionRule

_WITHOUT_A_ROW: Mapping[DecisionRule, frozenset[Role]] = MappingProxyType(
    {DecisionRule.QP: frozenset({Role.QP}), DecisionRule.CONFIRMATION: frozenset({Role.QP})}
)


def deciders(rules: Iterable[DecisionRule]) -> frozenset[Role]:
    """The roles that decide on what concerns several markets: the qualified person if any of them needs one.

    Else the quality unit, also in place of those whom the row of a single market names (section 18).
    """
    return frozenset({Role.QP}) if DecisionRule.QP in set(rules) else QUALITY_UNIT


def roles_under(rule: DecisionRule, named: Iterable[str] | None) -> frozenset[Role]:
    """The roles that decide for one market, and say after a release there that it stands.

    `named` are those of its row, as the batch was registered with them. What a qualified person of the site has
    confirmed is confirmed again by one of the sponsor's.
    """
    if named is not None:
        return frozenset(map(Role, named))
    return _WITHOUT_A_ROW.get(rule, QUALITY_UNIT)
