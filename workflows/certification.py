"""The decision on a batch for each of its markets."""

import asyncio
from collections.abc import Iterable, Mapping

from domain.batch import DecisionRule, MarketDecision, markets_by_rule
from domain.certification import QcuApproval, QpCertification
from workflows.case import Case


class Certification:
    """SOP-12, 7: the gates are looked at, then every market is decided by its own rule.

    EU GMP Annex 16; Directive 2001/83/EC, Article 51; 21 CFR 211.22(a); domain specification, section 8.
    """

    def __init__(self, case: Case) -> None:
        self._case = case

    async def decided(self, markets: Iterable[str], barred: Mapping[str, str]) -> dict[str, MarketDecision]:
        """The decision for each market. `barred` are those who have reviewed the batch (S5)."""
        markets = tuple(markets)
        await self._case.establish("batch.gates_evaluated")
        by_qp, by_qcu = markets_by_rule(markets, DecisionRule.QP), markets_by_rule(markets, DecisionRule.QCU)
        decisions = await asyncio.gather(
            *(self._certified(market, barred) for market in by_qp),
            *(self._approved(market, barred) for market in by_qcu),
        )
        return dict(zip((*by_qp, *by_qcu), decisions, strict=True))

    async def _certified(self, market: str, barred: Mapping[str, str]) -> MarketDecision:
        answered = await self._case.ask(QpCertification, prefill={"market": market}, barred=barred, about=market)
        return answered.form.decision

    async def _approved(self, market: str, barred: Mapping[str, str]) -> MarketDecision:
        answered = await self._case.ask(QcuApproval, prefill={"market": market}, barred=barred, about=market)
        return answered.form.decision
