"""The markets of what is signed, as the policy in force counts them."""

from collections.abc import Collection, Sequence

from domain.appointment.reliance import Signing
from domain.policy.market_rule import MarketRule
from domain.policy.policy import Policy


def in_markets(signing: Signing, policy: Policy) -> Signing:
    """What is signed, with the markets that an appointment may name for it, as the policy in force counts them."""
    markets = (signing.market,) if signing.market is not None else signing.markets
    rows = [policy.row_for(each, clinical=signing.is_clinical) for each in markets]
    return signing.model_copy(
        update={
            "markets": markets,
            "counting": frozenset(code for each in markets for code in policy.codes_counting_in(each)),
            "lands": frozenset(markets).union(*(row.codes for row in rows if row is not None)),
            "licensed_in": _licensed_in(signing, rows),
            "licences": _licences(signing, rows),
        }
    )


def declares_for(policy: Policy, market: str, markets: Collection[str], country: str | None) -> bool:
    """Whether what a qualified person declares counts for a market, by the markets and the licence of the appointment.

    One that names no market was made when all declared for the Union.
    """
    row = policy.market_rule(market)
    if row is not None and row.licensed_in and country is not None and country not in row.licensed_in:
        return False
    return not markets or not set(policy.codes_counting_in(market)).isdisjoint(markets)


def _licensed_in(signing: Signing, rows: Sequence[MarketRule | None]) -> frozenset[str]:
    """Asked of who decides by the row; who confirms what a site has done is on that site's own licence."""
    asked = [
        frozenset(row.licensed_in) | _at_origin(signing, row)
        if row is not None and signing.roles <= {*row.deciders}
        else None
        for row in rows
    ]
    known = [each for each in asked if each]
    return frozenset[str]().union(*known) if len(known) == len(asked) else frozenset()


def _licences(signing: Signing, rows: Sequence[MarketRule | None]) -> frozenset[str]:
    """The kinds of licences, asked of the same people."""
    asked = [row.licences if row is not None and signing.roles <= {*row.deciders} else () for row in rows]
    return frozenset(each.value for kinds in asked for each in kinds) if asked and all(asked) else frozenset()


def _at_origin(signing: Signing, row: MarketRule) -> frozenset[str]:
    """Those of the countries that the row names for goods which come from there; all where that is not asked."""
    named = frozenset(row.at_origin)
    return named if signing.comes_from is None else named & signing.comes_from
