"""What becomes true of appointments (domain specification, sections 16 and 18)."""

from domain.core.facts import Fact


class SignedUnderNone(Fact):
    """An appointment had ended before decisions were signed under it.

    It is not journaled: the end is.
    """

    number: str
    """The appointment."""
    batch_ids: tuple[str, ...]
    """What was decided on under it since."""
    reason: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.number}, under which it was signed, had ended by then: {self.reason}"

    @property
    def identity(self) -> str:
        return self.number
