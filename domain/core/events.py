"""The journal's unit: an event, what it says, and how it is chained to the one before (21 CFR 11.10(e))."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from domain.core.forms import Audience, Meaning, canonical, sha256
from domain.core.people import Actor

GENESIS = "0" * 64
"""The hash before the first event of a stream."""


class Signature(BaseModel):
    """An electronic signature as shown with the record (21 CFR 11.50, 11.70; section 3)."""

    model_config = ConfigDict(frozen=True)

    printed_name: str
    user_id: str
    person: str
    meaning: Meaning
    signed_at: AwareDatetime
    method: str
    record_id: str
    record_version: int
    record_hash: str


class Event(BaseModel):
    """A fact in the journal. `number` counts from 1 in each stream; a stream is one case or one master record.

    `occurred_at` is business time, `recorded_at` the database's; both are aware instants.
    """

    model_config = ConfigDict(frozen=True)

    stream: str
    number: int
    type: str
    version: int = 1
    command_id: str
    actor: Actor
    audience: Audience = Audience.SPONSOR
    site_id: str | None = None
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    payload: dict[str, JsonValue] = {}
    signature: Signature | None = None

    def body(self) -> str:
        """The exact text that is stored and hashed."""
        stored = self.model_dump(mode="json")
        stored["actor"]["roles"] = sorted(stored["actor"]["roles"])
        stored["actor"]["sites"] = sorted(stored["actor"]["sites"])
        return canonical(stored)


def link(previous_hash: str, body: str) -> str:
    """The hash that chains an event to the one before it in its stream."""
    return sha256(previous_hash + body)
