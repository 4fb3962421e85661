"""The appointments that a signature stands on, as its event keeps them."""

from pydantic import BaseModel, ConfigDict, TypeAdapter

from domain.core.events import Event


class Use(BaseModel):
    """One of them, for one batch and market."""

    model_config = ConfigDict(frozen=True)

    number: str
    words: str
    """What it was, as it was signed."""
    batch_id: str | None = None
    market: str | None = None


_USES = TypeAdapter(tuple[Use, ...])


def uses_in(event: Event) -> tuple[Use, ...]:
    """What was signed under which appointment; nothing was before people were recorded on licences."""
    effect = event.payload.get("effect")
    return _USES.validate_python(effect.get("appointments", ())) if isinstance(effect, dict) else ()


def relied_on_in(event: Event) -> list[str]:
    """The appointments in words, each once."""
    return [*dict.fromkeys(each.words for each in uses_in(event))]
