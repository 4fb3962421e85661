"""What calls the quality of a batch into question: deviations, results, values (domain specification, section 8)."""

from pydantic import AwareDatetime

from domain.batch.facts.batch_fact import BatchFact, BatchInDoubt
from domain.batch.holds.holds import HoldType
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import OosKind
from domain.core.facts import StandingFact

_CLASSES = {"MINOR": "minor", "MAJOR": "major", "CRITICAL": "critical"}


class GraveDeviationReported(BatchInDoubt, StandingFact):
    """A deviation is MAJOR or CRITICAL: as it was reported, or as it was reclassified. Of each class it is another.

    It ends when its assessment is accepted or its class is raised; what an event says when that is triaged.
    """

    hold = HoldType.DEVIATION
    travels_up = True
    deviation_id: str
    deviation_class: str

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.deviation_id}:{self.deviation_class}"

    @property
    def why(self) -> str:
        return f"Deviation {self.deviation_id} ({_CLASSES[self.deviation_class]})"


class ResultOutsideReported(BatchInDoubt, StandingFact):
    """A result lies outside specification or trend. It ends when it is invalidated, or counts no more.

    What an event says ends when that is triaged.
    """

    hold = HoldType.OOS
    travels_up = True
    kind: OosKind
    oos_id: str
    result: str
    """Test, value and unit."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.oos_id}"

    @property
    def why(self) -> str:
        return f"{self.kind} {self.oos_id}: {self.result}"


class OosConfirmed(BatchInDoubt, StandingFact):
    """A result outside its specification is confirmed: the failure is real, whenever that is concluded."""

    never_ends = "A failure that is confirmed stays one. What becomes of the batch is decided on the batch."

    hold = HoldType.OOS
    travels_up = True
    oos_id: str
    result: str
    """Test, value and unit."""

    @property
    def why(self) -> str:
        return f"OOS {self.oos_id} is confirmed: {self.result}"

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.oos_id}"


class ParametersBeyondRange(BatchInDoubt):
    """Actual values lay outside their proven acceptable ranges (G6)."""

    hold = HoldType.PROCESS
    parameters: tuple[str, ...]

    @property
    def why(self) -> str:
        return f"Outside the proven acceptable range: {', '.join(self.parameters)}"


class SpecificationNotMet(BatchInDoubt):
    """Results do not meet the specification, or do not bear out the certificate (G9)."""

    hold = HoldType.COA
    finding: str

    @property
    def why(self) -> str:
        return self.finding


class FailingResultFound(BatchFact):
    """A result fails its registered specification, on whatever paper it stands and whoever has found it."""

    case_id: str
    """The case in which it came to be known."""
    found_in: Source
    report: str
    """Number of the certificate or report."""
    test: str
    result: str
    """As it is written; several individual results of the test behind each other."""
    unit: str
    limit: str
    market: str | None = None
    """The only market whose registered specification it fails; all if there is none."""
    came_at: AwareDatetime | None = None
    """When the certificate or report came, if that was before."""

    @property
    def identity(self) -> str:
        return f"{self.batch_id}:{self.found_in}:{self.report}:{self.test}:{self.market}"
