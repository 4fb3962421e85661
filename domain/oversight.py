"""Process B, ongoing oversight: one case for each line of the approved supplier list (domain specification, 5)."""

from enum import StrEnum

from pydantic import Field

from domain.forms import Action, Form, Forms, Process
from domain.people import Role
from domain.text import Identifier


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


OVERSIGHT_FORMS = Forms(OversightRequest)
