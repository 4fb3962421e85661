"""Who answers the review of a release: each market's decider for that market (domain specification, 16 and 18)."""

from collections.abc import Collection, Iterable, Mapping

from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused
from domain.release.release_review import ReleaseOutcome, ReleaseReview


def who_may_take_back(reviewers: Iterable[frozenset[Role]]) -> frozenset[Role]:
    """Who takes a release back, in any market: that protects, so it is the quality unit's and every decider's."""
    return QUALITY_UNIT.union(*reviewers)


def waits_for(market: str, reviewers: Iterable[Role]) -> str:
    """Whom a market waits for, for who reads the task."""
    return f"{market} waits for {_named(reviewers)}"


def refuse_unless_entitled(
    form: ReleaseReview, reviewers: Mapping[str, frozenset[Role]], roles: Collection[Role]
) -> None:
    """Raise `Refused` unless what the form says is the actor's to say, market by market.

    `reviewers` says who decides in each released market. Each is confirmed by its own decider alone.
    """
    faults: dict[str, str] = {}
    for index, each in enumerate(form.outcomes):
        own = reviewers.get(each.market)
        if each.outcome is ReleaseOutcome.CONFIRM and own is not None and own.isdisjoint(roles):
            who = _named(own)
            faults[f"outcomes.{index}.outcome"] = f"is for {who} to confirm; leave {each.market} out"
    if faults:
        raise Refused(Code.WRONG_ROLE, "A release is confirmed by its market's decider.", fields=faults, rule="G13")


def _named(roles: Iterable[Role]) -> str:
    return " or ".join(sorted(roles))
