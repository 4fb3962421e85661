"""Process B, ongoing oversight: one case for each entry of the approved supplier list (domain specification, 5)."""

from enum import StrEnum

from pydantic import Field

from domain.core.forms import Action, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, Text


class OversightStage(StrEnum):
    """Where the oversight of a scope stands."""

    WATCHING = "WATCHING"
    ENDED = "ENDED"


class OversightRequest(Form):
    """Watch a site for a scope, from its first active status on. Requested by the program."""

    action = Action(Process.OVERSIGHT, "request", "Watch a site for a scope", frozenset({Role.SYSTEM}), starts=True)

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_id: Identifier = Field(examples=["SC-1"])
    """The scope of the site that is watched."""


class ShorterInterval(Form):
    """Have the site audited more often than its tier demands. The next audit is planned anew at once."""

    action = Action(
        Process.OVERSIGHT,
        "shorten-interval",
        "Shorten the audit interval",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
    )

    months: int = Field(ge=1, le=60, examples=[6])
    """Months between full-scope audits, fewer than the tier and the policy demand."""
    reason: Text = Field(examples=["Three batches in a row needed a deviation in the same step."])
    """Why."""


OVERSIGHT_FORMS = Forms(OversightRequest, ShorterInterval)


def refuse_unless_shorter(form: ShorterInterval, months_in_force: int) -> None:
    """Raise `Refused` unless the interval becomes shorter: a longer one needs a lower tier or another policy."""
    if form.months >= months_in_force:
        fault = f"must be less than the {months_in_force} months in force"
        raise broken("audit.interval", "The interval may only be shortened here.", months=fault)
