"""What a batch that is no product yet is released for (domain specification, section 17)."""

from collections.abc import Collection
from enum import StrEnum

from domain.batch.supply_stage import SupplyStage


class ProcessingPurpose(StrEnum):
    """What may be done with what is released for further processing."""

    FURTHER_PROCESSING = "FURTHER_PROCESSING"
    """Made into the next stage of any product, for sale or for a trial."""
    CLINICAL_SUPPLY = "CLINICAL_SUPPLY"
    """Made into supply for trials alone."""
    DEVELOPMENT = "DEVELOPMENT"
    """Trials of the process and the equipment; nothing of it reaches a patient."""
    STABILITY_SAMPLES = "STABILITY_SAMPLES"
    """Samples of a stability study."""
    TESTING = "TESTING"
    """Analysis, and reference standards."""


def may_become(purposes: Collection[ProcessingPurpose], stage: SupplyStage | None) -> bool:
    """Whether what is released for these purposes may become a batch of a stage that is decided on.

    What is for trials alone may become anything but finished product. A release without a coded purpose says nothing
    of it.
    """
    if not purposes or ProcessingPurpose.FURTHER_PROCESSING in purposes:
        return True
    return ProcessingPurpose.CLINICAL_SUPPLY in purposes and stage is not SupplyStage.FINISHED


def together(
    first: Collection[ProcessingPurpose], further: Collection[ProcessingPurpose]
) -> tuple[ProcessingPurpose, ...]:
    """What the parts of a batch are released for. A part that names sites alone is for further processing there."""
    if not first and not further:
        return ()
    alone = (ProcessingPurpose.FURTHER_PROCESSING,)
    return tuple(dict.fromkeys([*(first or alone), *(further or alone)]))
