"""Kinds of change at a site, and whether the sponsor approves or is told (domain specification, sections 1 and 5)."""

from collections.abc import Iterable
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


def gravest(tiers: Iterable[ChangeTier]) -> ChangeTier:
    """The tier that demands most: APPROVAL as soon as one says so. Raises `ValueError` if there is none."""
    return min(tiers, key=list(ChangeTier).index)


def is_lower(tier: ChangeTier, than: ChangeTier) -> bool:
    """Whether a tier demands less than another. The sponsor never lowers a tier (section 1)."""
    return tier is not than and gravest((tier, than)) is than
