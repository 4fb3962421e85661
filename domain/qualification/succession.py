"""Who takes over a site, and what becomes of its scopes (domain specification, section 10)."""

from pydantic import Field

from domain.asl.asl import AslStatus
from domain.core.forms import Action, Decision, Meaning, Process
from domain.core.names import party_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.qualification.request import LegalEntity


class SuccessionDecision(Decision):
    """Carry the status over to the new owner for a limited time, or not (section 10)."""

    action = Action(
        Process.QUALIFICATION,
        "carry-over",
        "Decide on carrying the status over",
        frozenset({Role.HEAD_QA}),
        clock="qualification.decide",
        meaning=Meaning.APPROVED,
    )

    carry_over: bool = Field(examples=[True])
    """Whether the site stays approved, conditionally, under its new owner."""
    reason: Text = Field(examples=["Site, people and quality system stay; only the shareholder changes."])
    """Why."""

    def approves(self) -> bool:
        return self.carry_over


def is_transferable(status: AslStatus | None) -> bool:
    """Whether there is a status that a new owner could take over; a suspended site is sold suspended."""
    return status is not None and (status.is_active or status is AslStatus.SUSPENDED)


def refuse_unless_transferable(status: AslStatus | None) -> None:
    """Raise `Refused` unless there is a status that a new owner could take over (section 10, ownership change)."""
    if not is_transferable(status):
        stands = f"has the status {status}" if status else "has no status"
        raise broken("section 10", "There is no status to take over.", succession=f"the scope {stands}")


def is_the_same(entity: LegalEntity, *, name: str, country: str) -> bool:
    """Whether a company is the one that is registered under this name and country."""
    return (party_key(entity.name), entity.country) == (party_key(name), country)
