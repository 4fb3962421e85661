"""What a row of the table is: one flaw, and what must happen."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.one_flaw.flaws import Flaw
from tests.one_flaw.telling import Telling


@dataclass(frozen=True)
class Refused:
    """Certification is refused by one gate, in words that name the culprit; by no other gate but those named here."""

    gate: str
    words: str
    also: frozenset[str] = frozenset()
    """Further gates that refuse, G14 for a hold that the flaw has caused."""


async def _evidence(told: Telling) -> dict[str, Any]:
    return {"evidence": [await told.uploads("hana")]}


@dataclass(frozen=True)
class Judged:
    """Refused by one gate, until the right person judges on what it asks for; then released."""

    gate: str
    words: str
    on: Callable[[Telling], Awaitable[dict[str, Any]]] = _evidence
    """What the judgement names beside its rationale."""


@dataclass(frozen=True)
class Released:
    """Nothing stands against it any more."""


@dataclass(frozen=True)
class Barred:
    """Somebody is refused before any gate is looked at: the wrong person, the wrong form."""

    code: str
    words: str = ""
    rule: str | None = None


@dataclass(frozen=True)
class Seen:
    """Who would decide reads that a gate is closed, before there is anything to decide."""

    gate: str
    words: str


Expected = Refused | Judged | Released | Barred | Seen


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    market: str
    flaw: Flaw
    expects: Expected
    decision: dict[str, Any] = field(default_factory=dict)
    """What is said otherwise in the decision itself: by whom, under which action, about what."""


def held(gate: str, words: str, *also: str) -> Refused:
    """Refused by a gate, and by the hold that the flaw has caused."""
    return Refused(gate, words, frozenset({"G14", *also}))


def waits(gate: str, words: str, *also: str) -> Refused:
    """Refused by a gate until somebody judges, and by others for the same reason."""
    return Refused(gate, words, frozenset(also))
