"""What becomes true of quality agreements (domain specification, sections 16 and 19, G2)."""

from datetime import date

from domain.core.facts import StandingFact, stream_of_facts


class AgreementLapsed(StandingFact):
    """The last day of an agreement has passed, and no other version is in force. It ends when one is."""

    qta_id: str
    version: int
    site_id: str
    scope_id: str
    lapsed_on: date
    """Its last day in force."""

    @property
    def why(self) -> str:
        """The reason that people read."""
        return f"{self.qta_id} v{self.version} has lapsed: its last day was {self.lapsed_on}"

    @property
    def identity(self) -> str:
        return f"{self.qta_id} v{self.version}"

    @property
    def stream(self) -> str:
        return stream_of_facts(self.qta_id)

    @property
    def about(self) -> tuple[str, ...]:
        return (self.qta_id, self.scope_id, self.site_id)
