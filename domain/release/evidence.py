"""Everything that the gates look at, for one batch and one market at one instant (domain specification, section 8)."""

from datetime import date

from domain.batch.batch import DecisionRule
from domain.batch.gate_facts import (
    AgreementFacts,
    AnalysisFacts,
    AuditFacts,
    CertificateFacts,
    ChangeFacts,
    CriticalFacts,
    DeviationFacts,
    DispositionFacts,
    ExceptionFacts,
    GateFacts,
    HoldFacts,
    MaterialFacts,
    OosFacts,
    ProcessFacts,
    ReviewFacts,
    ScopeFacts,
    SiteEventFacts,
    TransportFacts,
)
from domain.batch.shelf_life import ShelfLife


class BatchEvidence(GateFacts):
    """The evidence for the decision on a batch for one market. Days are days at the site that makes it."""

    batch_id: str
    number: str
    market: str
    today: date
    first_day: date | None = None
    """First day of manufacture; `None` before it."""
    last_day: date | None = None
    """Last day of manufacture; `None` before its end."""
    scopes: tuple[ScopeFacts, ...] = ()
    agreements: tuple[AgreementFacts, ...] = ()
    certificates: tuple[CertificateFacts, ...] = ()
    audits: tuple[AuditFacts, ...] = ()
    audits_known: bool | None = None
    """Whether the certifier knows what the audits recommend [V4]; `None` while nobody certifies."""
    critical: tuple[CriticalFacts, ...] = ()
    process: ProcessFacts = ProcessFacts()
    deviations: tuple[DeviationFacts, ...] = ()
    oos: tuple[OosFacts, ...] = ()
    analysis: AnalysisFacts = AnalysisFacts()
    changes: tuple[ChangeFacts, ...] = ()
    reviews: tuple[ReviewFacts, ...] = ()
    disposition: DispositionFacts | None = None
    certifier: tuple[str, ...] = ()
    """Every human whose hands the certification counts as; empty while nobody certifies."""
    materials: tuple[MaterialFacts, ...] = ()
    parents: tuple[str, ...] = ()
    """Batches that it comes from; their materials were looked at when they were certified or are held with them."""
    shelf_life: ShelfLife | None = None
    """Until when it may be used; `None` where that is not asked."""
    transports: tuple[TransportFacts, ...] = ()
    rule: DecisionRule | None = None
    """The rule under which the form decides; `None` while nobody decides."""
    needs: DecisionRule | None = None
    """The rule that the batch needs in the market, by its stage; `None` if by the market alone."""
    events: tuple[SiteEventFacts, ...] = ()
    holds: tuple[HoldFacts, ...] = ()
    is_reviewed_again: bool = False
    """Whether something was learned after a release of it that is not reviewed yet."""
    taken_back: tuple[str, ...] = ()
    """Markets whose release was withdrawn or recalled."""
    exceptions: tuple[ExceptionFacts, ...] = ()
