"""Saying that a falsified or recalled lot is not concerned after all takes two persons (domain specification, 16)."""

from pydantic import Field

from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Meaning, Process
from domain.core.people import Role
from domain.core.text import Text
from domain.event.site_event import ALERTS_OF_LOTS, EventType

TO_CONFIRM = "TO_CONFIRM"
"""Under this name the effect of a triage lists the lots that a second person clears."""


def takes_two(type_: EventType) -> bool:
    """Whether a lot that such an event names is cleared by two: what was recalled, or may be falsified."""
    return type_ in ALERTS_OF_LOTS


class ClearingConfirmation(Decision):
    """Confirm that lots of an alert are not concerned, as its triage says. Until then, and without it, they are."""

    action = Action(
        Process.EVENT,
        "confirm-clearing",
        "Confirm that lots are not concerned",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA, Role.QP}),
        meaning=Meaning.APPROVED,
        otherwise="The lots stay in doubt.",
    )

    triage: RecordVersion
    """The version of the triage that was read."""
    confirm: bool = Field(examples=[True])
    """Whether they are not concerned."""
    reason: Text = Field(examples=["The serial numbers and the maker's statement were read; the packs are genuine."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm
