"""Exceptions of single gates in an emergency shortage (domain specification, section 10).

The program bypasses no gate. An exception names one gate for one market, rests on a letter of the competent authority,
and counts once three different people have signed. It excuses what the gate had found as it was asked for: what is
found later is new, and is mended, judged, or excused by another exception.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.batch.gate.reasons import KeptReason, kept
from domain.core.attestations import Known
from domain.core.countries import Country
from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text, WholeText


class ExcusedGate(StrEnum):
    """The only gates that an authority may excuse (section 10)."""

    G3 = "G3"
    G4 = "G4"
    G10 = "G10"


class ExceptionRequest(Form):
    """Ask that one gate is excused for one market, because patients would go without."""

    action = Action(
        Process.BATCH,
        "request-exception",
        "Request an exception of a gate",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
    )

    gate: ExcusedGate = Field(examples=[ExcusedGate.G3])
    """The gate."""
    market: Country = Field(examples=["EU"])
    """The market, which is not decided yet."""
    authority_letter: DocumentReference
    """Letter in which the competent authority of the market agrees."""
    justification: Text = Field(examples=["No other source; stock ends within two weeks. The authority has agreed."])
    """Why patients need the batch, and why the gate may be excused."""


class OnException(Decision):
    """A signature on an exception, of a gate or of a supply."""

    exception_id: Identifier = Field(examples=["EXC-1"])
    """The exception."""
    request: RecordVersion
    """The version of the request that was read."""
    reasons_seen: Annotated[WholeText | None, Known("what the gate had found")] = None
    """What the gate had found as the exception was asked for, as the task shows it. It excuses nothing else."""
    approve: bool = Field(examples=[True])
    """Whether the exception is signed; a no ends it."""
    reason: Text = Field(examples=["The letter covers the batch; the risk of a shortage outweighs it."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class ExceptionSignature(OnException):
    """Sign an exception as the decider of its market: the qualified person, or another one of the quality unit.

    In person: it opens a gate of the certification that follows.
    """

    action = Action(
        Process.BATCH,
        "sign-exception",
        "Sign the exception of a gate",
        DECIDERS,
        or_by_row=True,
        meaning=Meaning.APPROVED,
        otherwise="The gate is not excused.",
        in_person=True,
        by_market=True,
    )


class ExceptionRegulatorySignature(OnException):
    """Sign an exception for regulatory affairs, after the qualified person. With this it counts."""

    action = Action(
        Process.BATCH,
        "sign-exception-regulatory",
        "Sign the exception of a gate for regulatory affairs",
        frozenset({Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
        otherwise="The gate is not excused.",
    )


def barred_from_excusing(*signers: Iterable[str]) -> dict[str, str]:
    """S1: three different people sign."""
    return dict.fromkeys([person for persons in signers for person in persons], "S1")


def refuse_unless_open(form: ExceptionRequest, *, undecided: Collection[str], waiting: str | None) -> None:
    """Raise `Refused` unless the market is open and no exception of the gate waits for signatures there."""
    if form.market not in undecided:
        raise broken("section 10", "Nothing is to be excused there.", market="is no market of this batch that is open")
    if waiting is not None:
        message = f"{waiting} is about this gate and market already."
        raise Refused(Code.CONFLICT, message, fields={"gate": f"is that of {waiting}"}, rule="section 10")


def reasons_kept(form: ExceptionRequest, left: Iterable[str]) -> tuple[KeptReason, ...]:
    """What the exception excuses: all that the gate has found and no other exception excuses.

    Raises `Refused` where nothing is left: an exception is never signed for what nobody knows.
    """
    reasons = kept(left)
    if not reasons:
        why = "finds nothing that is not excused already"
        raise broken("section 10", f"Gate {form.gate} has nothing to excuse.", gate=why)
    return reasons


def in_words(reasons: Iterable[KeptReason] | None) -> str | None:
    """What an exception excuses, as whoever signs it reads it; `None` where that was not kept."""
    return "\n".join(each.words for each in reasons) if reasons is not None else None


def refuse_unless_seen(form: OnException, shown: str | None) -> None:
    """Raise `Refused` unless whoever signs has had the reasons in front, as they are shown; `None` were not kept."""
    if form.approve and shown is not None and form.reasons_seen != shown:
        why = "is not what the gate had found: read the task again"
        raise Refused(
            Code.VERSION_STALE, "The reasons are other ones.", fields={"reasons_seen": why}, rule="section 10"
        )


def refuse_unless_waiting(*, known: bool, is_next: bool) -> None:
    """Raise `Refused` unless an exception of the batch waits for this very signature."""
    if not known:
        raise broken("section 10", "There is no such exception of this batch.", exception_id="unknown")
    if not is_next:
        fields = {"exception_id": "does not wait for this signature"}
        raise Refused(Code.NOT_OPEN, "The exception does not wait for this signature.", fields=fields)
