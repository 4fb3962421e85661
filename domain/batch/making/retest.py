"""Retesting a batch past its day of retest, and the extension of a shelf life (section 17; ICH Q7, 11.6).

A day of retest is no expiry: a passing retest opens a limited window of use, several times if need be. The end of a
shelf life has one exit for goods as they are: the written extension of the authority, for named markets. Clinical
supply is extended under the plan that was authorised with its trial, and relabelled: as it is it stays expired.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field

from domain.batch.making.shelf_life import LastDay
from domain.batch.trial import is_same_trial
from domain.core.document import DocumentReference, Documents, RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.text import AsPrinted, Determined, ShortText, Text
from domain.core.units import Unit
from domain.site.site import Markets

RETEST = "section 17, retest"
EXTENSION = "section 17, extension by the authority"


class ExtensionGround(StrEnum):
    """What an extension rests on."""

    LETTER = "LETTER"
    """The authority's letter, which names the lot."""
    PLAN = "PLAN"
    """The plan for the use dates of clinical supply that was authorised with its trial."""


class FailedResult(Value):
    """The result that fails."""

    test: Determined = Field(examples=["Impurity I-3"])
    """The test."""
    result: AsPrinted = Field(examples=["0.21"])
    """The result, as it was obtained."""
    unit: Unit = Field(examples=["%"])
    """UCUM unit."""
    limit: AsPrinted = Field(examples=["≤ 0.15 %"])
    """The limit that it fails."""


class Retest(Form):
    """Record a retest. Passed, it opens a window of use (`retest_window`); failed, it opens an OOS."""

    action = Action(
        Process.BATCH,
        "retest",
        "Record a retest",
        frozenset({Role.QC_REVIEWER, Role.CDMO_QA}),
        meaning=Meaning.REVIEWED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    tested_on: date = Field(examples=["2031-09-02"])
    """Last day of testing; the window counts from it."""
    passed: bool = Field(examples=[True])
    """Whether every result meets the specification."""
    failed: FailedResult | None = None
    """The first result that does not; given exactly if it has not passed."""
    certificate: DocumentReference
    """The certificate of the retest, with all results."""
    remark: Text | None = None
    """What else is to be known."""


class ExtensionRequest(Form):
    """Put on record that a shelf life is extended: by the authority in writing, of clinical supply under its plan.

    A decider signs after you. Under the plan nothing leaves as it is: a relabelled batch is made of it, and certified.
    """

    action = Action(
        Process.BATCH,
        "extend-shelf-life",
        "Record an extension of the shelf life",
        frozenset({Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
    )

    markets: Markets = Field(examples=[["EU"]])
    """The markets that the authority names; for no other the shelf life is any longer."""
    last_day: LastDay = Field(examples=["2032-11-30"])
    """The new last day of use; the goods are blocked again at the midnight after it."""
    authority: ShortText = Field(examples=["BfArM"])
    """Who has extended it, or has authorised the plan."""
    reference: ShortText = Field(examples=["Z-2032-0815"])
    """Reference of the letter, which names the lot; or of the authorisation of the plan."""
    conditions: Text | None = None
    """Conditions of the authority."""
    letter: Documents = ()
    """The letter; at least one document where it rests on that."""
    ground: ExtensionGround = Field(default=ExtensionGround.LETTER, examples=[ExtensionGround.LETTER])
    """The letter; of clinical supply the authorised plan."""
    trial: ShortText | None = None
    """The trial that the plan was authorised with, as on the certificate; given exactly for a plan, like the next two.
    What is relabelled under it is certified for that trial alone."""
    plan: DocumentReference | None = None
    """The plan, by which use dates may be extended."""
    stability: DocumentReference | None = None
    """The stability data that the plan asks for, to the new day."""


class ExtensionSignature(Decision):
    """Sign the extension as decider of the markets, in person, or refuse it."""

    action = Action(
        Process.BATCH,
        "sign-extension",
        "Sign the extension of the shelf life",
        DECIDERS,
        meaning=Meaning.APPROVED,
        in_person=True,
        by_market=True,
        otherwise="The shelf life stays as it is.",
    )

    extension: RecordVersion
    """The version of the extension that was read."""
    approve: bool = Field(examples=[True])
    """Whether the goods may be used until the new day."""
    reason: Text = Field(examples=["The letter names the lot; the conditions are met."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def refuse_unless_retested(
    form: Retest, *, retest_on: date | None, made_on: date | None, is_expired: bool, latest_day: date
) -> None:
    """Raise `Refused` unless a retest fits: of a batch with a day of retest that has not expired."""
    faults: dict[str, str] = {}
    if retest_on is None:
        faults["tested_on"] = "the batch has no day of retest"
    elif is_expired:
        faults["tested_on"] = "the shelf life has ended; a retest does not prolong it"
    elif form.tested_on > latest_day:
        faults["tested_on"] = "is in the future"
    elif made_on is not None and form.tested_on < made_on:
        faults["tested_on"] = "is before the end of manufacture"
    if form.passed == (form.failed is not None):
        faults["failed"] = "is given exactly if it has not passed"
    if faults:
        raise broken(RETEST, "The retest does not fit.", **faults)


class Extensible(NamedTuple):
    """What is known of a batch that is to be extended."""

    markets: frozenset[str]
    """Its markets that are neither rejected nor taken back."""
    expiry_on: date | None
    is_clinical: bool = False
    trials: Mapping[str, str] = MappingProxyType({})
    """By market the trial that its certificate names."""
    use_to: date | None = None
    """The day to which its use date was extended before."""


def refuse_unless_extensible(form: ExtensionRequest, known: Extensible, *, today: date) -> None:
    """Raise `Refused` unless the extension is of markets of the batch, and later than its last day and than today."""
    expiry_on, markets = known.expiry_on, known.markets
    faults = _faults_of_ground(form, known) | {
        f"markets.{index}": "is no market of this batch, or is rejected or taken back"
        for index, market in enumerate(form.markets)
        if market not in markets
    }
    if expiry_on is None:
        faults["last_day"] = "the batch has no last day of use"
    elif form.last_day <= (latest := max(expiry_on, known.use_to or expiry_on)):
        faults["last_day"] = f"is not after {latest}"
    elif form.last_day < today:
        faults["last_day"] = "is in the past"
    if faults:
        raise broken(EXTENSION, "The extension does not fit.", **faults)


def _faults_of_ground(form: ExtensionRequest, known: Extensible) -> dict[str, str]:
    by_plan = form.ground is ExtensionGround.PLAN
    faults = {
        field: "is given exactly for a plan"
        for field, given in (("trial", form.trial), ("plan", form.plan), ("stability", form.stability))
        if (given is not None) != by_plan
    }
    if by_plan != known.is_clinical:
        faults["ground"] = "clinical supply, and nothing else, is extended under its authorised plan"
    elif not by_plan and not form.letter:
        faults["letter"] = "is required"
    if by_plan and form.trial is not None:
        for index, market in enumerate(form.markets):
            certified = known.trials.get(market)
            if certified is None:
                faults[f"markets.{index}"] = "is not certified for a trial"
            elif not is_same_trial(form.trial, certified):
                faults["trial"] = f"is not the trial of the certificate for {market}: {certified}"
    return faults
