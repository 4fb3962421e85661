"""Who has tested does not review the results (gate G9; section 11, S1)."""

from collections.abc import Collection, Iterable

from domain.batch.gate.batch_facts import OwnTestFacts, PaperFacts
from domain.batch.gate.decision_facts import ReviewFacts
from domain.batch.review import ResultsReview
from domain.core.names import party_key
from domain.core.people import Actor
from domain.core.refusals import Code, Refused


def tested_by(each: OwnTestFacts, persons: Collection[str], name: str) -> bool:
    """Whether one of these persons, or the analyst of that printed name, has tested."""
    return not set(each.testers).isdisjoint(persons) or party_key(name) in map(party_key, each.analysts)


def refuse_own_review(actor: Actor, tests: Iterable[OwnTestFacts]) -> None:
    """Raise `Refused` if who reviews the results has tested, under whatever account or delegation."""
    own = [each.report for each in tests if tested_by(each, actor.persons, actor.name)]
    if own:
        message = "You have tested; another person reviews the results."
        fields = {"verdicts": f"{', '.join(own)} is own testing of yours"}
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, fields=fields, rule="S1")


def review_faults(
    tests: Iterable[OwnTestFacts], certificates: Iterable[PaperFacts], reviews: Iterable[ReviewFacts]
) -> list[str]:
    """What nobody has reviewed, or its tester alone. Before the review of the results nothing is missed here."""
    review = next((each for each in reviews if each.action == ResultsReview.action.name), None)
    if review is None:
        return []
    found = []
    for each in tests:
        if tested_by(each, review.last_by, review.by_name):
            found.append(f"own testing {each.report} was reviewed by {review.by_name}, who has tested")
        elif each.at > review.at:
            found.append(f"own testing {each.report} came after the review of the results")
    found += [
        f"certificate {each.report} came after the review of the results"
        for each in certificates
        if each.at is not None and each.at > review.at
    ]
    return found
