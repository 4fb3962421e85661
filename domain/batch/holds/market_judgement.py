"""Judging for one market what another one has decided against a batch (domain specification, section 18).

On suspending grounds nothing is decided and nothing leaves in any market until two people have judged on evidence: the
decider of the market and the head of quality, in any order. It rejects nothing by itself.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.core.countries import Country
from domain.core.document import Evidence
from domain.core.forms import Action, Decision, Meaning, Process
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text

RULE = "section 18, other markets"
LEAST_WORDS = 30
"""Characters that an assessment has at least; three letters are none."""
Assessment = Annotated[Text, Field(min_length=LEAST_WORDS)]


class Slot(StrEnum):
    """Whose part of the judgement it is."""

    DECIDER = "DECIDER"
    QUALITY = "QUALITY"


class _OnOtherMarket(Decision):
    """What either of the two says."""

    hold_id: Identifier = Field(examples=["HOLD-1"])
    """The hold by which the market is stopped."""
    market: Country = Field(examples=["EU"])
    """The market that is judged for."""
    goes_on: bool = Field(examples=[True])
    """Whether the batch may go on for this market. If not it stays stopped; rejecting it is a decision of its own."""
    assessment: Assessment = Field(
        examples=["The raw data of this batch were read again on the instrument; none of the copied runs is of it."]
    )
    """What the other market's grounds mean for the batch here, and how that is known."""
    evidence: Evidence
    """Documents that it rests on."""

    def approves(self) -> bool:
        return self.goes_on


class MarketJudgement(_OnOtherMarket):
    """Judge, as the decider of a market, whether a batch may go on there that another market has refused.

    It is part of the decision on the batch, and given in person.
    """

    action = Action(
        Process.BATCH,
        "judge-other-market",
        "Judge what another market has decided",
        DECIDERS,
        or_by_row=True,
        meaning=Meaning.APPROVED,
        otherwise="Nothing is decided and nothing leaves for this market.",
        in_person=True,
        by_market=True,
    )


class MarketCoJudgement(_OnOtherMarket):
    """Judge the same as head of quality; where she is the decider herself, another member of the quality unit does."""

    action = Action(
        Process.BATCH,
        "judge-other-market-quality",
        "Judge as head of quality what another market has decided",
        QUALITY_UNIT,
        meaning=Meaning.APPROVED,
        otherwise="Nothing is decided and nothing leaves for this market.",
    )


SLOTS: dict[Slot, type[MarketJudgement] | type[MarketCoJudgement]] = {
    Slot.DECIDER: MarketJudgement,
    Slot.QUALITY: MarketCoJudgement,
}


class OpenJudgement(BaseModel):
    """A part of the judgement that waits for a person."""

    model_config = ConfigDict(frozen=True)

    slot: Slot
    version: int = 0
    """Version of the record with which it was said last that the batch does not go on; 0 if it was not said yet."""
    barred: tuple[str, ...] = ()
    """Who has taken the other part."""

    def prefill(self, hold_id: str, market: str | None) -> dict[str, JsonValue]:
        """What it is about. What is judged is left open."""
        return {"hold_id": hold_id, "market": market}


def co_judges(decider: Collection[Role] | None) -> frozenset[Role]:
    """Who judges beside the decider. `decider` are the roles of who has taken that part; `None` while nobody has."""
    return QUALITY_UNIT if decider is not None and Role.HEAD_QA in decider else frozenset({Role.HEAD_QA})


def refuse_unless_about(form: _OnOtherMarket, *, is_suspension: bool, market: str | None) -> None:
    """Raise `Refused` unless the hold is one that another market's decision has placed for this market."""
    if not is_suspension:
        raise broken(RULE, "This hold is lifted as its owner proposes.", hold_id="is not of another market's decision")
    if form.market != market:
        raise broken(RULE, f"This hold stops {market}.", market=f"must be {market}")


def refuse_same_person(persons: Collection[str], others: Collection[str]) -> None:
    """Raise `Refused` if one person takes both parts (S1)."""
    if not frozenset(persons).isdisjoint(others):
        raise Refused(Code.SEGREGATION_OF_DUTIES, "You have judged it already; another person does as well.", rule="S1")
