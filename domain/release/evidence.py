"""Everything that the gates look at, for one batch and one market at one instant (domain specification, 8 and 19)."""

from collections.abc import Mapping
from datetime import date

from pydantic import AwareDatetime, Field

from domain.authorisation.registered import Registered
from domain.batch.batch import Relation
from domain.batch.gate.batch_facts import (
    AnalysisFacts,
    ChangeFacts,
    DepartureFacts,
    DeviationFacts,
    OosFacts,
    OpenEventFacts,
    ProcessFacts,
)
from domain.batch.gate.chain_facts import (
    LotAlikeFacts,
    LotInDoubtFacts,
    MaterialFacts,
    ParentFacts,
    TransportFacts,
    UseFacts,
)
from domain.batch.gate.decision_facts import DispositionFacts, HoldFacts, ReviewFacts, SiteEventFacts
from domain.batch.gate.gate import ExceptionFacts, GateFacts
from domain.batch.gate.reasons import About, Kind, Reason
from domain.batch.gate.site_facts import (
    AgreementFacts,
    AuditFacts,
    CertificateFacts,
    CriticalFacts,
    DeclarationFacts,
    InspectionFacts,
    RecognisedPapers,
    ScopeFacts,
)
from domain.batch.making.materials import MaterialPart
from domain.batch.making.pack import Pack
from domain.batch.making.shelf_life import ShelfLife
from domain.batch.market_refusal import SeenRefusal
from domain.batch.relations import WORKED_AGAIN
from domain.batch.supply_stage import SupplyStage
from domain.core.people import Role
from domain.importation.facts import (
    ArrivalTestFacts,
    BatchCertificateFacts,
    BoughtGoodsFacts,
    ConsignmentFacts,
    ImportRule,
    TakenFacts,
)
from domain.policy.market_asks import MarketAsks
from domain.policy.market_rule import DecisionRule
from domain.policy.pack_marks import PackMark
from domain.release.confirmation_facts import PartFacts


class Member(GateFacts):
    """One batch of a family: the batch that is decided on, or one that it comes from, with what gates look at in each.

    Days are days at the site that makes it.
    """

    batch_id: str
    number: str
    market: str
    """The market that is decided for; the same for the whole family."""
    today: date
    depth: int = 0
    """How many steps it lies before the batch that is decided on, by the shortest way."""
    supply_stage: SupplyStage | None = None
    parameter_set_id: str | None = None
    """The version of the process that it was made by, where it has one."""
    relations: frozenset[Relation] = frozenset()
    """How others of the family come from it; none for the batch that is decided on."""
    first_day: date | None = None
    """First day of manufacture; `None` before it."""
    last_day: date | None = None
    """Last day of manufacture; `None` before its end."""
    scopes: tuple[ScopeFacts, ...] = ()
    agreements: tuple[AgreementFacts, ...] = ()
    certificates: tuple[CertificateFacts, ...] = ()
    declarations: tuple[DeclarationFacts, ...] = ()
    """Where the market asks for them: declarations of qualified persons, of an intermediate or active substance."""
    inspections: tuple[InspectionFacts, ...] = ()
    """Inspections by authorities, the oldest first."""
    audits: tuple[AuditFacts, ...] = ()
    critical: tuple[CriticalFacts, ...] = ()
    departures: tuple[DepartureFacts, ...] = ()
    """Of a batch that others come from: parameters outside their proven acceptable ranges, with what was said of them
    for the market."""
    deviations: tuple[DeviationFacts, ...] = ()
    open_events: tuple[OpenEventFacts, ...] = ()
    """Events in the period of manufacture that are not decided on, whether or not they are tied to a batch."""
    oos: tuple[OosFacts, ...] = ()
    unexplained: tuple[str, ...] = ()
    """Failing results, also of certificates that were replaced, of which no investigation is on record."""
    changes: tuple[ChangeFacts, ...] = ()
    materials: tuple[MaterialFacts, ...] = ()
    no_samples: str | None = None
    """What was stated of its retained samples, if that says nothing."""
    lots_alike: tuple[LotAlikeFacts, ...] = ()
    lots_in_doubt: tuple[LotInDoubtFacts, ...] = ()
    """What events have said of the lots that it was made with, and of itself."""
    parents: tuple[ParentFacts, ...] = ()
    """Batches that it comes from directly."""
    transports: tuple[TransportFacts, ...] = ()
    asks: MarketAsks = MarketAsks()
    """What the market asks of sites and their papers, by its row of the policy in force."""
    recognises: Mapping[str, MarketAsks] = Field(default_factory=dict)
    """Countries whose inspections of their own sites the market recognises today (`mra`, INSPECTION), with what they
    ask themselves."""
    papers_recognised: tuple[RecognisedPapers, ...] = ()
    """What the market recognises of what partners' authorities issue (`mra`, INSPECTION)."""
    consignments: tuple[ConsignmentFacts, ...] = ()
    """What has arrived of it from another country, where something of the family was made outside the market's area."""
    arrived_beyond: str | None = None
    """That more has arrived of it than was made, in words."""
    bought: tuple[BoughtGoodsFacts, ...] = ()
    """Medicinal products that were bought and that it was made with, with what has arrived of them."""
    taken: tuple[TakenFacts, ...] = ()
    """What other batches than those of the family were made with of it, for whatever market, where any has arrived."""
    arrival_tests: tuple[ArrivalTestFacts, ...] = ()
    """Its own testing at registered laboratories, where any of it has arrived."""
    batch_certificates: tuple[BatchCertificateFacts, ...] = ()
    """The manufacturer's certificates of it that were accepted, where something was made outside that area."""
    parts: tuple[PartFacts, ...] = ()
    """Where a qualified person certifies: what sites in the area of the market have done, and who has confirmed it."""
    uses: tuple[UseFacts, ...] = ()
    """What of the family was made of it directly; nothing of the batch that is decided on."""
    events: tuple[SiteEventFacts, ...] = ()
    holds: tuple[HoldFacts, ...] = ()
    is_reviewed_again: bool = False
    """Whether something was learned after a release of it that is not reviewed yet."""
    reviewed_since: AwareDatetime | None = None
    """When the first of that was learned."""

    @property
    def name(self) -> str:
        """As people find it."""
        return f"{self.number} ({self.batch_id})"

    def reason(self, words: str, kind: Kind, of: str, what: object = "", *, since: date | None = None) -> Reason:
        """What is wrong or doubtful of it at a gate that the authority may excuse: in words, and as what it is."""
        return Reason(words, About(kind, of, str(what), self.batch_id), since=since)

    @property
    def is_worked_again(self) -> bool:
        """Whether all that comes from it was reprocessed or reworked: what failed in it is why."""
        return bool(self.relations) and self.relations <= WORKED_AGAIN

    @property
    def is_corrected(self) -> bool:
        """Whether it is the record of a wrong rejection, in whose place another one stands."""
        return self.relations == {Relation.CORRECTION}


class Maker(Member):
    """The site that has made a lot that was bought, as the sites that make a batch are looked at.

    Its days and its stage are those of the use: the batch that is named was made with the lot.
    """

    lot: str
    """Material and number."""
    part: MaterialPart
    """What it is."""
    maker: str
    """As it is named with the lot."""
    site_id: str
    site: str
    """Name of the site."""

    @property
    def name(self) -> str:
        """As people find it: through which lot it has come in."""
        return f"{self.lot} of {self.maker} in {self.number} ({self.batch_id})"


class BatchEvidence(Member):
    """The evidence for the decision on a batch for one market."""

    ancestors: tuple[Member, ...] = ()
    """All that it comes from over all steps, the nearest first."""
    makers: tuple[Maker, ...] = ()
    """The sites that have made what was bought, of the substance or as a product, of it and of its ancestors."""
    ancestry_beyond: int | None = None
    """The most batches that are looked at, if it comes from more; then nothing is decided."""
    relies_on: tuple[str, ...] = ()
    """The appointments under which whoever decides signs, in words; none while nobody decides."""
    licensed_at: tuple[str, ...] = ()
    """The sites of the licences that whoever certifies is named on; none while nobody certifies."""
    audits_known: bool | None = None
    """Whether the certifier knows what the audits recommend [V4]; `None` while nobody certifies."""
    process: ProcessFacts = ProcessFacts()
    analysis: AnalysisFacts = AnalysisFacts()
    reviews: tuple[ReviewFacts, ...] = ()
    disposition: DispositionFacts | None = None
    shelf_life: ShelfLife | None = None
    """Until when it may be used; `None` where that is not asked."""
    needs: DecisionRule
    """The rule under which the batch is decided for the market."""
    deciders: tuple[Role, ...] = ()
    """The roles that decide, where the row of the market names them."""
    imports: ImportRule | None = None
    """What the market asks of imports; `None` where it asks nothing."""
    pack: Pack | None = None
    """What it is packed as; `None` where that was not stated."""
    demanded_marks: tuple[PackMark, ...] = ()
    """What every pack of a product carries in the market, by its row of the policy in force."""
    refused_marks: tuple[PackMark, ...] = ()
    """What no pack carries there."""
    elsewhere: tuple[SeenRefusal, ...] = ()
    """What other markets have decided against the batch."""
    exceptions: tuple[ExceptionFacts, ...] = ()
    product: str = ""
    expiry_on: date | None = None
    """Its last day, as it is stated."""
    decided_on: date | None = None
    """The day of its decision for the market; `None` while it is open."""
    authorisations: tuple[Registered, ...] = ()
    """Of the product in the market: those that are for its strength and form, or for a trial where it is for trials."""
    trial: str | None = None
    """Of clinical supply the trial that it is released for in the market, by its number; `None` before that."""
    signs_for: str | None = None
    """The trial that whoever decides names; `None` while nobody decides."""
    by_authorisation: bool = False
    """Whether the batch was registered since authorisations are asked for. Of an earlier one a person judges."""

    @property
    def authorised_as(self) -> tuple[Registered, ...]:
        """The authorisations that it is judged by: of clinical supply those of its trial, as soon as that is known."""
        trial = self.signs_for or self.trial
        if trial is None:
            return self.authorisations
        return tuple(each for each in self.authorisations if each.is_for_trial(trial))
