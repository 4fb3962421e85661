"""Kinds of change at a site, and whether the sponsor approves or is told (domain specification, sections 1 and 5)."""

from enum import StrEnum


class ChangeCategory(StrEnum):
    """What a change concerns."""

    PROCESS = "PROCESS"
    EQUIPMENT = "EQUIPMENT"
    MATERIAL_SOURCE = "MATERIAL_SOURCE"
    METHOD = "METHOD"
    FACILITY = "FACILITY"
    PACKAGING = "PACKAGING"
    SUBCONTRACTOR = "SUBCONTRACTOR"
    SYSTEM = "SYSTEM"
    ORGANISATION = "ORGANISATION"
    ADMIN = "ADMIN"


class ChangeTier(StrEnum):
    """What the sponsor does about a change."""

    APPROVAL = "APPROVAL"
    """The sponsor approves it before its first use."""
    NOTIFY = "NOTIFY"
    """The sponsor is told and may reclassify it upwards."""


ChangeTiers = dict[ChangeCategory, ChangeTier]
"""The tier of every category of change."""

_TOLD = (ChangeCategory.ORGANISATION, ChangeCategory.ADMIN)


def usual_tiers() -> ChangeTiers:
    """Tiers of a policy that says nothing of its own: whatever may touch the product is approved."""
    return {each: ChangeTier.NOTIFY if each in _TOLD else ChangeTier.APPROVAL for each in ChangeCategory}
