"""What becomes true of the certificates of a site (domain specification, sections 5 and 16)."""

from datetime import date
from enum import StrEnum

from domain.core.facts import Fact, StandingFact, stream_of_facts
from domain.site.certificate import CertificateType


class VoidBecause(StrEnum):
    """Why a certificate counts no more."""

    EXPIRED = "EXPIRED"
    """Its last day has passed, and no other one that counts is verified in its place."""
    NARROWED = "NARROWED"
    """What was verified in its place does not name the activity."""
    SUSPENDED = "SUSPENDED"
    """Its authority has suspended it."""
    WITHDRAWN = "WITHDRAWN"
    """Its authority has withdrawn it."""


class CertificateVoid(StandingFact):
    """A verified certificate counts no more, and none counts in its place. It ends when one does."""

    certificate_id: str
    site_id: str
    scope_id: str
    type: CertificateType
    because: VoidBecause
    words: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.type} {self.certificate_id} {self.words}"

    @property
    def identity(self) -> str:
        return self.certificate_id

    @property
    def stream(self) -> str:
        return stream_of_facts(self.certificate_id)

    @property
    def about(self) -> tuple[str, ...]:
        return (self.certificate_id, self.scope_id, self.site_id)


class CertificateStopped(CertificateVoid):
    """An authority has suspended or withdrawn a certificate: what it has certified is in doubt, released or not.

    It ends when the suspension is lifted, or another certificate that counts is verified.
    """

    case_id: str
    """The case in which the certificate was shown."""
    since: date | None = None
    """Day from which it counts no more; `None` in one that was established before it was kept."""

    @property
    def why(self) -> str:
        """The reason that people read."""
        return self.words


class DeclarationWithdrawn(Fact):
    """A declaration of a qualified person counts no more, and nothing else shows the GMP of some makers.

    It is not journaled: the withdrawal is, or the end of the appointment that it was made under.
    """

    number: str
    scope_ids: tuple[str, ...]
    """Those of its scopes that no certificate and no other declaration covers."""
    by_nobody: bool = False
    """Whether nobody has withdrawn it, and who made it was not appointed any more."""
    reason: str

    @property
    def why(self) -> str:
        """The reason that people read."""
        end = "counts no more" if self.by_nobody else "is withdrawn"
        return f"{self.number}, on which the GMP of {', '.join(self.scope_ids)} rested, {end}: {self.reason}"

    @property
    def identity(self) -> str:
        return self.number
