"""What becomes true of appointments (domain specification, sections 16 and 18)."""

from datetime import UTC, date, datetime

from domain.core.facts import Fact


class SignedUnderNone(Fact):
    """An appointment, or the licence that it stands on, did not count any more as something was signed under it.

    It is not journaled: the end is, and what an authority has done with the licence.
    """

    number: str
    """The appointment."""
    batch_ids: tuple[str, ...]
    """What was decided on under it since."""
    records: tuple[str, ...] = ()
    """What else was signed under it since: declarations on GMP."""
    of_its_licence: bool = False
    """Whether it is the licence that did not count."""
    since: date | None = None
    """Day from which it did not count; `None` if all that was signed under it is meant."""
    reason: str

    def reaches(self, signed_at: datetime) -> bool:
        """Whether it did not count as something was signed under it, by the day of the clock of the records."""
        return self.since is None or signed_at.astimezone(UTC).date() >= self.since

    @property
    def why(self) -> str:
        """The reason that people read."""
        what = "whose licence did not count" if self.of_its_licence else "which did not count"
        return f"It was signed under {self.number}, {what} by then: {self.reason}"

    @property
    def identity(self) -> str:
        return self.number
