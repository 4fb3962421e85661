"""The certification of a batch for a market where another person only checks it (domain specification, section 18).

The sponsor's own qualified person certifies under the law of a market that the row of the destination relies on, also
where the batch is made for that destination alone. It releases nothing: who checks it does.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field

from domain.batch.batch import MarketDecision
from domain.core.countries import Country
from domain.core.forms import Action, Form, Forms, Meaning
from domain.core.people import DECIDERS, QUALITY_UNIT, Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import broken
from domain.core.text import Identifier, Text
from domain.core.view import View
from domain.policy.market_rule import DecisionRule, MarketRule
from domain.release.certification import QpCertification

RULE = "section 18, two steps"

AbroadNumber = Annotated[str, Field(pattern=r"^QPC-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of such a certification, chosen by who signs it; unique for ever."""


class CertificationAbroad(QpCertification):
    """Certify a batch, as a qualified person of one market, for another one whose own person checks it and releases.

    The gates of the destination are looked at. The certificate has its number in the register of the market that you
    certify under, and names the destination.
    """

    action = Action(
        None,
        "certify",
        "Certify a batch for a market that checks it",
        frozenset({Role.QP}),
        meaning=Meaning.CERTIFIED,
        in_person=True,
    )

    batch_id: Identifier = Field(examples=["BAT-1"])
    """The batch."""
    market: Country = Field(examples=["GB"])
    """The market that it goes to, which checks what is certified."""
    under: Country = Field(examples=["EU"])
    """The market that you are appointed for and certify under: one that the row of the destination relies on."""


class AbroadWithdrawal(Form):
    """Withdraw such a certification. The batch is held, and reviewed where it was released on it."""

    action = Action(
        None,
        "withdraw",
        "Withdraw a certification for a market that checks it",
        DECIDERS | QUALITY_UNIT,
        meaning=Meaning.REJECTED,
        sent_to="withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The review of the batch record was found to be incomplete."])
    """Why it can be relied on no more."""


CERTIFICATION_ABROAD = RecordKind(
    noun="certification_abroad",
    called="A certification for a market that checks it",
    prefix="QPC-",
    example="QPC-2027-014",
    forms=Forms(CertificationAbroad, AbroadWithdrawal),
)


class AbroadView(View):
    """A certification for a market where another person checks it."""

    number: str
    certificate_number: str
    """In the register of the market that it was certified under; the certificate is shown by it."""
    batch_id: str
    market: str
    """Where the batch goes."""
    under: str
    quantity: str
    certified_by: str
    """Person id, like `withdrawn_by`."""
    certified_at: AwareDatetime
    withdrawn_by: str | None
    withdrawn_at: AwareDatetime | None
    withdrawn_because: str | None


def refuse_unless_relied_on(
    form: CertificationAbroad, destination: MarketRule | None, under: MarketRule | None, decision: str | None
) -> None:
    """Raise `Refused` unless the destination checks what is certified under that market, and is not rejected.

    `destination` is the row by which the batch is decided there, `under` that of the market certified under.
    """
    faults: dict[str, str] = {}
    relied_on = destination.relied_on if destination is not None and destination.checkers else ()
    if form.under not in relied_on:
        known = f"{form.market} relies on {', '.join(relied_on)}" if relied_on else f"{form.market} checks nothing"
        faults["under"] = f"{form.market} does not check what is certified under it: {known}"
    elif under is None or under.rule is not DecisionRule.QP:
        faults["under"] = "no qualified person certifies under it"
    if form.decision is not MarketDecision.RELEASE:
        faults["decision"] = f"is {MarketDecision.RELEASE}; {form.market} is rejected in the case of the batch"
    if decision == MarketDecision.REJECT:
        faults["market"] = "is rejected"
    if faults:
        raise broken(RULE, "Nothing can be certified for that market.", **faults)
