"""Analysis of a batch, by the site and by the sponsor."""

from domain.batch.results.analysis_forms import CertificateOfAnalysis, OwnTesting
from workflows.core.case import Case


class Analysis:
    """SOP-12, beside 1 to 4: certificates and own results come when they are there, as long as the batch is open.

    21 CFR 211.84(d)(2) and 211.165; domain specification, section 8, gate G9.
    """

    def __init__(self, case: Case) -> None:
        self._case = case

    def awaited(self) -> None:
        """From the start of manufacture until the case ends."""
        self._case.offer(CertificateOfAnalysis)
        self._case.offer(OwnTesting)
