"""What a gate finds wrong or doubtful: words for people, and what it is, in whatever words (section 10, exceptions)."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict


class Kind(StrEnum):
    """What is wrong or doubtful at a gate that an authority may excuse. Kept with exceptions, so it never changes."""

    NO_CERTIFICATE = "no certificate"
    NO_CERTIFICATE_ON = "no certificate on"
    NO_PAPER = "no paper"
    NO_PAPER_ON = "no paper on"
    """A paper that the market asks of sites beside what shows their GMP."""
    INSPECTION = "inspection"
    STOPPED = "stopped"
    UNACCEPTABLE = "unacceptable"
    NEVER_AUDITED = "never audited"
    OVERDUE = "overdue"
    CONDITIONS = "conditions"
    CRITICAL = "critical"
    NOT_REPORTED = "not reported"
    FIRST_USE = "first use"
    VARIATION = "variation"
    NOT_ASSESSED = "not assessed"
    NOT_APPROVED = "not approved"
    """A change is one and the same before and after the site has notified it."""
    REJECTED = "rejected"
    """Nobody has signed for a change that the sponsor has rejected since."""
    NOT_REGISTERED = "not registered"
    """A site, source or version."""
    NOT_IN_FORCE = "no authorisation"
    HOLD = "hold"


class About(NamedTuple):
    """What a reason is: the same reason as long as this is the same. Kept with exceptions, so it never changes."""

    kind: Kind
    of: str
    """The id of the scope or of the change that it is about."""
    what: str
    """Which inspection, audit, stop or day. What comes a second time is another one, or known from a later day."""
    batch_id: str
    """The batch of the family in which it was found."""

    def __str__(self) -> str:
        return "|".join(self)


class Reason(str):
    """One thing that is wrong or doubtful, in words. Two of the same `about` are the same, in whatever words."""

    __slots__ = ("about", "since")

    about: tuple[About, ...]
    since: date | None
    """The first day on which it can have been known; `None` where the records do not tell."""

    def __new__(cls, words: str, *about: About, since: date | None = None) -> Self:
        """In words, about these things."""
        reason = super().__new__(cls, words)
        reason.about, reason.since = about, since
        return reason

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is, as it is kept."""
        return tuple(map(str, self.about))


class KeptReason(BaseModel):
    """A reason as it is kept with an exception: as people have read it, and as it is known again."""

    model_config = ConfigDict(frozen=True)

    words: str
    about: tuple[str, ...]


def kept(reasons: Iterable[str]) -> tuple[KeptReason, ...]:
    """Reasons as they are kept. What nobody can know again is none that is ever excused."""
    return tuple(
        KeptReason(words=str(each), about=each.keys) for each in reasons if isinstance(each, Reason) and each.about
    )


def said_of_several(words: str, reasons: Iterable[str]) -> str:
    """The same reason in several batches, in one."""
    known = [each for each in reasons if isinstance(each, Reason)]
    if not known:
        return words
    days = [each.since for each in known if each.since is not None]
    return Reason(words, *(one for each in known for one in each.about), since=max(days, default=None))


def subjects(reasons: Sequence[str]) -> frozenset[str]:
    """The scopes and changes that reasons are about."""
    return frozenset(one.of for each in reasons if isinstance(each, Reason) for one in each.about)
