"""Of every fact there is it is said what it reaches, and that is what it does to a family of batches."""

import pytest

from domain.agreement.facts import AgreementLapsed
from domain.batch.facts.decisions import BatchRejected
from domain.core.facts import Consequences, Fact
from domain.release.reach import REACH, On, unanswered
from domain.release.review_answers import BEARING
from domain.site.facts import CertificateVoid
from records.batch.tables.decisions import ReviewDemandRow
from records.contexts import load
from tests.records.databases import on_one_database
from tests.records.reach.telling import FAMILIES, OF_BATCH, OF_SITE, SUPPLIED, families, reached, tells
from tests.records.seeded import Seeded

FACTS = tuple(load().facts.values())
OF_SUPPLIED = {
    BatchRejected: On.RELEASED,
    AgreementLapsed: On.RELEASED | On.RELEASED_BELOW,
    CertificateVoid: On.RELEASED | On.RELEASED_BELOW,
}
"""What is released is not rejected as well. And what holds a batch that is not decided has reviewed what left of it."""
REACHING = [fact for fact in FACTS if fact in REACH and REACH[fact].on]


class SomethingNew(Fact):
    """A fact that somebody adds."""

    @property
    def identity(self) -> str:
        return "new"


def test_of_every_fact_it_is_said_what_it_reaches_or_why_it_reaches_nothing() -> None:
    assert unanswered(FACTS) == []
    assert unanswered([*FACTS, SomethingNew]) == ["SomethingNew"]
    assert set(REACH) <= set(FACTS)


def test_why_something_is_not_reached_is_a_sentence() -> None:
    assert all(reach.why.endswith(".") for reach in REACH.values() if reach.why)


def test_every_fact_that_reaches_something_is_told_below() -> None:
    assert {*OF_BATCH, *OF_SITE} == set(REACHING)
    assert not OF_BATCH.keys() & OF_SITE.keys()


@on_one_database
@pytest.mark.parametrize("fact", REACHING, ids=lambda fact: fact.__name__)
async def test_what_a_fact_reaches_in_the_family_is_what_is_said(seeded: Seeded, fact: type[Fact]) -> None:
    await families(seeded)
    done = Consequences()
    if fact in OF_SITE:
        done = await tells(seeded, OF_SITE[fact])
    else:
        for family in FAMILIES:
            done += await tells(seeded, OF_BATCH[fact](family.batch))
    assert reached(done) == REACH[fact].on
    assert reached(done, SUPPLIED) == REACH[fact].on | OF_SUPPLIED.get(fact, On.NONE), "as if it were released"
    reviewed_for = {demand.fact_kind for demand in await seeded.rows(ReviewDemandRow)}
    assert reviewed_for <= {kind.__name__ for kind in BEARING}, "it is said how such a review is answered"
