"""Analysis of a batch, by the site and by the sponsor."""

from collections.abc import Iterable

from domain.batch.deviations.deviation import only_about
from domain.batch.holds.hold import Uncompared
from domain.batch.results.analysis_forms import CertificateOfAnalysis, OwnTesting
from domain.batch.results.comparison import ResultComparison
from workflows.core.case import Case
from workflows.core.followed import Followed
from workflows.core.tasks import Answered


class Analysis:
    """SOP-12, beside 1 to 4: certificates and own results come when they are there, as long as the batch is open.

    21 CFR 211.84(d)(2) and 211.165; domain specification, section 8, gate G9.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._comparisons = Followed(case, self._compared)
        self.testers: tuple[str, ...] = ()
        """Who has tested for the sponsor, by person id; none of them reviews the results (S1)."""

    def awaited(self) -> None:
        """From the start of manufacture until the case ends."""
        self._case.offer(CertificateOfAnalysis)
        self._case.offer(OwnTesting, self._tested)

    def _tested(self, testing: Answered[OwnTesting]) -> None:
        found = testing.effect.get("testers")
        self.testers = tuple(str(each) for each in found) if isinstance(found, list) else ()

    def evaluated(self, uncompared: Iterable[Uncompared]) -> None:
        """What the program cannot compare is put before a person, as long as it counts and waits."""
        self._comparisons.only({each.key: each for each in uncompared})

    async def _compared(self, waiting: Uncompared) -> None:
        await self._case.ask(
            ResultComparison,
            prefill={"source": waiting.source, "report": waiting.report},
            check=only_about("report", waiting.report),
            barred=dict.fromkeys(waiting.barred, "S1"),
            about=waiting.about,
        )
        self._case.mark_changed()
