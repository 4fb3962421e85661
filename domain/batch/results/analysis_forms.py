"""Certificates of analysis and the sponsor's own testing of a batch (domain specification, section 8, gate G9)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, Field

from domain.batch.results.oos import LaboratoryCause
from domain.batch.results.papers import Maker, day_fault, whose_laboratory
from domain.batch.results.printed import Printed, specification_fault
from domain.batch.results.recomputation import ByPerson
from domain.batch.results.specification import SpecifiedTest
from domain.core.document import DocumentReference
from domain.core.forms import Action, Audience, Form, Meaning, Process, Value
from domain.core.names import likenesses, likenesses_in, name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import AsPrinted, Determined, Identifier, ShortText, Text

_FUTURE = "is in the future"


class Source(StrEnum):
    """Who has tested."""

    COA = "COA"
    """The site, on its certificate."""
    OWN_TESTING = "OWN_TESTING"
    """The sponsor."""
    LATER = "LATER"
    """Whoever has tested after the release: stability, a complaint, a retest."""


class AnalysisResult(Value):
    """One individual result, exactly as it was reported. Numbers are read and compared by the program."""

    test: Determined = Field(examples=["Impurity I-3"])
    """Name of the test, as in the specification."""
    method: AsPrinted | None = Field(default=None, examples=["HPLC AM-017"])
    """Method that was used."""
    result: AsPrinted = Field(examples=["0.12"])
    """The result as it is written: `0.12`, `0,12`, `< 0.05`, `n.d.`, `Conforms`."""
    unit: AsPrinted | None = Field(default=None, examples=["%"])
    """Unit as it is printed, if the result does not name it."""
    verdict: AsPrinted | None = Field(default=None, examples=["Pass"])
    """What is claimed of it. It is compared with the recomputation, and never replaces it."""
    replicate: int | None = Field(default=None, ge=1, le=1000)
    """Number of the individual result, if there are several."""
    is_mean: bool = False
    """Whether it is a mean. It may be listed beside the individual results and stands in for none of them."""
    analyst: ShortText | None = Field(default=None, examples=["M. Jansen"])
    """Who has tested."""
    equipment: ShortText | None = Field(default=None, examples=["HPLC-07"])
    """With what."""
    measured_at: AwareDatetime | None = None
    """When."""
    process_data: DocumentReference | None = None
    """The data of this batch that the result stands on, of a line that is met by real time release testing or
    parametric release. A test of the product does not replace them."""

    @property
    def report(self) -> str:
        """What comes stands on one certificate or report."""
        return ""

    @property
    def compared(self) -> tuple[ByPerson, ...]:
        """What comes was compared by nobody yet."""
        return ()

    @property
    def data(self) -> str | None:
        """Document id of the data."""
        return self.process_data.document_id if self.process_data is not None else None


PersonIds = Annotated[tuple[Identifier, ...], Field(max_length=50)]
Results = Annotated[tuple[AnalysisResult, ...], Field(min_length=1, max_length=500)]


class CertificateOfAnalysis(Form):
    """Enter the certificate of analysis of a batch. Every result is compared with the registered specification."""

    action = Action(
        Process.BATCH,
        "coa",
        "Certificate of analysis",
        frozenset({Role.CDMO_QA, Role.CDMO_QU_HEAD}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    number: ShortText = Field(examples=["COA-25-0417"])
    """Number of the certificate; a corrected one has a number or revision of its own."""
    batch_number: ShortText | None = None
    """Number of the batch as it is printed: the site's, or the sponsor's. Another one, and one that is only like it, is
    refused: a person at the site looks which batch the certificate is of, or has it issued anew."""
    issued_on: date = Field(examples=["2025-01-13"])
    """Day of issue."""
    specification: ShortText = Field(examples=["SPEC-204 v3"])
    """The specification and its version, as printed."""
    results: Results
    """Every individual result."""
    document: DocumentReference
    """The original certificate."""
    correction_of: ShortText | None = None
    """Number of the certificate whose place it takes; required if there is one."""
    correction_reason: Text | None = None
    """Why the earlier one was wrong; required for a correction."""


class OwnTesting(Form):
    """Enter the sponsor's own results of a batch: they confirm what the site reports (21 CFR 211.84(d)(2))."""

    action = Action(
        Process.BATCH,
        "own-testing",
        "Own testing",
        frozenset({Role.QC_REVIEWER}),
        meaning=Meaning.AUTHORED,
        while_on_hold=True,
    )

    report: ShortText = Field(examples=["QC-25-112"])
    """Number of the report; a corrected one has a number or revision of its own."""
    laboratory: ShortText = Field(examples=["Aurelia Pharma, quality control"])
    """Who has tested: no laboratory of a company whose site makes a part of the batch or of what it comes from."""
    laboratory_site_id: Identifier | None = None
    """Its site, if it is a registered one with a scope for testing. The importer's test is done at one in the area of
    the market (Directive 2001/83/EC, Article 51(1)(b))."""
    tested_by: PersonIds = ()
    """Person ids of those of the sponsor who have tested, beside who enters it. None of them reviews the results."""
    tested_on: date = Field(examples=["2025-01-13"])
    """Last day of testing. The interval to the next own testing is counted from it."""
    results: Results
    """Every individual result."""
    document: DocumentReference
    """The report."""
    conclusion: Text = Field(examples=["Identity shown; the results confirm the certificate."])
    """What follows from it."""
    correction_of: ShortText | None = None
    """Number of the report of own testing whose place it takes. Left out, its results count beside all others."""
    correction_reason: Text | None = None
    """Why the earlier report was wrong; required for a correction, like the cause."""
    cause: LaboratoryCause | None = None
    """What was wrong with it, in the laboratory or in writing. A failing result needs more (G8)."""
    raw_data: DocumentReference | None = None
    """The raw data that show what was measured; required for TRANSCRIPTION."""


class OwnReport(NamedTuple):
    """A report of own testing that is on record."""

    report: str
    tests: frozenset[str]
    """Names of the tests that it reports."""
    superseded: bool = False
    """Whether another one has taken its place."""


class Period(NamedTuple):
    """From when to when a batch is made, as far as that is known: days at the site."""

    begun_on: date | None = None
    made_on: date | None = None


_UNKNOWN = Period()


def refuse_unless_issued(
    form: CertificateOfAnalysis,
    numbers: Sequence[str],
    *,
    latest_day: date,
    now: datetime,
    made: Period = _UNKNOWN,
    prints: Printed = Printed.UNKNOWN,
    batch: Sequence[str] = (),
) -> None:
    """Raise `Refused` unless the certificate is the first one, or corrects the last one openly.

    `numbers` are those of the certificates of the batch, in their order. One of a day before the end of manufacture is
    no certificate of this batch; nor is one to a version that is not in force, as far as is known what it `prints`.
    `batch` are the numbers of the batch, its own and the sponsor's.
    """
    faults = _future_faults(form.results, now)
    if fault := _batch_fault(form.batch_number, batch):
        faults["batch_number"] = fault
    if fault := day_fault(form.issued_on, **made._asdict(), latest_day=latest_day):
        faults["issued_on"] = fault
    if fault := specification_fault(prints):
        faults["specification"] = fault
    if not numbers and form.correction_of is not None:
        faults["correction_of"] = "there is no certificate to correct"
    if numbers and name_key(form.correction_of or "") != name_key(numbers[-1]):
        faults["correction_of"] = f"must be {numbers[-1]}, whose place this one takes"
    if numbers and form.correction_reason is None:
        faults["correction_reason"] = "say why the earlier certificate was wrong"
    if name_key(form.number) in map(name_key, numbers):
        faults["number"] = "is the number of an earlier certificate"
    if faults:
        raise broken("G9", "The certificate of analysis does not fit.", **faults)


def _batch_fault(printed: str | None, batch: Sequence[str]) -> str | None:
    """What is wrong with the number of a batch on its certificate."""
    if printed is None or name_key(printed) in map(name_key, batch):
        return None
    alike = next((each for each in batch if likenesses_in(printed) & likenesses(each)), None)
    if alike is not None:
        return f"is only like {alike}; write the number alone as it is printed, or have the certificate issued anew"
    return f"is not {' or '.join(batch)}: the certificate is of another batch"


def refuse_unless_tested(
    form: OwnTesting,
    tests: Sequence[SpecifiedTest],
    *,
    latest_day: date,
    now: datetime,
    earlier: Iterable[OwnReport] = (),
    made: Period = _UNKNOWN,
    makers: Iterable[Maker] = (),
) -> None:
    """Raise `Refused` unless the testing is over and shows the identity, where the specification has a test of it.

    It comes after the end of manufacture, and from no laboratory of the `makers`. A report that takes the place of
    another one says so openly. `earlier` are those of the batch.
    """
    faults = _future_faults(form.results, now) | _correction_faults(form, earlier)
    for index, each in enumerate(form.results):
        if each.process_data is not None:
            faults[f"results.{index}.process_data"] = "are the site's; own testing is a test of the product"
    if fault := day_fault(form.tested_on, **made._asdict(), latest_day=latest_day):
        faults["tested_on"] = fault
    if own := whose_laboratory(form.laboratory, makers):
        faults["laboratory"] = f"is one of {own.company}, which makes a part of the batch at {own.site} ({own.site_id})"
    done = {name_key(each.test) for each in form.results}
    if missing := [test.name for test in tests if test.identity and name_key(test.name) not in done]:
        faults["results"] = f"lack the test of identity: {', '.join(missing)}"
    if faults:
        raise broken("21 CFR 211.84", "The testing does not confirm the batch.", **faults)


def _correction_faults(form: OwnTesting, earlier: Iterable[OwnReport]) -> dict[str, str]:
    faults: dict[str, str] = {}
    known = {name_key(each.report): each for each in earlier}
    if name_key(form.report) in known:
        faults["report"] = "is the number of an earlier report"
    said = {"correction_reason": form.correction_reason, "cause": form.cause, "raw_data": form.raw_data}
    if form.correction_of is None:
        return faults | {name: "belongs to a correction" for name, value in said.items() if value is not None}
    corrected = known.get(name_key(form.correction_of))
    if corrected is None:
        faults["correction_of"] = "there is no such report to correct"
    elif corrected.superseded:
        faults["correction_of"] = "another report has taken its place already"
    elif lost := _left_out(form, corrected):
        faults["results"] = f"lack {', '.join(lost)}, which {corrected.report} reports"
    if form.correction_reason is None:
        faults["correction_reason"] = "say why the earlier report was wrong"
    if form.cause is None:
        faults["cause"] = "say what was wrong in the laboratory or in writing"
    if (form.cause is LaboratoryCause.TRANSCRIPTION) != (form.raw_data is not None):
        faults["raw_data"] = f"is given exactly for {LaboratoryCause.TRANSCRIPTION}, and proves it"
    return faults


def _left_out(form: OwnTesting, corrected: OwnReport) -> list[str]:
    done = {name_key(each.test) for each in form.results}
    return sorted(test for test in corrected.tests if name_key(test) not in done)


def _future_faults(results: Sequence[AnalysisResult], now: datetime) -> dict[str, str]:
    return {
        f"results.{index}.measured_at": _FUTURE
        for index, each in enumerate(results)
        if each.measured_at is not None and each.measured_at > now
    }
