"""The decision on a batch for each of its markets."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from pydantic import JsonValue

from domain.batch.batch import MarketDecision
from domain.policy.market_rule import DecisionRule, rule_before_rows
from domain.release.certification import DecisionForMarket, MarketRelease, QcuApproval, QpCertification
from domain.release.further_processing import PartialConfirmation, ProcessingRelease
from workflows.core.case import Case

_FORMS: Mapping[DecisionRule, type[DecisionForMarket]] = MappingProxyType(
    {
        DecisionRule.QP: QpCertification,
        DecisionRule.QCU: QcuApproval,
        DecisionRule.MARKET: MarketRelease,
        DecisionRule.PROCESSING: ProcessingRelease,
        DecisionRule.CONFIRMATION: PartialConfirmation,
    }
)
"""The decision by each rule."""
_OF_PRODUCTS = (DecisionRule.QP, DecisionRule.QCU, DecisionRule.MARKET)
"""In this order they are asked for; the others come in the order of their markets."""


class Certification:
    """SOP-12, 5: the gates are evaluated, then every market is decided by its own rule.

    What is no product yet is released for further processing or confirmed instead, as the records say by its stage.

    EU GMP Annex 16; Directive 2001/83/EC, Article 51; 21 CFR 211.22(a); domain specification, section 8.
    """

    def __init__(self, case: Case, markets: Iterable[str], *, released: Callable[[], None]) -> None:
        """`released` is called for each release, while other markets may still be open."""
        self._case = case
        self._markets = tuple(markets)
        self._released = released
        self.decisions: dict[str, MarketDecision] = {}
        self._rules: dict[str, DecisionRule] = {}

    @property
    def is_released(self) -> bool:
        """Whether any market is released."""
        return MarketDecision.RELEASE in self.decisions.values()

    async def follow(self, barred: Mapping[str, str]) -> None:
        """Until every market is decided that is not yet. `barred` are those who have reviewed the batch (S5)."""
        self.learn(await self._case.establish("batch.gates_evaluated"))
        markets = [market for market in self._markets if market not in self.decisions]
        rules = {market: self._rule(market) for market in markets}
        ordered = sorted(markets, key=lambda market: (_place(rules[market]), market))
        await asyncio.gather(*(self._asked(market, _FORMS[rules[market]], barred) for market in ordered))

    def learn(self, effect: Mapping[str, JsonValue]) -> None:
        """Take what the records say is decided: an answer may have come in the instant in which it was not asked for.

        `effect` is that of the gates or of a redirection.
        """
        rules = effect.get("rules", {})
        assert isinstance(rules, dict)
        self._rules |= {market: DecisionRule(str(rule)) for market, rule in rules.items()}
        decided = effect["decided"]
        assert isinstance(decided, dict)
        for market, decision in decided.items():
            self._known(market, MarketDecision(str(decision)))

    def _rule(self, market: str) -> DecisionRule:
        """As the records say it; what was registered before they did is product."""
        return self._rules.get(market) or rule_before_rows(market)

    async def _asked(self, market: str, form: type[DecisionForMarket], barred: Mapping[str, str]) -> None:
        answered = await self._case.ask(form, prefill={"market": market}, barred=barred, about=market)
        self._known(answered.form.market, answered.form.decision)

    def _known(self, market: str, decision: MarketDecision) -> None:
        if market not in self.decisions:
            self.decisions[market] = decision
            if decision is MarketDecision.RELEASE:
                self._released()


def _place(rule: DecisionRule) -> int:
    return _OF_PRODUCTS.index(rule) if rule in _OF_PRODUCTS else len(_OF_PRODUCTS)
