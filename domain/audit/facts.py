"""What becomes true by an audit (domain specification, sections 6, 16 and 20)."""

from abc import abstractmethod

from domain.core.facts import StandingFact
from domain.core.names import name_key
from domain.core.text import in_a_title


class AuditFact(StandingFact):
    """A fact about what an audit has found, or a corrective action answers: its site and its scopes."""

    case_id: str
    """The audit, or the corrective action."""
    site_id: str
    scope_ids: tuple[str, ...]

    @property
    @abstractmethod
    def why(self) -> str:
        """The reason that people read."""

    @property
    def stream(self) -> str:
        return self.case_id

    @property
    def about(self) -> tuple[str, ...]:
        return (self.case_id, self.site_id, *self.scope_ids)


class Critical(AuditFact):
    """Something critical is known of a site, whoever has found it."""

    what: str = ""
    """What was found, as it was told or written."""


class FindingCritical(Critical):
    """A finding is CRITICAL: told on site, written in the report, or raised by a dispute.

    What was told on site and stands in the report is one finding: that of its area.
    """

    area: str
    batches: tuple[str, ...] = ()
    """Numbers of the batches that are named with it; none if all of the scopes may be concerned."""
    suspension_is_asked: bool = False
    """Whether the audit itself asks whether the site is suspended."""

    @property
    def why(self) -> str:
        return f"Critical finding of {self.case_id}: {in_a_title(self.area)}"

    @property
    def identity(self) -> str:
        return f"{self.case_id}:{name_key(self.area)}"


class CapaCritical(Critical):
    """A corrective action is asked for, for something critical that no finding of an audit says.

    A batch has failed, an event was triaged, or another action was not effective. It ends when the action is verified
    or called off.
    """

    case_id: str
    """The corrective action."""

    @property
    def why(self) -> str:
        return f"{self.case_id} answers something critical: {in_a_title(self.what)}"

    @property
    def identity(self) -> str:
        return self.case_id


class AuditUnacceptable(AuditFact):
    """An audit comes to UNACCEPTABLE: by its approved report, or by what disputes have made of its findings.

    It ends when a dispute leaves nothing that makes it so; a later audit has an outcome of its own.
    """

    @property
    def why(self) -> str:
        return f"The outcome of {self.case_id} is unacceptable"

    @property
    def identity(self) -> str:
        return self.case_id
