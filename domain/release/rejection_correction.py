"""Correcting the rejection of a batch that was wrong (domain specification, section 8).

The rejection itself is final and stays on record. A correction is a new record of the same goods, signed by two people
who did not reject them, and it is reported.
"""

from collections.abc import Collection, Iterable

from pydantic import BaseModel, ConfigDict, Field

from domain.batch.batch import DeviationClass, DeviationState, OosState
from domain.batch.deviations.deviation import GRAVE
from domain.core.document import Evidence, RecordVersion
from domain.core.forms import Action, Decision, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.text import Text

CORRECTORS = frozenset({Role.HEAD_QA, Role.QA_APPROVER})


class CorrectionConfirmation(Decision):
    """Say whether the rejection was wrong, as head of quality. A no ends the new record.

    Where the head of quality has rejected it herself, another approver of quality says so: nobody corrects the own no.
    """

    action = Action(
        Process.BATCH,
        "confirm-correction",
        "Confirm that a rejection was wrong",
        CORRECTORS,
        meaning=Meaning.APPROVED,
        otherwise="The rejection stands.",
    )

    confirm: bool = Field(examples=[True])
    """Whether the rejection was wrong."""
    reason: Text = Field(
        examples=["The certificate of another batch had been read; this batch meets its specification."]
    )
    """What was wrong, and how that was found."""
    evidence: Evidence
    """Documents that show it."""

    def approves(self) -> bool:
        return self.confirm


class CorrectionCounterSignature(Decision):
    """Sign the correction of a rejection as qualified person. With this the new record goes on.

    Undoing a rejection is the qualified person's in person, as the second of two signatures; where no market needs one
    it is another member's of the quality unit. A no leaves the rejection as it is and may be said under a delegation.
    """

    action = Action(
        Process.BATCH,
        "countersign-correction",
        "Countersign the correction of a rejection",
        DECIDERS,
        meaning=Meaning.APPROVED,
        otherwise="The rejection stands.",
        in_person=True,
        by_market=True,
    )

    confirmation: RecordVersion
    """The version of the confirmation that was read."""
    confirm: bool = Field(examples=[True])
    """Whether the rejection was wrong."""
    reason: Text = Field(examples=["The evidence shows that the wrong certificate was read."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm


class Rejection(BaseModel):
    """The rejection that is to be corrected."""

    model_config = ConfigDict(frozen=True)

    batch_id: str
    rejecters: tuple[str, ...] = ()
    """Whose hands it counts as (S11, S12)."""

    def words(self) -> str:
        """What is to be decided on."""
        return f"The rejection of {self.batch_id} is to be corrected"


class UnfinishedDeviation(BaseModel):
    """A deviation that the rejected record has left open, or assessed and not accepted."""

    model_config = ConfigDict(frozen=True)

    deviation_id: str
    about: str
    is_assessed: bool
    """Whether the site has closed it; then the qualified person judges it next."""


class UnfinishedResult(BaseModel):
    """A result that the rejected record has left under investigation, or inconclusive."""

    model_config = ConfigDict(frozen=True)

    oos_id: str
    about: str
    in_laboratory: bool
    """Whether phase I goes on; else phase II does."""
    state: OosState | None = None
    """Where it stands; `None` as an earlier version of the program has told it."""
    own_laboratory: bool = False


class Unfinished(BaseModel):
    """What goes on under the new record."""

    model_config = ConfigDict(frozen=True)

    deviations: tuple[UnfinishedDeviation, ...] = ()
    results: tuple[UnfinishedResult, ...] = ()


def is_unfinished(of: DeviationClass, state: DeviationState) -> bool:
    """Whether a deviation keeps gate G7 closed: it is open, or grave and not accepted."""
    return state is DeviationState.OPEN or (state is DeviationState.CLOSED and of in GRAVE)


def correctors(rejecters: Collection[Role]) -> frozenset[Role]:
    """Who confirms that a rejection was wrong. `rejecters` are the roles of all who have rejected the batch."""
    return CORRECTORS if Role.HEAD_QA in rejecters else frozenset({Role.HEAD_QA})


def barred_from_correcting(*others: Iterable[str]) -> dict[str, str]:
    """S1: who has rejected the batch does not correct that, and nobody signs twice."""
    return dict.fromkeys([person for persons in others for person in persons], "S1")
