"""Judgements that rest on what does not say what is claimed."""

from typing import Any

from tests.one_flaw.flaws import Flaw, both
from tests.one_flaw.telling import Telling

_UPLOADED = frozenset({"site_statement"})
RATIONALE = "Looked into, with the evidence on file: no risk for this batch."


def misjudged(flaw: Flaw, gate: str, **named: str) -> Flaw:
    """The decision for the Union is tried with a judgement of a gate; a document is named by who uploads it."""

    async def act(told: Telling) -> None:
        given: dict[str, Any] = {
            field: await told.uploads(value) if field in _UPLOADED else value for field, value in named.items()
        }
        await told.decides("EU", judgements=[{"gate": gate, "rationale": RATIONALE, **given}])

    return both(flaw, Flaw(act))
