"""The technical exchange with a site: process detail is settled in rounds (domain specification, section 7).

What comes of it is a parameter set that both sides have signed, or a statement that there is no agreement.
"""

from enum import StrEnum

from pydantic import Field

from domain.asl.asl import AslStatus, SuspensionScope
from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Form, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text
from domain.site.site import ProductStage

LEADERS = frozenset({Role.CMC_LEAD})
READERS_OF_RESTRICTED = frozenset({
    Role.CMC_LEAD, Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA, Role.QP, Role.REG_AFFAIRS,
    Role.EXECUTIVE_SPONSOR, Role.INSPECTOR,
})  # fmt: skip
"""Who of the sponsor's people sees a restricted exchange: who takes part in it or answers for it, and inspectors."""


class ExchangeStage(StrEnum):
    """Stages of an exchange. A round that the site has answered is at once with the sponsor: nothing waits between.

    What section 7 calls SUPERSEDED is no stage here: the parameter set that comes of an exchange is superseded by a
    later one, the exchange stays CLOSED_AGREED.
    """

    DRAFT = "DRAFT"
    ROUND_OPEN = "ROUND_OPEN"
    SPONSOR_REVIEW = "SPONSOR_REVIEW"
    ESCALATED = "ESCALATED"
    AGREED_PENDING_SIGN = "AGREED_PENDING_SIGN"
    FILING = "FILING"
    """All four have signed; what is registered waits for regulatory affairs."""
    CLOSED_AGREED = "CLOSED_AGREED"
    CLOSED_NO_AGREEMENT = "CLOSED_NO_AGREEMENT"
    CANCELLED = "CANCELLED"


class Purpose(StrEnum):
    """What an exchange is for (section 7)."""

    PROCESS_DEFINITION = "PROCESS_DEFINITION"
    SCALE_UP = "SCALE_UP"
    TECH_TRANSFER = "TECH_TRANSFER"
    METHOD_TRANSFER = "METHOD_TRANSFER"
    SPEC_SETTING = "SPEC_SETTING"
    DEVIATION_LEARNING = "DEVIATION_LEARNING"
    CHANGE = "CHANGE"


class Confidentiality(StrEnum):
    """Who of the sponsor's people reads an exchange. At the site it is those of the site alone, as always (S6)."""

    NORMAL = "NORMAL"
    RESTRICTED = "RESTRICTED"


class NextStep(StrEnum):
    """What follows a review of a round or the decision of the steering pair."""

    AGREEMENT = "AGREEMENT"
    ROUND = "ROUND"
    ESCALATION = "ESCALATION"
    NO_AGREEMENT = "NO_AGREEMENT"


class ExchangeRequest(Form):
    """Open a technical exchange on one scope of a site. The site learns of it with the first round."""

    action = Action(Process.EXCHANGE, "request", "Open a technical exchange", LEADERS, starts=True)

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope of the site; the product is the scope's."""
    purpose: Purpose
    """What it is for."""
    stage: ProductStage = Field(examples=[ProductStage.COMMERCIAL])
    """Whether the product is in trials or on the market."""
    base_parameter_set: Identifier | None = Field(default=None, examples=["PS-1"])
    """The newest parameter set of the scope, if the exchange starts from one."""
    ttp_document: DocumentReference | None = None
    """The technology transfer plan, if there is one."""
    confidentiality: Confidentiality = Confidentiality.NORMAL
    """RESTRICTED if only some of the sponsor's people may read it."""
    max_rounds: int | None = Field(default=None, ge=1, le=100, examples=[3])
    """Rounds before it is escalated; at most, and by default, as many as the policy allows."""


class ExchangeCancellation(Form):
    """Cancel the exchange. A parameter set that is not in effect yet is withdrawn with it."""

    action = Action(Process.EXCHANGE, "cancel", "Cancel the exchange", LEADERS, audience=Audience.SHARED)

    reason: Text = Field(examples=["The product is made elsewhere."])
    """Why, in words for the site."""


def refuse_unless_may_exchange(status: AslStatus | None, reach: SuspensionScope | None) -> None:
    """Raise `Refused` while the site is fully suspended, and once its status has ended (section 7).

    On probation, or before a first approval, an exchange may run.
    """
    if reach is SuspensionScope.FULL:
        raise Refused(Code.NOT_OPEN, "The site is fully suspended; technical exchange stops.", rule="section 7")
    if status is not None and status.is_final:
        raise Refused(Code.NOT_OPEN, f"The site is {status} for this scope.", rule="section 7")


def refuse_unless_exchangeable(form: ExchangeRequest, *, newest: str | None, rounds_max: int) -> None:
    """Raise `Refused` for a base that is not the newest parameter set, and for more rounds than the policy allows."""
    faults: dict[str, str] = {}
    if form.base_parameter_set is not None and form.base_parameter_set != newest:
        faults["base_parameter_set"] = f"is not the newest set of the scope: {newest or 'there is none'}"
    if form.max_rounds is not None and form.max_rounds > rounds_max:
        faults["max_rounds"] = f"is more than the {rounds_max} that the policy allows"
    if faults:
        raise broken("section 7, exchange", "The exchange cannot be opened like this.", **faults)
