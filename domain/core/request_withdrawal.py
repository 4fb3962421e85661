"""Taking back what one has asked for, while nothing is decided (domain specification, section 20)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import SPONSOR_QA_ROLES, Actor, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text


class RequestWithdrawal(Form):
    """Withdraw a request before it is decided on. It undoes nothing; what others have asked for in the case stands."""

    action = Action(
        Process.STATUS,
        "withdraw-request",
        "Withdraw a request",
        SPONSOR_QA_ROLES,
        meaning=Meaning.AUTHORED,
        also=frozenset({Process.AUDIT}),
        while_on_hold=True,
    )

    number: int = Field(ge=1, le=1000, examples=[1])
    """Number of the request in its case: 1 has opened it, the next ones have joined."""
    reason: Text = Field(examples=["The injections were found: they stand in the record of the other system."])
    """Why it is asked for no more."""


class Request(BaseModel):
    """A request as it stands in a case."""

    model_config = ConfigDict(frozen=True)

    number: int
    persons: frozenset[str]
    """Who has made it: the person, and the delegator; nobody if the program has."""
    at: AwareDatetime
    form: dict[str, JsonValue]
    is_withdrawn: bool = False


def numbered(
    made: Iterable[tuple[frozenset[str], datetime, dict[str, JsonValue]]], withdrawn: Collection[int]
) -> tuple[Request, ...]:
    """The requests of a case in their order, with the numbers by which they are withdrawn."""
    return tuple(
        Request(number=number, persons=persons, at=at, form=form, is_withdrawn=number in withdrawn)
        for number, (persons, at, form) in enumerate(made, 1)
    )


def standing(requests: Iterable[Request]) -> tuple[Request, ...]:
    """Those that nobody has withdrawn."""
    return tuple(request for request in requests if not request.is_withdrawn)


def refuse_unless_withdrawable(form: RequestWithdrawal, requests: Sequence[Request], actor: Actor) -> None:
    """Raise `Refused` unless the request stands and is the actor's own, or the actor is the head of quality.

    Who must not decline, since they have asked for the same, does not get there by withdrawing what others ask (S1).
    """
    request = next((each for each in standing(requests) if each.number == form.number), None)
    if request is None:
        raise broken("section 20", "There is no such request any more.", number="is unknown or withdrawn")
    if request.persons & actor.persons:
        return
    if Role.HEAD_QA not in actor.roles:
        message = "A request is withdrawn by who has made it, or by the head of quality."
        raise Refused(Code.WRONG_ROLE, message, rule="section 20")
    if any(actor.persons & each.persons for each in requests):
        message = "You have asked for the same: what others ask is declined by another person."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")
