"""A concern about a technical exchange: who watches it may stop the agreement (domain specification, section 7)."""

from collections.abc import Sequence

from pydantic import Field

from domain.core.forms import Action, Audience, Form, Process
from domain.core.people import Org, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.exchange.round import ItemNumber

WATCHERS = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.QP, Role.CDMO_QA})


class Concern(Form):
    """Raise a concern; both sides read it. Nothing is agreed on until the side that raised it has settled it."""

    action = Action(Process.EXCHANGE, "raise-concern", "Raise a concern", WATCHERS, audience=Audience.SHARED)

    concern: Text = Field(examples=["The hold time of the intermediate has no stability data."])
    """What must be cleared before anything is agreed on."""


class ConcernSettlement(Form):
    """Settle a concern that your own side has raised."""

    action = Action(Process.EXCHANGE, "settle-concern", "Settle a concern", WATCHERS, audience=Audience.SHARED)

    number: ItemNumber
    """The number of the concern."""
    reason: Text = Field(examples=["The stability report covers 72 hours."])
    """Why it no longer stands."""


def refuse_unless_settleable(number: int, raised_by: Org | None, *, settled: bool, by: Org) -> None:
    """Raise `Refused` unless the concern stands and the actor's side has raised it; `None`: there is no such one."""
    if raised_by is None:
        raise broken("section 7, concern", "There is no such concern.", number="unknown")
    if settled:
        raise Refused(Code.ALREADY_ANSWERED, f"Concern {number} has been settled.", fields={"number": "is settled"})
    if raised_by is not by:
        message = f"Concern {number} is settled by the side that raised it."
        raise Refused(Code.WRONG_ORGANISATION, message, fields={"number": "is the other side's"}, rule="section 7")


def refuse_while_concerned(concerns: Sequence[int]) -> None:
    """Raise `Refused` while a concern stands: it blocks the agreement (section 7)."""
    if concerns:
        named = ", ".join(map(str, concerns[:20]))
        raise Refused(Code.GATE_CLOSED, f"Concern {named} stands; nothing is agreed on before it is settled.",
                      rule="section 7, concern")  # fmt: skip
