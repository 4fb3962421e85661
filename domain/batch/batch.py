"""A batch: where its disposition stands, and where the goods stand (domain specification, section 8)."""

from enum import StrEnum


class BatchStage(StrEnum):
    """Stages of a batch's disposition."""

    REGISTERED = "REGISTERED"
    CORRECTION_REVIEW = "CORRECTION_REVIEW"
    """A rejection is to be corrected; two people decide first."""
    IN_MANUFACTURE = "IN_MANUFACTURE"
    CDMO_REVIEW = "CDMO_REVIEW"
    CDMO_RELEASED = "CDMO_RELEASED"
    CDMO_REJECTED = "CDMO_REJECTED"
    COMPLETENESS = "COMPLETENESS"
    SPONSOR_REVIEW = "SPONSOR_REVIEW"
    CERTIFICATION = "CERTIFICATION"
    """QP_REVIEW for markets of the Union, QCU_REVIEW for the others, side by side."""
    RELEASED = "RELEASED"
    """Everything is decided, at least one market is released. What is learned later is reviewed from here."""
    SUPPLIED = "SUPPLIED"
    """Everything is decided, no market is released, and goods went under an exception. What is learned later is
    reviewed from here as well."""
    POST_RELEASE_REVIEW = "POST_RELEASE_REVIEW"
    REJECTED = "REJECTED"
    REPROCESSED = "REPROCESSED"
    """Worked again as another batch (reprocess or rework)."""
    WITHDRAWN = "WITHDRAWN"
    RECALLED = "RECALLED"
    SHELF_LIFE_ENDED = "SHELF_LIFE_ENDED"
    CANCELLED = "CANCELLED"
    """Not made."""


class PhysicalStatus(StrEnum):
    """Where the goods stand, whatever is decided on paper."""

    QUARANTINE = "QUARANTINE"
    QUARANTINE_IN_TRANSIT = "QUARANTINE_IN_TRANSIT"
    UNRESTRICTED = "UNRESTRICTED"
    BLOCKED = "BLOCKED"
    DESTROYED = "DESTROYED"


class MarketDecision(StrEnum):
    """What is decided on a batch for one market. Nothing is released under conditions."""

    RELEASE = "RELEASE"
    REJECT = "REJECT"


class Relation(StrEnum):
    """How a batch comes from another one. It inherits the holds of all it comes from (section 14)."""

    INTERMEDIATE = "INTERMEDIATE"
    SPLIT = "SPLIT"
    BLEND = "BLEND"
    RELABEL = "RELABEL"
    """Labelled anew: manufacture, so that it is a batch of its own, in quarantine until it is certified."""
    REPACK = "REPACK"
    """Packed anew; the same holds."""
    REPROCESS = "REPROCESS"
    REWORK = "REWORK"
    CORRECTION = "CORRECTION"
    """The same goods, after a rejection that was wrong."""


class UseKind(StrEnum):
    """What a batch shares with others: where a failure may come from."""

    EQUIPMENT = "EQUIPMENT"
    MATERIAL = "MATERIAL"
    """A lot of a material, as `name lot`."""
    ANALYST = "ANALYST"
    SCOPE = "SCOPE"
    """Another site and scope that does a part of the work."""


class DeviationClass(StrEnum):
    """Classes of deviations, the gravest first."""

    CRITICAL = "CRITICAL"
    MAJOR = "MAJOR"
    MINOR = "MINOR"


class DeviationState(StrEnum):
    """Where a deviation stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    """Investigated, with its impact on the batch, by the site."""
    ACCEPTED = "ACCEPTED"
    """Closed, and its assessment accepted by the qualified person (EU GMP Annex 16, section 3)."""


class OosState(StrEnum):
    """Where a result outside its specification stands (section 8)."""

    LABORATORY = "LABORATORY"
    """Phase I, at the testing site."""
    INVESTIGATION = "INVESTIGATION"
    """Phase II, led by the sponsor's quality unit; the result stands."""
    INVALIDATION_PROPOSED = "INVALIDATION_PROPOSED"
    """The laboratory names a cause; the sponsor has not seen it yet, so the result stands."""
    INVALIDATED = "INVALIDATED"
    """An error in the laboratory or in writing, documented and seen by the sponsor; the original data are kept."""
    CONFIRMED = "CONFIRMED"
    INCONCLUSIVE = "INCONCLUSIVE"
    """Counts against the batch until the quality unit writes why not."""
    DISCOUNT_PROPOSED = "DISCOUNT_PROPOSED"
    """Inconclusive; one of the quality unit has written why it does not count, a second person has not agreed yet."""
    DISCOUNTED = "DISCOUNTED"
    """Inconclusive, and two of the quality unit say why it does not count against the batch."""
