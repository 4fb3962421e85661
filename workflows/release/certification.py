"""The decision on a batch for each of its markets."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from pydantic import JsonValue

from domain.batch.batch import DecisionRule, MarketDecision
from domain.batch.markets import markets_by_rule
from domain.release.certification import CertificationDecision, QcuApproval, QpCertification
from workflows.core.case import Case
from workflows.core.tasks import Answered


class Certification:
    """SOP-12, 5: the gates are evaluated, then every market is decided by its own rule.

    EU GMP Annex 16; Directive 2001/83/EC, Article 51; 21 CFR 211.22(a); domain specification, section 8.
    """

    def __init__(self, case: Case, markets: Iterable[str], *, released: Callable[[], None]) -> None:
        """`released` is called for each release, while other markets may still be open."""
        self._case = case
        self._markets = tuple(markets)
        self._released = released
        self.decisions: dict[str, MarketDecision] = {}

    @property
    def is_released(self) -> bool:
        """Whether any market is released."""
        return MarketDecision.RELEASE in self.decisions.values()

    async def follow(self, barred: Mapping[str, str]) -> None:
        """Until every market is decided that is not yet. `barred` are those who have reviewed the batch (S5)."""
        self.learn(await self._case.establish("batch.gates_evaluated"))
        markets = [market for market in self._markets if market not in self.decisions]
        await asyncio.gather(
            *(self._certified(market, barred) for market in markets_by_rule(markets, DecisionRule.QP)),
            *(self._approved(market, barred) for market in markets_by_rule(markets, DecisionRule.QCU)),
        )

    def learn(self, effect: Mapping[str, JsonValue]) -> None:
        """Take what the records say is decided: an answer may have come in the instant in which it was not asked for.

        `effect` is that of the gates or of a redirection.
        """
        decided = effect["decided"]
        assert isinstance(decided, dict)
        for market, decision in decided.items():
            self._known(market, MarketDecision(str(decision)))

    async def _certified(self, market: str, barred: Mapping[str, str]) -> None:
        prefill = {"market": market}
        self._decided(await self._case.ask(QpCertification, prefill=prefill, barred=barred, about=market))

    async def _approved(self, market: str, barred: Mapping[str, str]) -> None:
        prefill = {"market": market}
        self._decided(await self._case.ask(QcuApproval, prefill=prefill, barred=barred, about=market))

    def _decided(self, answered: Answered[QpCertification] | Answered[QcuApproval]) -> None:
        decision: CertificationDecision = answered.form
        self._known(decision.market, decision.decision)

    def _known(self, market: str, decision: MarketDecision) -> None:
        if market not in self.decisions:
            self.decisions[market] = decision
            if decision is MarketDecision.RELEASE:
                self._released()
