"""Who decides on a batch by its stage in the supply chain (domain specification, section 17)."""

from collections.abc import Iterable

from domain.batch.markets import deciders
from domain.batch.supply_stage import RULE, SupplyStage
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.refusals import broken
from domain.policy.market_rule import DecisionRule, MarketRule


def rule_at_stage(stage: SupplyStage | None, row: MarketRule, country: str | None) -> DecisionRule:
    """Who decides on a batch for a market, by the row of it. `country` is that of the site that makes it.

    Product, and what was registered without a stage, by the market's own rule. Where a qualified person certifies, bulk
    that is made in the area of the market, from which what comes is no import, is confirmed by a qualified person of
    its site; everything else is released for further processing.
    """
    if stage is None or stage.reaches_patients:
        return row.rule
    if stage is SupplyStage.BULK and _depends_on_the_country(row) and country in row.import_area:
        return DecisionRule.CONFIRMATION
    return DecisionRule.PROCESSING


def refuse_unless_country_known(
    stage: SupplyStage | None, rows: Iterable[MarketRule], country: str | None, site_id: str
) -> None:
    """Raise `Refused` where who decides on bulk depends on a country that nobody has recorded."""
    if stage is SupplyStage.BULK and country is None and any(map(_depends_on_the_country, rows)):
        fault = f"the country of {site_id} is not known, and who decides on bulk depends on it"
        raise broken(RULE, "Say first in which country the site stands.", supply_stage=fault)


def _depends_on_the_country(row: MarketRule) -> bool:
    return row.rule is DecisionRule.QP and bool(row.import_area)


def deciders_at_stage(rules: Iterable[DecisionRule]) -> frozenset[Role]:
    """The roles that decide on what concerns a batch, by the rules of its markets.

    Of what is released for further processing the quality unit, of bulk that is confirmed also the qualified person.
    """
    known = set(rules)
    of_products = [rule for rule in known if rule.is_of_a_product]
    if of_products or not known:
        return deciders(of_products)
    return DECIDERS if DecisionRule.CONFIRMATION in known else QUALITY_UNIT
