"""Holding a batch by hand, reviewing holds and lifting them (domain specification, sections 8, 9 and 11).

A hold never ends by itself, and no change of status lifts one: its owner proposes, a second person confirms (S15).
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from domain.batch.batch import OosState
from domain.batch.holds.holds import BatchState, HoldType
from domain.batch.holds.market_judgement import RULE, OpenJudgement
from domain.core.document import Documents, Evidence, RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, SPONSOR_QA_ROLES, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, Text
from domain.site.site import Markets

PLACERS = SPONSOR_QA_ROLES | {Role.QC_REVIEWER, Role.REG_AFFAIRS, Role.CMC_LEAD}

_SUPPLIER = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER})
LIFTERS: Mapping[HoldType, frozenset[Role]] = {
    HoldType.SUPPLIER_STATUS: _SUPPLIER,
    HoldType.QTA: _SUPPLIER,
    HoldType.CERT: _SUPPLIER,
    HoldType.AUDIT: _SUPPLIER,
    HoldType.FINDING: _SUPPLIER,
    HoldType.EVENT: _SUPPLIER,
    HoldType.SUPPLY: _SUPPLIER,
    HoldType.COMPLAINT: _SUPPLIER,
    HoldType.PROCESS: frozenset({Role.CMC_LEAD}),
    HoldType.DEVIATION: frozenset({Role.QA_APPROVER}),
    HoldType.OOS: frozenset({Role.QC_REVIEWER}),
    HoldType.COA: frozenset({Role.QC_REVIEWER}),
    HoldType.CHANGE: frozenset({Role.REG_AFFAIRS}),
    HoldType.REG: frozenset({Role.REG_AFFAIRS}),
    HoldType.MANUAL: frozenset({Role.QA_APPROVER}),
    HoldType.LEGAL: frozenset({Role.HEAD_QA}),
    HoldType.RETEST_DUE: frozenset({Role.QA_APPROVER}),
    HoldType.OTHER_MARKET: DECIDERS,
}
"""Who owns a hold that a rule has placed. One that a person has placed is theirs."""

KNOWN_TO_SITE = frozenset({
    HoldType.SUPPLIER_STATUS, HoldType.QTA, HoldType.CERT, HoldType.PROCESS, HoldType.DEVIATION, HoldType.OOS,
    HoldType.COA, HoldType.CHANGE, HoldType.RETEST_DUE,
})  # fmt: skip
"""Types that a site is told: they come from what it reports itself or is told anyway. Others would say more (S6)."""


class HoldPlacement(Form):
    """Hold a batch, for all its markets or for some, and every batch that comes from it.

    Also once everything is decided: nothing is ordered or leaves for these markets until the hold is lifted. What is
    released is reviewed, unless the hold names markets and says nothing of the goods.
    """

    action = Action(Process.BATCH, "place-hold", "Place a hold", PLACERS, while_on_hold=True)

    hold_type: HoldType = Field(examples=[HoldType.MANUAL])
    """Why it is held; EVENT is for the triage of an event alone, OTHER_MARKET for what another market decides."""
    reason: Text = Field(examples=["A photograph of the line shows an unlabelled drum."])
    """What was learned."""
    markets: Markets | None = Field(default=None, examples=[["EU"]])
    """The markets that it stops; left out, it stops all."""
    documents: Documents = ()
    """Documents that it rests on."""


class LiftProposal(Form):
    """Propose that a hold is lifted. It stays until a second person confirms."""

    action = Action(Process.BATCH, "lift-hold", "Propose to lift a hold", PLACERS, meaning=Meaning.APPROVED)

    hold_id: Identifier = Field(examples=["HOLD-1"])
    """The hold."""
    impact: Text = Field(
        examples=["The drum held cleaning water. The line clearance was repeated; no batch is affected."]
    )
    """Assessment of what the cause means for the batch."""
    evidence: Evidence
    """Documents that show it."""


class LiftConfirmation(Decision):
    """Confirm that a hold is lifted, or refuse; then it stays and its owner may propose again."""

    action = Action(
        Process.BATCH,
        "confirm-lift",
        "Confirm that a hold is lifted",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA, Role.QP}),
        meaning=Meaning.APPROVED,
        otherwise="The hold stays.",
    )

    hold_id: Identifier = Field(examples=["HOLD-1"])
    """The hold."""
    proposal: RecordVersion
    """The version of the proposal that was read."""
    confirm: bool = Field(examples=[True])
    """Whether the hold is lifted."""
    reason: Text = Field(examples=["The evidence carries the assessment."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm


class HoldVerdict(StrEnum):
    """What the review of a hold comes to."""

    CONTINUE = "CONTINUE"
    LIFT = "LIFT"
    """It could be lifted; its owner is told and proposes it."""


class HoldReview(Form):
    """Review a hold that stands: first after it was placed, then again and again."""

    action = Action(
        Process.BATCH, "review-hold", "Review a hold", _SUPPLIER, clock="hold.review", meaning=Meaning.REVIEWED
    )

    hold_id: Identifier = Field(examples=["HOLD-1"])
    """The hold."""
    verdict: HoldVerdict = Field(examples=[HoldVerdict.CONTINUE])
    """Whether it goes on."""
    finding: Text = Field(examples=["The investigation is not finished; the hold goes on."])
    """Where the cause stands."""


class LongHoldReview(Form):
    """Review a hold that has stood for long, as head of quality.

    At once where goods had left under an exception before: what becomes of them is said here.
    """

    action = Action(
        Process.BATCH,
        "review-long-hold",
        "Review a long hold",
        frozenset({Role.HEAD_QA}),
        clock="hold.long",
        meaning=Meaning.REVIEWED,
    )

    hold_id: Identifier = Field(examples=["HOLD-1"])
    """The hold."""
    finding: Text = Field(examples=["The site needs another month for its investigation."])
    """Why it still stands."""
    next_steps: Text = Field(examples=["Supplier quality agrees a final day with the site this week."])
    """What is done so that it can be decided."""


class StandingHold(BaseModel):
    """A hold that stands, and what it needs next."""

    model_config = ConfigDict(frozen=True)

    hold_id: str
    type: HoldType
    reason: str
    market: str | None = None
    placed_at: AwareDatetime
    reviewed_at: AwareDatetime | None = None
    """The last review; `None` before the first one."""
    long_at: AwareDatetime | None = None
    """From when on the head of quality reviews it; `None` if that is done."""
    supplied: str = ""
    """What had left under an exception before it was placed, in words; empty if nothing."""
    proposal: RecordVersion | None = None
    """The proposal to lift it that waits for a second person."""
    proposers: tuple[str, ...] = ()
    """Whose hands the proposal counts as (S11, S12)."""
    judgements: tuple[OpenJudgement, ...] = ()
    """The parts of a judgement on another market's decision that are not given yet."""
    is_over: bool = False
    """Whether an authorisation has led to it, and one is in force again: its owner is asked to propose its end."""

    @property
    def lift_key(self) -> str:
        """What tells one proposal to lift it from another."""
        return f"{self.hold_id}/{self.proposal.version if self.proposal else 0}"

    def words(self) -> str:
        """The hold in one line, for tasks."""
        where = f" ({self.market})" if self.market else ""
        left = f"; say what becomes of it: {self.supplied}" if self.supplied else ""
        return f"{self.hold_id} {self.type}{where}: {self.reason}{left}"

    def prefill(self) -> dict[str, JsonValue]:
        """What a form about it starts from."""
        return {"hold_id": self.hold_id}

    def prefill_of_lift(self) -> dict[str, JsonValue]:
        """What the confirmation of its proposal starts from."""
        read = {"proposal": self.proposal.model_dump(mode="json")} if self.proposal else {}
        return {"hold_id": self.hold_id, **read}


class OpenedResult(BaseModel):
    """A result outside specification that the program has opened, as long as people are to conclude on it."""

    model_config = ConfigDict(frozen=True)

    oos_id: str
    about: str
    """The result in one line, for tasks."""
    state: OosState
    own_laboratory: bool = False
    """Whether the sponsor's own laboratory investigates it."""


class Uncompared(BaseModel):
    """A certificate or report with results that wait for a person."""

    model_config = ConfigDict(frozen=True)

    source: str
    """COA or OWN_TESTING (`domain.batch.results.analysis_forms.Source`)."""
    report: str
    key: str
    """What is asked, as a hash."""
    about: str
    barred: tuple[str, ...] = ()
    """Who has entered it or tested, by person id."""


class HoldsEvaluation(BaseModel):
    """All holds that stand on a batch, the results that the program has opened, and those that wait for a person."""

    model_config = ConfigDict(frozen=True)

    holds: tuple[StandingHold, ...] = ()
    results: tuple[OpenedResult, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()

    def stop(self, market: str | None) -> bool:
        """Whether one of them stops a market; without a market, whether there is any."""
        return any(market is None or hold.market in (None, market) for hold in self.holds)


class Causes(NamedTuple):
    """What may keep a hold from being lifted."""

    stopped_scopes: tuple[str, ...] = ()
    """Scopes that the batch uses whose status stops release."""
    oos: tuple[str, ...] = ()
    """Results that stand against the batch (`domain.batch.results.oos.counts_against`)."""
    deviations: tuple[str, ...] = ()
    """Deviations that are open."""
    beyond: tuple[str, ...] = ()
    """Critical and key parameters outside their proven acceptable range without an accepted deviation."""
    retest: tuple[str, ...] = ()
    """That its day of retest, or the window of a retest, has passed."""
    parents: tuple[str, ...] = ()
    """Batches that it comes from that are held for the same cause."""
    associated: tuple[str, ...] = ()
    """What happened to another batch, may concern this one, and is not concluded."""
    authorisations: tuple[str, ...] = ()
    """Why nothing is authorised in the market of the hold, where an authorisation has led to it."""


def barred_from_confirming(proposers: Iterable[str]) -> dict[str, str]:
    """S15: a hold is lifted by two persons."""
    return dict.fromkeys(proposers, "S15")


def refuse_unless_placeable(form: HoldPlacement, *, state: BatchState, markets: Collection[str]) -> None:
    """Raise `Refused` unless a batch can be held like this. `markets` are those that it is made for."""
    if state is BatchState.CLOSED:
        message = (
            "Nothing of this batch is released or open, so nothing is left to be stopped. Goods that are still there "
            "are destroyed (a destruction is ordered); what is learned is told by an event or a complaint."
        )
        raise Refused(Code.NOT_OPEN, message, rule="section 8, hold")
    faults: dict[str, str] = {}
    if form.hold_type is HoldType.EVENT:
        faults["hold_type"] = "is placed by the triage of an event"
    if form.hold_type is HoldType.OTHER_MARKET:
        faults["hold_type"] = "is placed by the decision of another market"
    for index, market in enumerate(form.markets or ()):
        if market not in markets:
            faults[f"markets.{index}"] = "is no market of this batch"
    if faults:
        raise broken("section 8, hold", "The hold cannot be placed.", **faults)


def refuse_unless_owned(
    type_: HoldType, *, placer: str | None, placer_left: bool, persons: Collection[str], roles: Collection[Role]
) -> None:
    """Raise `Refused` unless a hold is the actor's to lift (S15).

    `placer` is the person who has placed it by hand; `None` where a rule did. The head of quality stands in for a
    placer who has left.
    """
    if placer is None:
        owners = LIFTERS[type_]
        if not owners & frozenset(roles):
            message = f"A hold of type {type_} is lifted by {', '.join(sorted(owners))}."
            raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S15")
    elif placer_left:
        if Role.HEAD_QA not in roles:
            message = "Who has placed it has left; the head of quality takes their place."
            raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S15")
    elif placer not in persons:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Who has placed a hold proposes to lift it.", rule="S15", who=placer)


def refuse_unless_liftable(type_: HoldType) -> None:
    """Raise `Refused` where a hold is lifted by another form alone."""
    if type_ is HoldType.OTHER_MARKET:
        message = "Another market has refused the batch; its decider here and the head of quality judge that."
        raise Refused(Code.NOT_OPEN, message, rule=RULE, fields={"hold_id": "is lifted by judge-other-market"})


def refuse_while_caused(type_: HoldType, causes: Causes) -> None:
    """Raise `Refused` while what has led to the hold still stands."""
    stands = {
        HoldType.SUPPLIER_STATUS: ("the status stops release", causes.stopped_scopes),
        HoldType.OOS: ("results are not cleared", causes.oos),
        HoldType.DEVIATION: ("deviations are open", causes.deviations),
        HoldType.PROCESS: ("values lack an accepted deviation", causes.beyond),
        HoldType.REG: ("nothing is authorised there", causes.authorisations),
        HoldType.RETEST_DUE: ("no retest has passed and no date was corrected", causes.retest),
    }
    why, what = stands.get(type_, ("", ()))
    if causes.associated:
        why, what = "what may concern it is not concluded", causes.associated
    if causes.parents:
        why, what = "a batch that it comes from is held for it", causes.parents
    if what:
        message = f"The cause of the hold stands: {why}: {', '.join(what)}."
        raise Refused(Code.NOT_OPEN, message, rule="section 8, hold", fields={"hold_id": f"{why}: {', '.join(what)}"})


def refuse_unless_stands(*, known: bool, lifted: bool) -> None:
    """Raise `Refused` unless the hold is one of the batch and is not lifted."""
    if not known:
        raise broken("section 8, hold", "There is no such hold on this batch.", hold_id="unknown")
    if lifted:
        raise Refused(Code.NOT_OPEN, "This hold is lifted.", fields={"hold_id": "is lifted"}, rule="section 8, hold")
