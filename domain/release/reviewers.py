"""Who answers the review of a release: each market's decider for that market (domain specification, 16 and 18)."""

from collections.abc import Collection, Iterable, Mapping

from domain.batch.batch import DecisionRule
from domain.batch.markets import reviewers_of
from domain.core.people import QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused
from domain.release.release_review import ReleaseOutcome, ReleaseReview


def who_may_take_back(rules: Iterable[DecisionRule]) -> frozenset[Role]:
    """Who takes a release back, in any market: that protects, so it is the quality unit's and every decider's."""
    return QUALITY_UNIT.union(*(reviewers_of(rule) for rule in rules))


def waits_for(market: str, rule: DecisionRule) -> str:
    """Whom a market waits for, for who reads the task."""
    return f"{market} waits for {_named(reviewers_of(rule))}"


def refuse_unless_entitled(form: ReleaseReview, rules: Mapping[str, DecisionRule], roles: Collection[Role]) -> None:
    """Raise `Refused` unless what the form says is the actor's to say, market by market.

    `rules` says who decides in each released market. Each is confirmed by its own decider alone.
    """
    faults: dict[str, str] = {}
    for index, each in enumerate(form.outcomes):
        rule = rules.get(each.market)
        if each.outcome is ReleaseOutcome.CONFIRM and rule is not None and reviewers_of(rule).isdisjoint(roles):
            who = _named(reviewers_of(rule))
            faults[f"outcomes.{index}.outcome"] = f"is for {who} to confirm; leave {each.market} out"
    if faults:
        raise Refused(Code.WRONG_ROLE, "A release is confirmed by its market's decider.", fields=faults, rule="G13")


def _named(roles: Iterable[Role]) -> str:
    return " or ".join(sorted(roles))
