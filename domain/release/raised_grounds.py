"""Raising the grounds on which a market has refused a batch (domain specification, section 18).

A rejection may have been given on milder grounds than were known later. Whoever of quality knows better says so, also
of a batch whose case is closed: what comes from it may still be used.
"""

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from domain.batch.market_refusal import Refusal
from domain.core.countries import Country
from domain.core.document import Documents
from domain.core.forms import Action, Form, Forms, Meaning
from domain.core.people import SPONSOR_QA_ROLES, Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.policy.rejection_grounds import RejectionGrounds

RULE = "section 18, grounds"


class GroundsRaised(Form):
    """Add grounds to a rejection, or to a release taken back. What follows is the same as if they had been stated."""

    action = Action(
        None,
        "raise",
        "Raise the grounds of a rejection",
        SPONSOR_QA_ROLES | {Role.QC_REVIEWER},
        meaning=Meaning.AUTHORED,
        sent_to="grounds",
    )

    earlier: int = Field(ge=0, le=10**6, examples=[0])
    """How many times the grounds against the batch were raised before, as they were read; 0 for the first."""
    market: Country = Field(examples=["US"])
    """The market that has refused the batch."""
    grounds: Annotated[tuple[RejectionGrounds, ...], Field(min_length=1, max_length=len(RejectionGrounds))] = Field(
        examples=[[RejectionGrounds.DATA_INTEGRITY]]
    )
    """What is added to the grounds that were stated."""
    reason: Text = Field(examples=["The audit trail of the chromatograph shows runs that were deleted on 2025-01-10."])
    """What became known, and from where."""
    documents: Documents = ()
    """Documents that show it."""

    def record_version(self) -> int:
        return self.earlier + 1


GROUNDS = RecordKind(
    noun="grounds",
    called="What is held against a batch",
    prefix="GRD-",
    example="GRD-BAT-1",
    forms=Forms(GroundsRaised),
)


def refuse_unless_next(earlier: int, known: int) -> None:
    """Raise `Refused` if they were raised meanwhile."""
    if earlier != known:
        message = f"The grounds were raised {known} times by now; read them again."
        raise Refused(Code.VERSION_STALE, message, fields={"earlier": f"is {known} by now"})


def raised(form: GroundsRaised, known: Refusal | None) -> tuple[RejectionGrounds, ...]:
    """All grounds from now on, those that were stated first. Raises `Refused` if nothing is added."""
    if known is None:
        raise broken(RULE, "Nothing was refused there.", market="has not refused this batch")
    _refuse_unless_more(form.grounds, known.grounds)
    return tuple(dict.fromkeys((*known.grounds, *form.grounds)))


def _refuse_unless_more(added: Collection[RejectionGrounds], known: Collection[RejectionGrounds]) -> None:
    if set(added) <= set(known):
        raise broken(RULE, "These grounds are stated already.", grounds=f"are {', '.join(sorted(known))} already")
