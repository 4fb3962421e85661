"""The markets of what is signed, as the policy in force counts them."""

from collections.abc import Collection

from domain.appointment.reliance import MarketAsked, Signing
from domain.policy.market_rule import MarketRule
from domain.policy.policy import Policy


def in_markets(signing: Signing, policy: Policy) -> Signing:
    """What is signed, with what each of its markets asks of an appointment, by its own row of the policy in force."""
    markets = (signing.market,) if signing.market is not None else signing.markets
    asks = tuple(_asked(each, signing, policy) for each in markets)
    return signing.model_copy(update={"markets": markets, "asks": asks})


def _asked(market: str, signing: Signing, policy: Policy) -> MarketAsked:
    """The licence is asked of who decides by the row; who confirms what a site has done is on that site's own one."""
    row = policy.row_for(market, clinical=signing.is_clinical)
    decides = row is not None and signing.roles <= {*row.deciders}
    licensed_in = frozenset(row.licensed_in) | _at_origin(signing, row) if row is not None and decides else frozenset()
    return MarketAsked(
        market=market,
        counting=frozenset(policy.codes_counting_in(market)),
        lands=frozenset({market}) | (row.codes if row is not None else frozenset()),
        licensed_in=licensed_in,
        licences=frozenset(each.value for each in row.licences) if row is not None and decides else frozenset(),
    )


def declares_for(policy: Policy, market: str, markets: Collection[str], country: str | None) -> bool:
    """Whether what a qualified person declares counts for a market, by the markets and the licence of the appointment.

    One that names no market was made when all declared for the Union. Where the certification by a qualified person
    abroad is taken, theirs is as well.
    """
    row = policy.market_rule(market)
    if row is not None and country is not None and not row.takes_declaration_of(country):
        return False
    return not markets or not set(policy.codes_counting_in(market)).isdisjoint(markets)


def _at_origin(signing: Signing, row: MarketRule) -> frozenset[str]:
    """Those of the countries that the row names for goods which come from there; all where that is not asked."""
    named = frozenset(row.at_origin)
    return named if signing.comes_from is None else named & signing.comes_from
