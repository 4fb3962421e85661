"""Who runs a qualification."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from domain.core.forms import Form
from workflows.agreement.agreement import Negotiation
from workflows.core.tasks import Answered
from workflows.qualification.assurance import Assurance

F = TypeVar("F", bound=Form)


class Owners:
    """Those who act for supplier quality in a case: what they do there makes them its owners (S3)."""

    def __init__(self, assurance: Assurance, negotiation: Negotiation) -> None:
        self._assurance = assurance
        self._negotiation = negotiation
        self.persons: set[str] = set()

    async def own(self, asking: Coroutine[Any, Any, Answered[F]]) -> Answered[F]:
        """Whoever answers becomes an owner."""
        answered = await asking
        self.persons |= answered.by.persons
        return answered

    @property
    def all(self) -> set[str]:
        """All who have acted for supplier quality, also in the audit and the negotiation."""
        return self.persons | self._negotiation.authors | self._assurance.authors
