"""One round of a technical exchange: items are put, answered by the site and judged by the sponsor (section 7).

A closed round is never edited: what was wrong in it is a new item of the next one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import Documents
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import AsPrinted, ShortText, Text
from domain.core.units import Unit
from domain.exchange.exchange import LEADERS, NextStep

_MAX_ITEMS = 200
ItemNumber = Annotated[int, Field(ge=1, le=1_000_000, examples=[1])]
RoundNumber = Annotated[int, Field(ge=1, le=1_000, examples=[1])]


class ItemKind(StrEnum):
    """What an item of a round is."""

    QUESTION = "QUESTION"
    PROPOSAL = "PROPOSAL"
    DATA_REQUEST = "DATA_REQUEST"
    CONCERN = "CONCERN"


class ItemOutcome(StrEnum):
    """What the sponsor makes of an item and its response."""

    AGREED = "AGREED"
    OPEN = "OPEN"
    """Not settled: it is carried over into the next round."""
    REJECTED = "REJECTED"
    DEFERRED = "DEFERRED"
    """Left for later; it stands in the agreement and is not carried over."""


class NewItem(Value):
    """An item that is put to the site. The program gives it a number that is unique in the exchange."""

    kind: ItemKind
    """What it is."""
    topic: ShortText = Field(examples=["Coupling temperature"])
    """What it is about, in a few words."""
    text: Text = Field(examples=["Which range of the coupling temperature was shown at scale?"])
    """The question, the proposal, the data asked for, or the concern."""
    parameter: ShortText | None = Field(default=None, examples=["Coupling temperature"])
    """Name of the parameter that it concerns, if it concerns one."""
    current: AsPrinted | None = Field(default=None, examples=["38 to 42"])
    """The value or range as it is now."""
    proposed: AsPrinted | None = Field(default=None, examples=["35 to 45"])
    """The value or range that is proposed; needed for a proposal."""
    unit: Unit | None = None
    """UCUM unit of both."""
    rationale: Text | None = None
    """Why."""
    documents: Documents = ()
    """Documents that belong to it, shared with the site."""


class CarriedItem(Value):
    """An item of the round before that is still open. Its text stays as it was."""

    number: ItemNumber
    """Its number."""
    comment: Annotated[Text | None, Known("what the last review has asked for")] = None
    """What is still open about it."""


_ITEMS: list[JsonValue] = [
    {
        "kind": "QUESTION",
        "topic": "Coupling temperature",
        "text": "Which range of the coupling temperature was shown at scale?",
    }
]


class RoundOpening(Form):
    """Open a round: new items, and those that the round before has left open."""

    action = Action(
        Process.EXCHANGE,
        "open-round",
        "Open a round",
        LEADERS,
        audience=Audience.SHARED,
        announces=True,
        otherwise="Nothing is asked of the site, and nothing counts as agreed.",
    )

    items: tuple[NewItem, ...] = Field(max_length=_MAX_ITEMS, examples=[_ITEMS])
    """New items; none only if open ones are carried over."""
    carried: tuple[CarriedItem, ...] = Field(default=(), max_length=_MAX_ITEMS)
    """Exactly the items that the last review has left open."""


class ItemResponse(Value):
    """What the site answers to one item."""

    number: ItemNumber
    """The number of the item."""
    response: Text = Field(examples=["30 to 50 °C was shown over three batches; the report is attached."])
    """The answer."""
    documents: Documents = ()
    """Data that belong to it."""


class RoundResponse(Form):
    """Answer a round: every item, in one go."""

    action = Action(
        Process.EXCHANGE,
        "respond",
        "Answer the round",
        frozenset({Role.CDMO_TECH, Role.CDMO_PM}),
        clock="tx.response",
        audience=Audience.SHARED,
    )

    round: RoundNumber
    """The round that is answered."""
    responses: tuple[ItemResponse, ...] = Field(min_length=1, max_length=_MAX_ITEMS)
    """One response to each item of the round."""


class ItemVerdict(Value):
    """What the sponsor makes of one item."""

    number: ItemNumber
    """The number of the item."""
    verdict: ItemOutcome
    """AGREED, OPEN, REJECTED or DEFERRED."""
    reason: Text | None = None
    """Why; needed for REJECTED and DEFERRED, and for OPEN what is missing."""


class AfterReview(StrEnum):
    """What the reviewer wants next."""

    AGREEMENT = "AGREEMENT"
    """The parameters are written down and signed."""
    ANOTHER_ROUND = "ANOTHER_ROUND"


class RoundReview(Form):
    """Judge the answers of the site and say what comes next. With it the round is closed."""

    action = Action(
        Process.EXCHANGE, "review", "Judge the answers", LEADERS, clock="tx.review", audience=Audience.SHARED
    )

    round: RoundNumber
    """The round that is judged."""
    verdicts: tuple[ItemVerdict, ...] = Field(min_length=1, max_length=_MAX_ITEMS)
    """One verdict on each item of the round."""
    then: AfterReview
    """AGREEMENT only if no item is OPEN and no concern stands."""


def refuse_unless_round(given: int, current: int) -> None:
    """Raise `Refused` when a form is about another round than the current one."""
    if given != current:
        message = f"The current round is {current}."
        raise Refused(Code.VERSION_STALE, message, fields={"round": "is not the current round"}, rule="section 7")


def refuse_unless_openable(form: RoundOpening, still_open: Collection[int]) -> None:
    """Raise `Refused` unless the round has an item and carries over exactly what is `still_open` (item numbers)."""
    faults = numbering_faults("carried", [each.number for each in form.carried], still_open)
    if not form.items and not still_open:
        faults["items"] = "name at least one item"
    if len(form.items) + len(still_open) > _MAX_ITEMS:
        faults["items"] = f"are more than {_MAX_ITEMS} together with those that are carried over"
    for index, item in enumerate(form.items):
        if item.kind is ItemKind.PROPOSAL and item.proposed is None:
            faults[f"items.{index}.proposed"] = "say what is proposed"
    if faults:
        raise broken("section 7, round", "The round cannot be opened like this.", **faults)


def refuse_unless_answered(form: RoundResponse, items: Collection[int]) -> None:
    """Raise `Refused` unless every item of the round has exactly one response. `items` are their numbers."""
    if faults := numbering_faults("responses", [each.number for each in form.responses], items):
        raise broken("section 7, round", "Answer each item of the round once.", **faults)


def refuse_unless_judged(
    form: RoundReview, items: Collection[int], *, concerns: Sequence[int], rounds_left: bool
) -> None:
    """Raise `Refused` unless every item has one verdict, with its reason, and what comes next fits them.

    `concerns` are the numbers of those that stand. A round closes only when every item has a response and a verdict.
    """
    faults = numbering_faults("verdicts", [each.number for each in form.verdicts], items)
    for index, each in enumerate(form.verdicts):
        if each.verdict in (ItemOutcome.REJECTED, ItemOutcome.DEFERRED) and each.reason is None:
            faults[f"verdicts.{index}.reason"] = f"say why it is {each.verdict}"
    still_open = open_items(form.verdicts)
    if form.then is AfterReview.AGREEMENT and (still_open or concerns):
        faults["then"] = _standing_against(still_open, concerns)
    if form.then is AfterReview.ANOTHER_ROUND and not (still_open or concerns or rounds_left):
        faults["then"] = "no round is left and nothing is open; go on to the agreement"
    if faults:
        raise broken("section 7, round", "The round cannot be closed like this.", **faults)


def _standing_against(still_open: Sequence[int], concerns: Sequence[int]) -> str:
    items = [f"item {number} is open" for number in still_open]
    return ", ".join([*items, *(f"concern {number} stands" for number in concerns)])[:2000]


def open_items(verdicts: Iterable[ItemVerdict]) -> list[int]:
    """The numbers of the items that are left open, in order."""
    return sorted(each.number for each in verdicts if each.verdict is ItemOutcome.OPEN)


def step_after_review(form: RoundReview, *, rounds_left: bool) -> NextStep:
    """What follows a review: without agreement another round, or the steering pair once no round is left."""
    if form.then is AfterReview.AGREEMENT:
        return NextStep.AGREEMENT
    return NextStep.ROUND if rounds_left else NextStep.ESCALATION


def numbering_faults(field: str, given: Sequence[int], wanted: Collection[int]) -> dict[str, str]:
    """What is wrong with a list that names each of the `wanted` numbers once."""
    faults: dict[str, str] = {}
    if missing := sorted(set(wanted) - set(given)):
        faults[field] = f"lacks item {', '.join(map(str, missing))}"
    for index, number in enumerate(given):
        if number not in wanted:
            faults[f"{field}.{index}.number"] = "is no such item of this round"
        elif number in given[:index]:
            faults[f"{field}.{index}.number"] = "is named twice"
    return faults


def suggested_opening(still_open: Mapping[int, str | None]) -> dict[str, JsonValue]:
    """Prefill of a round: what is still open, with what the review said is missing. In the first round nothing."""
    if not still_open:
        return {}
    return {"items": [], "carried": [{"number": n, "comment": still_open[n]} for n in sorted(still_open)]}


def suggested_numbers(field: str, round_: int, items: Iterable[int]) -> dict[str, JsonValue]:
    """Prefill of an answer or a review: the round and the numbers of its items."""
    return {"round": round_, field: [{"number": number} for number in sorted(items)]}
