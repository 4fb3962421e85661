"""Subscriptions: which events the sponsor's other systems are told of."""

from typing import Annotated

from pydantic import Field

from domain.core.anew import Anew
from domain.core.change import Change
from domain.core.forms import Action, Form
from domain.core.names import unseen
from domain.core.people import Role

SUBSCRIBERS = frozenset({Role.SYSTEM_ADMIN, Role.SUPPLIER_QUALITY})

Url = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$"), Anew(unseen)]
EventTypes = Annotated[
    tuple[Annotated[str, Field(max_length=80, pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$")], ...], Field(max_length=100)
]


class Subscription(Form):
    """Be told of events at an address, by signed CloudEvents."""

    action = Action(None, "subscribe", "Subscribe to events", SUBSCRIBERS)

    url: Url = Field(examples=["https://qms.example.com/vetted"])
    """Where events are posted to. It must be a public https address."""
    types: EventTypes = Field(default=(), examples=[["audit.report", "case.closed"]])
    """The types of events, as in the journal; empty for all."""


class SubscriptionChange(Change):
    """Change, pause or resume a subscription."""

    action = Action(None, "change-subscription", "Change a subscription", SUBSCRIBERS)

    url: Url | None = None
    """Where events are posted to."""
    types: EventTypes | None = None
    """The types of events; empty for all."""
    active: bool | None = None
    """Whether events are sent. Those that happen meanwhile are not sent later."""


class Unsubscription(Form):
    """End a subscription; what waits for delivery is dropped."""

    action = Action(None, "unsubscribe", "End a subscription", SUBSCRIBERS)


class Rekeying(Form):
    """Get a new secret for a subscription."""

    action = Action(None, "rekey-subscription", "Get a new secret", SUBSCRIBERS)
