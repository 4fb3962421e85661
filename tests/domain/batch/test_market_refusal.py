"""What one market decides against a batch, and what that means elsewhere."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.batch.holds.market_judgement import (
    MarketCoJudgement,
    MarketJudgement,
    co_judges,
    refuse_same_person,
    refuse_unless_about,
)
from domain.batch.market_refusal import Refusal, RefusedAs
from domain.core.people import QUALITY_UNIT, Role
from domain.policy.rejection_grounds import USUALLY_SUSPENDING, RejectionGrounds, in_words, is_of_the_market
from domain.release.raised_grounds import GROUNDS, GroundsRaised, raised
from tests.domain.filling import faults, filled

G = RejectionGrounds


def refused_for(*grounds: RejectionGrounds, how: RefusedAs = RefusedAs.REJECTED) -> Refusal:
    return Refusal(batch_id="BAT-1", market="US", how=how, grounds=grounds, because="As found.")


@pytest.mark.parametrize(
    ("grounds", "suspends", "of_market"),
    [
        ((G.DATA_INTEGRITY,), True, False),
        ((G.SAFETY, G.COMMERCIAL), True, False),
        ((G.STERILITY,), True, False),
        ((G.SPECIFICATION,), False, False),
        ((G.COMMERCIAL,), False, True),
        ((G.MARKET_REGISTRATION, G.COMMERCIAL), False, True),
        ((G.MARKET_REGISTRATION, G.IDENTITY), False, False),
        ((), False, False),
    ],
)
def test_grounds_suspend_every_market_or_say_nothing_elsewhere(
    grounds: tuple[RejectionGrounds, ...], *, suspends: bool, of_market: bool
) -> None:
    refusal = refused_for(*grounds)
    assert (refusal.suspends(USUALLY_SUSPENDING), refusal.is_of_the_market) == (suspends, of_market)
    assert is_of_the_market(grounds) is of_market


def test_a_refusal_is_told_in_the_words_of_the_field() -> None:
    assert refused_for(G.DATA_INTEGRITY).words() == "BAT-1 was rejected for US (data integrity): As found."
    assert refused_for(how=RefusedAs.TAKEN_BACK).words().startswith("BAT-1 was taken back for US (grounds not stated)")
    assert in_words([G.MANUFACTURE, G.MARKET_REGISTRATION]) == "departure from GMP, registration in that market"
    assert len({each.words for each in G}) == len(G)


@pytest.mark.parametrize("form", [MarketJudgement, MarketCoJudgement])
def test_a_judgement_says_something_and_rests_on_a_document(form: type[Any]) -> None:
    document = {"document_id": "DOC-1", "sha256": "0" * 64}
    given = filled(form, evidence=[document])
    assert faults(lambda: refuse_unless_about(given, is_suspension=True, market="EU")) == set()
    assert faults(lambda: refuse_unless_about(given, is_suspension=False, market="EU")) == {"hold_id"}
    assert faults(lambda: refuse_unless_about(given, is_suspension=True, market="US")) == {"market"}
    faulty: list[dict[str, Any]] = [{"assessment": "yes"}, {"evidence": []}]
    for wrong in faulty:
        with pytest.raises(ValidationError):
            filled(form, {"evidence": [document], **wrong})


def test_the_head_of_quality_judges_beside_the_decider_and_another_one_if_she_is_that_herself() -> None:
    assert co_judges(None) == {Role.HEAD_QA}
    assert co_judges([Role.QP]) == {Role.HEAD_QA}
    assert co_judges([Role.QP, Role.HEAD_QA]) == QUALITY_UNIT
    assert faults(lambda: refuse_same_person({"PER-1"}, ["PER-2", "PER-1"])) == {"<S1>"}
    assert faults(lambda: refuse_same_person({"PER-1"}, ["PER-2"])) == set()


def test_grounds_are_only_added() -> None:
    form = filled(GroundsRaised, market="US", grounds=["DATA_INTEGRITY"])
    assert raised(form, refused_for(G.SPECIFICATION)) == (G.SPECIFICATION, G.DATA_INTEGRITY)
    assert raised(form, refused_for()) == (G.DATA_INTEGRITY,)
    assert faults(lambda: raised(form, refused_for(G.SAFETY, G.DATA_INTEGRITY))) == {"grounds"}
    assert faults(lambda: raised(form, None)) == {"market"}
    assert GROUNDS.names(GROUNDS.of("BAT-1"))
    assert not GROUNDS.names("GRD-")
