"""The sponsor's green light: the second step by which clinical supply is released, for one trial and one site.

Certified supply goes to a site of its trial once the authorisation of the trial and the opinion of the ethics committee
allow it there (EU GMP Annex 13, two-step release; domain specification, section 17).
"""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from domain.batch.trial import RULE, is_same_trial
from domain.core.countries import Country
from domain.core.document import DocumentReference
from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text
from domain.delivery.green_light import Lit, lacking
from domain.delivery.shipment import Destination


class GreenLight(Form):
    """Give the sponsor's green light: certified clinical supply may go to one site of its trial, for one market.

    It is given by another person than who has certified the batch, while nothing stops the market.
    """

    action = Action(
        Process.BATCH,
        "green-light",
        "Give the green light for a trial site",
        frozenset({Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
    )

    market: Country = Field(examples=["EU"])
    """The market; it is released, and its certificate names the trial."""
    trial: ShortText = Field(examples=["2027-504321-17-00"])
    """Number of the trial, as on the certificate."""
    trial_site: Destination
    """The one site, or depot, of the trial that it may go to."""
    authorisation: DocumentReference
    """The authorisation of the trial; it covers the site, and is valid."""
    ethics: DocumentReference
    """The opinion of the ethics committee, or the approval of the institutional review board, for the site."""
    conditions_met: bool = Field(examples=[True])
    """Whether every condition of both is met at this site; without that there is no green light."""
    conditions: Text = Field(examples=["Site activated on 2028-02-01; pharmacist trained; no open condition."])
    """Which conditions there are, and how they are met."""


class GreenLightWithdrawal(Form):
    """Take a green light back. Nothing more leaves for that site of the trial, and open orders are stopped.

    It protects people, so every decider may do it alone, and at any time.
    """

    action = Action(
        Process.BATCH,
        "withdraw-green-light",
        "Withdraw a green light",
        DECIDERS | {Role.REG_AFFAIRS},
        meaning=Meaning.REJECTED,
        while_on_hold=True,
    )

    green_light: int = Field(ge=1, le=100_000, examples=[1])
    """Number of the green light, as the batch shows it."""
    reason: Text = Field(examples=["The ethics committee has suspended the site."])
    """Why."""


def refuse_unless_given(form: GreenLight, *, certified: str | None, lit: Iterable[Lit], today: date) -> None:
    """Raise `Refused` unless a green light is for the trial of the certificate, on valid documents, and is not there.

    `certified` is the trial that the market's certificate names.
    """
    faults: dict[str, str] = {}
    if certified is None or not is_same_trial(form.trial, certified):
        faults["trial"] = f"is not the trial of the certificate for {form.market}: {certified or 'it names none'}"
    if not form.conditions_met:
        faults["conditions_met"] = "there is no green light before every condition is met"
    for field, document in (("authorisation", form.authorisation), ("ethics", form.ethics)):
        faults |= {f"{field}.{name}": fault for name, fault in document.not_in_force(today).items()}
    if faults:
        raise broken(RULE, "There is no green light for this.", **faults)
    if lacking(form.trial, form.market, form.trial_site, certified=certified, lit=lit, today=today) is None:
        message = "A green light for this trial, site and market is in force."
        raise Refused(Code.CONFLICT, message, rule=RULE, fields={"trial_site": "has a green light"})


def valid_to(form: GreenLight) -> date | None:
    """The last day on which both documents are valid."""
    return min(filter(None, (form.authorisation.valid_to, form.ethics.valid_to)), default=None)
