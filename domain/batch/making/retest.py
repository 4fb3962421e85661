"""Retesting a batch past its day of retest, and the authority's extension of a shelf life (section 17; ICH Q7, 11.6).

A day of retest is no expiry: a passing retest opens a limited window of use, several times if need be. The end of a
shelf life has one exit for goods as they are: the written extension of the authority, for named markets.
"""

from datetime import date

from pydantic import Field

from domain.batch.making.shelf_life import LastDay
from domain.core.document import DocumentReference, Evidence, RecordVersion
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.text import ShortText, Text
from domain.core.units import Unit
from domain.site.site import Markets

RETEST = "section 17, retest"
EXTENSION = "section 17, extension by the authority"


class FailedResult(Value):
    """The result that fails."""

    test: ShortText = Field(examples=["Impurity I-3"])
    """The test."""
    result: ShortText = Field(examples=["0.21"])
    """The result, as it was obtained."""
    unit: Unit = Field(examples=["%"])
    """UCUM unit."""
    limit: ShortText = Field(examples=["≤ 0.15 %"])
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
    """Put on record that the authority extends the shelf life of this batch in writing. A decider signs after you."""

    action = Action(
        Process.BATCH,
        "extend-shelf-life",
        "Record an extension by the authority",
        frozenset({Role.REG_AFFAIRS}),
        meaning=Meaning.APPROVED,
    )

    markets: Markets = Field(examples=[["EU"]])
    """The markets that the authority names; for no other the shelf life is any longer."""
    last_day: LastDay = Field(examples=["2032-11-30"])
    """The new last day of use; the goods are blocked again at the midnight after it."""
    authority: ShortText = Field(examples=["BfArM"])
    """Who has extended it."""
    reference: ShortText = Field(examples=["Z-2032-0815"])
    """Reference of the letter, which names the lot."""
    conditions: Text | None = None
    """Conditions of the authority."""
    letter: Evidence
    """The letter; at least one document."""


class ExtensionSignature(Decision):
    """Sign the authority's extension as decider of the markets, in person, or refuse it."""

    action = Action(
        Process.BATCH,
        "sign-extension",
        "Sign the extension by the authority",
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
    form: Retest, *, retest_on: date | None, made_on: date | None, is_expired: bool, today: date
) -> None:
    """Raise `Refused` unless a retest fits: of a batch with a day of retest that has not expired."""
    faults: dict[str, str] = {}
    if retest_on is None:
        faults["tested_on"] = "the batch has no day of retest"
    elif is_expired:
        faults["tested_on"] = "the shelf life has ended; a retest does not prolong it"
    elif form.tested_on > today:
        faults["tested_on"] = "is in the future"
    elif made_on is not None and form.tested_on < made_on:
        faults["tested_on"] = "is before the end of manufacture"
    if form.passed == (form.failed is not None):
        faults["failed"] = "is given exactly if it has not passed"
    if faults:
        raise broken(RETEST, "The retest does not fit.", **faults)


def refuse_unless_extensible(
    form: ExtensionRequest, *, markets: frozenset[str], expiry_on: date | None, today: date
) -> None:
    """Raise `Refused` unless the extension is of markets of the batch, and later than its last day and than today."""
    faults = {
        f"markets.{index}": "is no market of this batch, or is rejected or taken back"
        for index, market in enumerate(form.markets)
        if market not in markets
    }
    if expiry_on is None:
        faults["last_day"] = "the batch has no last day of use"
    elif form.last_day <= expiry_on:
        faults["last_day"] = f"is not after {expiry_on}"
    elif form.last_day < today:
        faults["last_day"] = "is in the past"
    if faults:
        raise broken(EXTENSION, "The extension does not fit.", **faults)
