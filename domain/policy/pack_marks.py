"""Marks on a pack that say where it may be sold (domain specification, section 18)."""

from enum import StrEnum


class PackMark(StrEnum):
    """What is printed on a pack, or fixed to it, for the sake of a market."""

    UK_ONLY = "UK_ONLY"
    """The words "UK Only" (Windsor Framework, Regulation (EU) 2023/1182, Article 5)."""
    EU_SAFETY_FEATURES = "EU_SAFETY_FEATURES"
    """Unique identifier and anti-tampering device (Directive 2001/83/EC, Article 54(o))."""
