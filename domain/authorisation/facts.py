"""What becomes true of authorisations."""

from datetime import date

from domain.authorisation.authorisation import AuthorisationStatus
from domain.core.facts import Fact, StandingFact, stream_of_facts


class AuthorisationStopped(Fact):
    """An authority has suspended or withdrawn the authorisation of a product in a market.

    It is not journaled: who has stated it is.
    """

    authorisation_id: str
    number: int
    """Which of the statements of that kind, counted from 1."""
    product_key: str
    """What all ways to write the product have in common (`domain.core.names.name_key`)."""
    market: str
    status: AuthorisationStatus
    reason: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        said = "suspended" if self.status is AuthorisationStatus.SUSPENDED else "withdrawn"
        return f"{self.authorisation_id} is {said} in {self.market}: {self.reason}"[:4000]

    @property
    def identity(self) -> str:
        return f"{self.authorisation_id}:{self.number}"


class AuthorisationEnded(StandingFact):
    """An authorisation that was in force is so no more, by its own dates. It ends when a version is in force."""

    authorisation_id: str
    version: int
    """The version whose dates say so."""
    market: str
    status: AuthorisationStatus | None
    """What it says of the day; none if it says nothing of it."""
    since: date
    """The first day without force."""

    @property
    def why(self) -> str:
        """The reason that people read."""
        said = self.status.words if self.status is not None else "not in force any more"
        return f"{self.authorisation_id} v{self.version} is {said} in {self.market} since {self.since}"

    @property
    def identity(self) -> str:
        return self.authorisation_id

    @property
    def stream(self) -> str:
        return stream_of_facts(self.authorisation_id)

    @property
    def about(self) -> tuple[str, ...]:
        return (self.authorisation_id,)
