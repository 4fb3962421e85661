"""Writing down what an exchange has come to, and the four signatures under it (domain specification, section 7).

First CMC_LEAD and CDMO_TECH sign, then QA_APPROVER and CDMO_QA; they are four people, and none of the quality units has
written the draft (S1).
"""

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.exchange.parameters import Parameter, ParameterClass, ParameterContent, QualityAttribute

_CLOCK = "tx.agree"
_PARAMETERS: list[JsonValue] = [
    {
        "step": "Coupling",
        "name": "Coupling temperature",
        "unit": "Cel",
        "target": "40",
        "nor_low": "35",
        "nor_high": "45",
        "par_low": "30",
        "par_high": "50",
        "parameter_class": ParameterClass.CPP.value,
        "linked_cqas": ["Impurity I-3"],
    }
]
_ATTRIBUTES: list[JsonValue] = [
    {"name": "Impurity I-3", "method": "HPLC AM-017", "unit": "%", "limit_high": "0.15"}
]  # fmt: skip


_AS_BEFORE = Known("as drafted last, or as in the set in force")


class ParameterDraft(Form):
    """Write down the parameters that were agreed on. A change of them is a new draft, with new signatures."""

    action = Action(
        Process.EXCHANGE,
        "draft-parameters",
        "Write down the parameters",
        frozenset({Role.CMC_LEAD}),
        clock=_CLOCK,
        audience=Audience.SHARED,
    )

    parameters: Annotated[tuple[Parameter, ...], _AS_BEFORE] = Field(
        min_length=1, max_length=200, examples=[_PARAMETERS]
    )
    """Parameters, in the order of the process."""
    attributes: Annotated[tuple[QualityAttribute, ...], _AS_BEFORE] = Field(
        min_length=1, max_length=100, examples=[_ATTRIBUTES]
    )
    """Critical quality attributes."""
    rationale: Annotated[Text, _AS_BEFORE] = Field(examples=["As agreed in rounds 1 and 2."])
    """What the parameters rest on."""

    def content(self) -> ParameterContent:
        """The parameters and attributes."""
        return ParameterContent(parameters=self.parameters, attributes=self.attributes)


class ParameterSignature(Decision):
    """What each of the four says to the draft."""

    draft: RecordVersion
    """The version of the draft that was read."""
    approve: bool = Field(examples=[True])
    """Yes, or no with the reason."""
    reason: Text | None = None
    """Needed with a no: what should be otherwise."""
    another_round: bool = False
    """With a no: whether another round is held first. Otherwise the draft is written anew."""

    def approves(self) -> bool:
        return self.approve


def _action(name: str, title: str, role: Role) -> Action:
    return Action(
        Process.EXCHANGE,
        name,
        title,
        frozenset({role}),
        clock=_CLOCK,
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )


class TechnicalSignature(ParameterSignature):
    """Sign the parameters for the sponsor's technical side. Who wrote the draft may sign it here."""

    action = _action("sign-parameters", "Sign the parameters", Role.CMC_LEAD)


class TechnicalSignatureForSite(ParameterSignature):
    """Sign the parameters for the technical side of the site."""

    action = _action("sign-parameters-for-site", "Sign the parameters for the site", Role.CDMO_TECH)


class QualityApproval(ParameterSignature):
    """Approve the parameters for the sponsor's quality unit. With the last of the four signatures they are agreed."""

    action = _action("approve-parameters", "Approve the parameters", Role.QA_APPROVER)


class QualityApprovalForSite(ParameterSignature):
    """Approve the parameters for the site's quality unit. With the last of the four signatures they are agreed."""

    action = _action("approve-parameters-for-site", "Approve the parameters for the site", Role.CDMO_QA)


TECHNICAL: tuple[type[ParameterSignature], ...] = (TechnicalSignature, TechnicalSignatureForSite)
QUALITY: tuple[type[ParameterSignature], ...] = (QualityApproval, QualityApprovalForSite)


def refuse_unless_said_why(form: ParameterSignature, *, rounds_left: bool) -> None:
    """Raise `Refused` for a no without a reason, and for another round with a yes or when no round is left."""
    faults: dict[str, str] = {}
    if not form.approve and form.reason is None:
        faults["reason"] = "say what should be otherwise"
    if form.another_round and form.approve:
        faults["another_round"] = "is asked for with a no only"
    elif form.another_round and not rounds_left:
        faults["another_round"] = "no round is left"
    if faults:
        raise broken("section 7, agreement", "The signature does not say what follows.", **faults)


def refuse_signer(signing: frozenset[str], *, earlier: Iterable[str], authors: Iterable[str]) -> None:
    """Raise `Refused` for who has signed this draft before, or has written what quality approves (S1, S12)."""
    if signing & frozenset(earlier):
        message = "The four signatures are those of four people."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")
    if signing & frozenset(authors):
        message = "Who has written the draft does not approve it for quality."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")


def refuse_unless_signed_first(missing: Sequence[type[ParameterSignature]]) -> None:
    """Raise `Refused` while a technical signature is missing: quality comes after both (section 7)."""
    if missing:
        titles = ", ".join(form.action.title for form in missing)
        raise Refused(Code.NOT_OPEN, f"Before this comes: {titles}.", rule="section 7, agreement")


def refuse_outdated_draft(base: str | None, newest: str | None) -> None:
    """Raise `Refused` when another exchange has agreed on a set since the draft was written.

    `base` is the set that the draft takes the place of, `newest` the one that now is the newest.
    """
    if base != newest:
        message = f"{newest or 'No set'} has been agreed on since the draft was written. Say no, and draft it anew."
        raise Refused(Code.VERSION_STALE, message, fields={"draft": "rests on an earlier set"}, rule="section 7")
