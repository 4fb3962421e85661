"""What becomes true of authorisations."""

from domain.authorisation.authorisation import AuthorisationStatus
from domain.core.facts import Fact


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
