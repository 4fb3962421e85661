"""The markets of what is signed, as the policy in force counts them."""

from domain.appointment.reliance import Signing
from domain.policy.policy import Policy


def in_markets(signing: Signing, policy: Policy) -> Signing:
    """What is signed, with the markets that an appointment may name for it, as the policy in force counts them."""
    markets = (signing.market,) if signing.market is not None else signing.markets
    rows = [policy.market_rule(each) for each in markets]
    return signing.model_copy(
        update={
            "markets": markets,
            "counting": frozenset(code for each in markets for code in policy.codes_counting_in(each)),
            "lands": frozenset(markets).union(*(row.codes for row in rows if row is not None)),
        }
    )
