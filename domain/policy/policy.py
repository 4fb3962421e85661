"""The policy: every number that a sponsor may set, in versions that take effect at an instant (sections 3 and 9).

A later version never moves a running clock: a deadline carries the version it was counted with.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from domain.core.clocks import ClockRule, Instant, Level
from domain.core.days import OfficeDays, Span
from domain.core.people import Org, Role
from domain.core.refusals import Code, Refused
from domain.core.text import ShortText
from domain.core.yaml_text import read
from domain.policy.authority_report import AuthorityReport, AuthorityReports
from domain.policy.before_rows import counted_before
from domain.policy.limits import Count, Limits, Part
from domain.policy.market_asks import MarketAsks
from domain.policy.market_rule import (
    DecisionRule,
    MarketRule,
    MarketRules,
    asks_of,
    declares_substances,
    row_of,
    rule_of,
)
from domain.policy.mutual_recognition import MutualRecognitions
from domain.policy.required_documents import DocumentRules, RequiredDocuments
from domain.policy.responsibility import ActivityKey, Duties, sharing_faults
from domain.policy.scorecard_scale import MetricKey


class Recipients(Part):
    """Who is told at a level: the person who has the task, that person's manager, and holders of roles."""

    actor: bool = False
    manager: bool = False
    roles: tuple[Role, ...] = ()


class EscalationLevel(Part):
    """Default recipients of a level (section 9), by whose task it is."""

    sponsor: Recipients
    """When a person of the sponsor is late; never a person of the CDMO (S6)."""
    cdmo: Recipients
    """When a person of the CDMO is late."""
    batch: tuple[Role, ...] = ()
    """Told as well when a batch or a released product is touched."""


class AgreementActivity(Part):
    """An activity that every quality agreement assigns, and how a first draft assigns it (section 4)."""

    key: ActivityKey
    """Stable name."""
    title: ShortText
    """What is done, in words."""
    sponsor: Duties
    """Duties of the sponsor."""
    cdmo: Duties
    """Duties of the site."""

    @model_validator(mode="after")
    def _is_shared_out(self) -> Self:
        if faults := sharing_faults(self.sponsor, self.cdmo):
            raise ValueError("; ".join(f"{side} {fault}".strip() for side, fault in faults.items()))
        return self


def _each_key_once(activities: tuple[AgreementActivity, ...]) -> tuple[AgreementActivity, ...]:
    keys = [activity.key for activity in activities]
    if len(set(keys)) != len(keys):
        raise ValueError("Name each activity once.")
    return activities


class Policy(Part):
    """One version of the policy, in force from `effective_from` until a later version is."""

    version: Count
    effective_from: Instant
    limits: Limits
    escalation: dict[Level, EscalationLevel]
    clocks: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")], ClockRule]
    sponsor_days: OfficeDays = OfficeDays(tz="UTC")
    """The days of the sponsor, for the clocks that count them. UTC without holidays where a policy does not say."""
    required_documents: RequiredDocuments = ()
    """What sites have to show before they are approved (section 4)."""
    agreement_activities: Annotated[
        tuple[AgreementActivity, ...], Field(max_length=200), AfterValidator(_each_key_once)
    ] = ()
    """What every quality agreement assigns. None in a policy that was written before agreements were kept."""

    authority_reports: AuthorityReports = ()
    """Reports to authorities on released batches. None in a policy that was written before they were rows of it."""

    markets: MarketRules = ()
    """Who decides for each market. None in a policy that was written before markets were rows of it."""

    mra: MutualRecognitions = ()
    """What is recognised of partners. None in a policy that was written before that was a row of it."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if set(self.escalation) != set(Level):
            raise ValueError("Every level L0 to L4 needs its recipients.")
        if self.limits.scorecard_amber_from >= self.limits.scorecard_green_from:
            raise ValueError("AMBER must begin below GREEN.")
        if self.limits.scorecard_weights[MetricKey.DELIVERIES_ON_TIME] > self.limits.scorecard_delivery_weight_max:
            raise ValueError("Delivery on time weighs more than scorecard_delivery_weight_max allows.")
        for row in self.markets:
            if row.remaining_life is not None and row.market in self.limits.remaining_life_min:
                raise ValueError(
                    f"The least remaining life for {row.market} is said twice: in its row and in the limits."
                )
        tiers = self.limits.risk_tier_from
        if not tiers["CRITICAL"] > tiers["HIGH"] > tiers["MEDIUM"]:
            raise ValueError("The risk tiers must begin one below the other.")
        return self

    def recipients(self, level: Level, *, org: str, batch: bool = False) -> frozenset[Role]:
        """The roles told at a level when a person of that organisation (`Org`) is late.

        Third parties work for the sponsor. The late person and the manager come on top (`escalation`).
        """
        told = self.escalation[level]
        whose = told.cdmo if Org(org) is Org.CDMO else told.sponsor
        return frozenset(whose.roles + (told.batch if batch else ()))

    def clock(self, key: str) -> ClockRule:
        """The rule of a clock; that of a report to an authority counts the authority's days.

        Raises `Refused` (NOT_FOUND) if the policy has none of that name.
        """
        rule = self.clocks.get(key)
        if rule is None:
            message = f"Policy version {self.version} has no clock {key}. `vetted db upgrade` adds what it lacks."
            raise Refused(Code.NOT_FOUND, message, rule=key)
        report = self.report_of(key)
        return rule.model_copy(update={"days_of": report.days}) if report is not None else rule

    def market_rule(self, market: str) -> MarketRule | None:
        """The row of a market; `None` of one that nobody is known to decide for."""
        return row_of(self.markets, market)

    def row_for(self, market: str, *, clinical: bool) -> MarketRule | None:
        """The row of a market as it is for clinical supply, or for any other; `None` without one."""
        row = self.market_rule(market)
        return row.for_supply(clinical=clinical) if row is not None else None

    def asks_of(self, market: str, *, clinical: bool = False) -> MarketAsks:
        """What is asked for a market beside who decides, of clinical supply or of any other."""
        return asks_of(self.markets, market, clinical=clinical)

    def is_certified(self, markets: Iterable[str]) -> bool:
        """Whether a qualified person certifies for any of several markets."""
        return any(rule_of(self.markets, each) is DecisionRule.QP for each in markets)

    def declares_substances(self, activities: Iterable[str], markets: Iterable[str]) -> bool:
        """Whether an active substance is made for a market for which a qualified person declares on its maker."""
        return declares_substances(self.markets, activities, markets)

    @property
    def declared_for(self) -> tuple[str, ...]:
        """The markets for which a qualified person declares on makers of substances."""
        return tuple(row.market for row in self.markets if row.declares_substances)

    @property
    def document_rules(self) -> DocumentRules:
        """What sites have to show, with what markets count as."""
        return DocumentRules(self.required_documents, self.markets)

    def remaining_life_for(self, market: str, *, clinical: bool = False) -> Span:
        """The life that goods for a market must still have on the planned day of their arrival.

        What is said of clinical supply counts first, then what is said of the very market, then what is said of the row
        that it counts as.
        """
        if clinical and (of := self.market_rule(market)) is not None and of.clinical.remaining_life is not None:
            return of.clinical.remaining_life
        row, by_market = self.market_rule(market), self.limits.remaining_life_min
        if market in by_market:
            return by_market[market]
        if row is not None and row.remaining_life is not None:
            return row.remaining_life
        return by_market["OTHER"]

    def counts_in(self, decided: str, market: str) -> bool:
        """Whether what is decided for one market counts in another: the same, or one that its row counts as its own.

        In a policy of before markets were rows, the Union counts in its states.
        """
        if decided == market:
            return True
        row = next((each for each in self.markets if each.market == decided), None)
        return market in row.states if row is not None else decided == counted_before(market)

    def is_one_market(self, first: str, second: str) -> bool:
        """Whether what concerns one market alone concerns another: one of them counts in the other."""
        return self.counts_in(first, second) or self.counts_in(second, first)

    def codes_counting_in(self, market: str) -> tuple[str, ...]:
        """The markets whose decision counts in one: itself first."""
        rows = {each.market for each in self.markets} | {counted_before(market)}
        return (market, *sorted(each for each in rows - {market} if self.counts_in(each, market)))

    def destinations_of(self, market: str) -> tuple[str, ...]:
        """Where goods of a market go: itself, and what its row counts as it."""
        row = self.market_rule(market)
        return (market, *row.states) if row is not None and row.market == market else (market,)

    def offices(self) -> dict[str, OfficeDays]:
        """Each office whose days are counted, by its place in the policy."""
        by_clock = {f"clocks.{key}.days_of": rule.days_of for key, rule in self.clocks.items()}
        return {
            "sponsor_days": self.sponsor_days,
            **{place: office for place, office in by_clock.items() if isinstance(office, OfficeDays)},
            **{f"authority_reports.{each.key}": each.days for each in self.authority_reports},
        }

    def report_of(self, clock: str) -> AuthorityReport | None:
        """The report to an authority whose clock it is; `None` for a clock of our own."""
        return next((each for each in self.authority_reports if each.clock == clock), None)


class Change(BaseModel):
    """One difference between two policies, for the signed change record. `None`: not there."""

    model_config = ConfigDict(frozen=True)

    key: str
    old: JsonValue
    new: JsonValue


def load(text: str) -> Policy:
    """Read a policy from YAML or JSON. Raises `Refused` (FORM_INVALID) that names each place that is wrong."""
    return read(text, Policy, "policy")


def changes(old: Policy, new: Policy) -> list[Change]:
    """What a new version changes, by dotted key (`clocks.sq.response.span`), sorted; the version number left out."""
    before, after = (dict(_values(policy.model_dump(mode="json", exclude={"version"}))) for policy in (old, new))
    return [
        Change(key=key, old=before.get(key), new=after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def _values(value: JsonValue, key: str = "") -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _values(part, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for i, part in enumerate(value, 1):
            yield from _values(part, f"{key}[{i}]")
    else:
        yield key, value
