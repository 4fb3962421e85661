"""Batches that a failure may have touched as well: the investigator includes or excludes each (21 CFR 211.192)."""

from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import Field, JsonValue

from domain.batch.deviations.siblings import Shared, Sibling
from domain.core.forms import Value
from domain.core.refusals import broken
from domain.core.text import Identifier, Text

RULE = "21 CFR 211.192"
MOST = 200
"""Candidates that are put before an investigator, the most urgent ones."""
_NOT_ALONE = frozenset({Shared.PARAMETER_SET, Shared.PERIOD, Shared.GENEALOGY})
"""What makes no candidate by itself: agreed parameters, the same days at the same site, and descent, along which
everything travels anyway."""


class AssociatedBatch(Value):
    """Whether another batch may be concerned."""

    batch_id: Identifier = Field(examples=["BAT-2"])
    """The other batch."""
    included: bool = Field(examples=[False])
    """Whether it may be concerned: then it is held until this is concluded, or its release is reviewed."""
    reason: Text = Field(examples=["It ran before the valve stuck open."])
    """Why, or why not."""


AssociatedBatches = Annotated[tuple[AssociatedBatch, ...], Field(max_length=2 * MOST)]


def candidates(siblings: Sequence[Sibling]) -> list[str]:
    """The ids of those that share a parent, a lot, equipment or an analyst, the most urgent first (section 17)."""
    return [each.batch_id for each in siblings if {thing.kind for thing in each.shared} - _NOT_ALONE][:MOST]


def suggested_associated(proposed: Collection[str]) -> dict[str, JsonValue]:
    """Prefill: the candidates. Whether each may be concerned is left open."""
    return {"associated": [{"batch_id": each} for each in proposed]} if proposed else {}


def refuse_unless_each_is_answered(
    associated: Sequence[AssociatedBatch], *, proposed: Collection[str], known: Collection[str]
) -> None:
    """Raise `Refused` unless every candidate is included or excluded, once. `known` are all that share something."""
    named = [each.batch_id for each in associated]
    faults: dict[str, str] = {}
    for index, each in enumerate(named):
        if each not in known:
            faults[f"associated.{index}.batch_id"] = "shares nothing with this batch"
        elif each in named[:index]:
            faults[f"associated.{index}.batch_id"] = "is named twice"
    if missing := [each for each in proposed if each not in named]:
        faults["associated"] = f"include or exclude {', '.join(missing[:20])}"
    if faults:
        raise broken(RULE, "Whether other batches may be concerned is not answered.", **faults)
