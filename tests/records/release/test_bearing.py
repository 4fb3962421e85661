"""Every fact by which a release is reviewed says how it bears on the review."""

import pytest

from domain.core.facts import Fact
from domain.release.review_answers import BEARING
from records.contexts import load

NOT_REVIEWED = {
    "FailingResultFound": "opens a result, which is a fact of its own",
    "LotsNamed": "says of each batch what is a fact of its own",
    "SiteStopped": "says of each release what is a fact of its own",
    "ChangeStands": "says of each batch that was made with it what is a fact of its own",
    "Concluded": "ends what was said of batches",
    "RetestDue": "holds the batch alone, and nothing that is released",
}


def kinds_that_act_on_batches() -> list[type[Fact]]:
    return [
        kind
        for kind in load().facts.values()
        if any(each.__module__.startswith("records.batch.reactions") for each in load().reactions.of(kind))
    ]


@pytest.mark.parametrize("kind", kinds_that_act_on_batches(), ids=lambda kind: kind.__name__)
def test_each_fact_that_acts_on_batches_says_how_it_bears_on_a_review(kind: type[Fact]) -> None:
    assert (kind in BEARING) == (kind.__name__ not in NOT_REVIEWED)


def test_the_table_has_no_fact_that_acts_on_no_batch() -> None:
    assert set(BEARING) <= set(kinds_that_act_on_batches())
    assert len(BEARING) > 20
