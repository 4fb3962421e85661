"""One list of spellings against every place that compares names, and no comparison by other means."""

import ast
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.audit.conduct import critical_areas
from domain.audit.critical import CriticalFinding
from domain.audit.request import ForCauseTrigger, trigger_key
from domain.batch.batch import UseKind
from domain.batch.deviations.deviation import DeviationClosure, DeviationReport, only_about, refuse_unless_new_deviation
from domain.batch.making.manufacture import (
    ManufactureEnd,
    ParameterReport,
    refuse_unless_finished,
    refuse_unless_measurable,
)
from domain.batch.making.materials import use_key
from domain.batch.making.package import BatchPackage, missing_from
from domain.batch.results.analysis_forms import CertificateOfAnalysis, refuse_unless_issued
from domain.batch.results.oos import OosReport, refuse_unless_new_result
from domain.batch.results.specification import SpecifiedTest, refuse_unless_specified
from domain.core.days import Calendar
from domain.core.names import likenesses, likenesses_in, lot_of, name_key, party_key, spellings, text_key
from domain.core.people import SYSTEM
from domain.delivery.shipment import (
    Destination,
    ShipmentDispatch,
    ShipmentOrder,
    TransportCondition,
    refuse_unless_dispatched,
)
from domain.delivery.transport import TransportRecord, refuse_unless_readable
from domain.delivery.transport_finding import Travelled, evaluated
from domain.exchange.parameter_difference import RowFate, difference
from domain.exchange.parameter_rules import refuse_unless_sound
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute
from domain.inspection.inspection import inspection_key
from domain.oversight.event_counts import OfBatches, SeenEvent, counts_of
from domain.qualification.registers import RegisterEntry, Subject, matches
from domain.qualification.request import LegalEntity
from domain.qualification.succession import is_the_same
from domain.site.identifiers import Identifiers, shared_place
from domain.site.scope import scope_key
from tests.domain.filling import faults, filled

ROOT = Path(__file__).parents[3]
NOW, TODAY = datetime(2030, 1, 1, tzinfo=UTC), date(2030, 1, 1)

NUMBER = "C12-0417"
NUMBERS = (
    "C12 0417",
    "c12-0417",
    " C12\u20110417 ",
    "C12\u20130417",
    "C12 \u2014 0417",
    "C12\u22120417",
    "C\u200b12-\ufeff0417",
    "C\u00a012\u20090417",
    "\uff2312\uff0d0417",
    "C-12\u00ad0417",
)
OTHERS = ("C12-417", "C1-20417", "C12-0418", "C120417", "C12/0417", "C13-0417")
PARTY = "M\u00fcller & S\u00f8n, Inc."
PARTIES = (
    "Mueller & Soen Inc",
    "M\u00dcLLER & S\u00d8N, INC.",
    "Mu\u0308ller  &\u00a0S\u00f8n Inc.",
    "M\u00fcl\u00adler & S\u00f8n, Inc",
)
OTHER_PARTIES = ("M\u00fcller & S\u00f8n GmbH", "M\u00fcller", "M\u00f6ller & S\u00f8n, Inc.")

Place = Callable[[str, str], bool]


def _deviation(one: str, other: str) -> bool:
    report = filled(DeviationReport, deviation_id=one)
    return bool(
        faults(lambda: refuse_unless_new_deviation(report, known=[other], parameters=(), departing=(), now=NOW))
    )


def _parameter(one: str, other: str) -> bool:
    report = filled(DeviationReport, parameter=one)
    return not faults(lambda: refuse_unless_new_deviation(report, known=(), parameters=[other], departing=(), now=NOW))


def _result(one: str, other: str) -> bool:
    return bool(faults(lambda: refuse_unless_new_result(filled(OosReport, oos_id=one), known=[other], now=NOW)))


def _certificate(one: str, other: str) -> bool:
    form = filled(CertificateOfAnalysis, number=one, correction_of=other, correction_reason="A slip.")
    return "number" in faults(lambda: refuse_unless_issued(form, [other], latest_day=TODAY, now=NOW))


def _corrected_certificate(one: str, other: str) -> bool:
    form = filled(CertificateOfAnalysis, number="COA-9", correction_of=one, correction_reason="A slip.")
    return "correction_of" not in faults(lambda: refuse_unless_issued(form, [other], latest_day=TODAY, now=NOW))


def _task(one: str, other: str) -> bool:
    about, form = only_about("deviation_id", other), filled(DeviationClosure, deviation_id=one)
    return not faults(lambda: about(form, SYSTEM))


def _critical_parameter(one: str, other: str) -> bool:
    end = filled(ManufactureEnd, finished_on="2030-01-01", expiry_on="2031-01-01")
    here = Calendar(calendar_id="CAL", tz="UTC")
    return not faults(
        lambda: refuse_unless_finished(end, started_at=NOW, now=NOW, calendar=here, critical=[one], reported=[other])
    )


def _test(one: str, other: str) -> bool:
    tests = [filled(SpecifiedTest, name=name) for name in (one, other)]
    return "tests.1.name" in faults(lambda: refuse_unless_specified(tests))


def _values(one: str, other: str) -> bool:
    value = {"parameter": one, "value": "40", "unit": "Cel", "measured_at": NOW.isoformat()}
    report, known = filled(ParameterReport, values=[value]), [filled(Parameter, name=other)]
    return not faults(lambda: refuse_unless_measurable(report, known, started_at=NOW, now=NOW))


def _parameter_set(one: str, other: str) -> bool:
    rows = [filled(Parameter, name=name, linked_cqas=["Impurity I-3"]) for name in (one, other)]
    content = ParameterContent(parameters=tuple(rows), attributes=(filled(QualityAttribute),))
    return "parameters.1.name" in faults(lambda: refuse_unless_sound(content))


def _parameter_difference(one: str, other: str) -> bool:
    rows = [filled(Parameter, name=name) for name in (one, other)]
    old, new = (ParameterContent(parameters=(row,), attributes=(filled(QualityAttribute),)) for row in rows)
    return not {RowFate.ADDED, RowFate.REMOVED} & {row.fate for row in difference(old, new).rows}


def _event(one: str, other: str) -> bool:
    event = SeenEvent.model_validate({"case_id": "EVT-1", "type": "OOS", "severity": "MAJOR", "number": one})
    return counts_of([event], 1, OfBatches(known_oos=frozenset({name_key(other)}))).confirmed_oos.numerator == 0


def _areas(one: str, other: str) -> bool:
    return len(critical_areas(None, [filled(CriticalFinding, area=area) for area in (one, other)])) == 1


def _company(one: str, other: str) -> bool:
    return is_the_same(filled(LegalEntity, name=one), name=other, country=filled(LegalEntity).country)


def _register(one: str, other: str) -> bool:
    return bool(matches([RegisterEntry(name=one)], Subject((other,), "")))


def _address(one: str, other: str) -> bool:
    return shared_place(Identifiers(), one, Identifiers(), other) == "address"


def _consignee(one: str, other: str) -> bool:
    return Destination(name=one, address="Here 1").key == Destination(name=other, address="Here 1").key


def _logger(one: str, other: str) -> bool:
    cold = filled(TransportCondition, kind="TEMPERATURE", unit="Cel", low="2", high="8", max_excursion_minutes=30)
    value = {"at": NOW.isoformat(), "value": "5"}
    series = {"logger": one, "kind": "TEMPERATURE", "unit": "Cel", "readings": [value]}
    record = filled(TransportRecord, series=[series])
    (found,) = evaluated(record, [cold], Travelled(NOW, NOW, (other,)), gap_max_minutes=60)
    return not found.faults and not faults(lambda: refuse_unless_readable(record, [cold], [other], now=NOW))


def _container(one: str, other: str) -> bool:
    dispatch = filled(ShipmentDispatch, containers=[{"number": one}, {"number": other}])
    order = filled(ShipmentOrder)
    checking = partial(refuse_unless_dispatched, dispatch, order, ordered_at=dispatch.dispatched_at, now=NOW)
    return "containers.1.number" in faults(checking)


def _investigation(one: str, other: str) -> bool:
    package = filled(BatchPackage, open_investigations=[one])
    nothing: dict[str, Any] = {"relations": [], "deviations": [], "results": [], "changes": []}
    return not missing_from(package, **nothing, still_open=[other], has_certificate=True)


def _trigger(one: str, other: str) -> bool:
    first, second = (trigger_key(filled(ForCauseTrigger, reference=each)) for each in (one, other))
    return first == second


OF_NUMBERS: dict[str, Place] = {
    "a name": lambda one, other: name_key(one) == name_key(other),
    "a lot": lambda one, other: lot_of("Rhein AG", "C", one) == lot_of("RHEIN A.G.", "c", other),
    "equipment": lambda one, other: use_key(UseKind.EQUIPMENT, one) == use_key(UseKind.EQUIPMENT, other),
    "a lot that batches share": lambda one, other: (
        use_key(UseKind.MATERIAL, f"Agent {one}") == use_key(UseKind.MATERIAL, f"agent {other}")
    ),
    "a product": lambda one, other: scope_key(one, None) == scope_key(other, None),
    "a dosage form": lambda one, other: scope_key("X", one) == scope_key("X", other),
    "an inspection": lambda one, other: inspection_key("FDA", one) == inspection_key("fda", other),
    "a trigger": _trigger,
    "a deviation": _deviation,
    "the thing that a task is about": _task,
    "a result outside specification": _result,
    "a certificate of analysis": _certificate,
    "the certificate that is corrected": _corrected_certificate,
    "a test of a specification": _test,
    "a parameter with a deviation": _parameter,
    "a parameter with a value": _values,
    "a critical parameter": _critical_parameter,
    "a parameter of a set": _parameter_set,
    "a parameter of two sets": _parameter_difference,
    "a number of an event": _event,
    "an area of an audit": _areas,
    "a logger": _logger,
    "a container": _container,
    "an open investigation": _investigation,
}
OF_PARTIES: dict[str, Place] = {
    "a party": lambda one, other: party_key(one) == party_key(other),
    "the issuer of a lot": lambda one, other: lot_of(one, "C", "1") == lot_of(other, "C", "1"),
    "an analyst": lambda one, other: use_key(UseKind.ANALYST, one) == use_key(UseKind.ANALYST, other),
    "a supplier": _company,
    "the address of a site": _address,
    "a consignee": _consignee,
}


@pytest.mark.parametrize("place", OF_NUMBERS)
def test_a_number_is_the_same_however_it_is_written(place: str) -> None:
    same = OF_NUMBERS[place]
    assert [each for each in NUMBERS if not same(each, NUMBER)] == []
    assert [each for each in OTHERS if same(each, NUMBER)] == []


@pytest.mark.parametrize("place", OF_PARTIES)
def test_a_party_is_the_same_however_it_is_written(place: str) -> None:
    same = OF_PARTIES[place]
    assert [each for each in PARTIES if not same(each, PARTY)] == []
    assert [each for each in OTHER_PARTIES if same(each, PARTY)] == []


@pytest.mark.parametrize("written", [*PARTIES, "Muller & Son", "M\u00fcller & S\u00f8n GmbH"])
def test_what_a_register_writes_otherwise_is_proposed(written: str) -> None:
    assert _register(written, PARTY)
    assert not _register("M\u00f6ller & S\u00f8n", PARTY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R-201", "r 201"),
        ("R-201", "R201"),
        ("R-201", "\u2066R-201\u2069"),
        ("ARL-204", "ARL 204"),
        ("10 mg/mL", "10mg / mL"),
        ("B - 001", "b001"),
    ],
)
def test_spaces_dashes_and_the_change_to_digits_part_a_name_alike(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1-12", "11-2"), ("B-1", "B-01"), ("B-1", "C-1"), ("B/1", "B-1"), ("-", "+")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_key_of_a_key_is_the_same_key() -> None:
    for written in (NUMBER, *NUMBERS, *OTHERS, PARTY, *PARTIES, "-", "\u5317\u4eac 2"):
        assert name_key(name_key(written)) == name_key(written)
        assert party_key(party_key(written)) == party_key(written)


def test_a_lot_is_another_one_from_another_issuer_or_of_another_material() -> None:
    assert len({lot_of("Rhein AG", "C", "1"), lot_of("Rhein AG", "D", "1"), lot_of("Main AG", "C", "1")}) == 3


def test_what_is_alike_in_spelling_alone_is_not_the_same() -> None:
    assert spellings("M\u00fcller") & spellings("Muller")
    assert spellings("M\u00fcller") & spellings("Mueller")
    assert party_key("M\u00fcller") != party_key("Muller")


def test_a_result_keeps_its_sign() -> None:
    assert text_key("-1.0") != text_key("1.0")
    assert text_key("\uff1c 0.1\u200b ") == text_key("< 0.1")


MEANS = frozenset({"casefold", "lower", "upper", "swapcase", "normalize", "ilike", "combining"})
ELSEWHERE = {
    "api/core/auth.py": (1, "the scheme of an HTTP header"),
    "api/core/problems.py": (1, "a code made of the phrase of an HTTP status"),
    "api/core/signatures.py": (2, "what kind of record an id would be of, and kinds within a sentence"),
    "documentation/act.py": (1, "a method of HTTP"),
    "documentation/listings.py": (4, "how the documentation prints values and arguments"),
    "documentation/markdown.py": (1, "anchors of headings"),
    "documentation/policy.py": (1, "how the documentation prints units"),
    "documentation/procedures.py": (2, "anchors and titles"),
    "domain/asl/request.py": (1, "an enumeration within a sentence"),
    "domain/audit/waiver.py": (1, "enumerations within a sentence"),
    "domain/batch/results/coa.py": (1, "decimals of a number"),
    "domain/batch/making/mass_balance.py": (3, "decimals of a number"),
    "domain/batch/results/text.py": (1, "the powers of a printed number"),
    "domain/batch/results/units.py": (1, "characters of a printed unit"),
    "domain/batch/making/shelf_life.py": (1, "the first letter of a sentence"),
    "domain/core/period.py": (2, "an enumeration within a sentence"),
    "domain/importation/licences.py": (1, "a status within a sentence"),
    "domain/event/cloud_event.py": (1, "the type of a CloudEvent, which is an enumeration"),
    "domain/exchange/parameter_filing.py": (1, "a code of a kind of change"),
    "domain/qualification/decision.py": (1, "an enumeration within a sentence"),
    "domain/qualification/extracts.py": (4, "headings and codes of a register's file"),
    "domain/qualification/request.py": (1, "a boolean within a sentence"),
    "domain/release/gate_words.py": (2, "enumerations and kinds of facts within a sentence"),
    "records/batch/results/cell_text.py": (2, "number formats of a spreadsheet"),
    "records/batch/results/coa_file.py": (3, "names of parts of a file and of encodings"),
    "records/core/documents/media_types.py": (1, "the ending of a file name"),
    "records/migrations/append_only.py": (1, "the name of a trigger of the database"),
    "records/oversight/checks/certificate_act.py": (1, "an enumeration within a sentence"),
    "records/release/checks/recall.py": (1, "a stage in words"),
    "records/release/checks/release_review.py": (1, "the first letter of a sentence"),
    "records/release/queries/certifications.py": (1, "decimals of a number"),
    "settings.py": (1, "names of environment variables"),
}
"""Where text is folded that is no name: how many times, and what it is."""
SOURCES = ("activities", "api", "documentation", "domain", "embedded", "records", "workflows")


def _folds(node: ast.AST) -> bool:
    """Called on a text, or handed on as `str.lower` or `func.lower`."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in MEANS
    return isinstance(node, ast.Attribute) and node.attr in MEANS and ast.unparse(node.value) == "str"


def _folding() -> Iterable[tuple[str, int]]:
    files = [*ROOT.glob("*.py"), *(file for folder in SOURCES for file in (ROOT / folder).rglob("*.py"))]
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if times := sum(map(_folds, ast.walk(tree))):
            yield file.relative_to(ROOT).as_posix(), times


def test_names_are_compared_in_one_module_alone() -> None:
    found = dict(_folding())
    assert found.pop("domain/core/names.py")
    assert found == {file: times for file, (times, _) in ELSEWHERE.items()}


OWN = "T-0051"
TOLD = [
    "T-00-51", "T-005-1", "T-51", "T.0051", "T/0051", "T_0051", "Lot T-0051", "LOT: T-0051", "Lot-T-0051", "T-0051.0",
    "Batch No.: T-0051", "Ch.-B. T-0051", "T-O051", "T-005l", "ARL-204 T-0051", "T-0050, T-0051", "T-0051 (drum 2)",
    "lots T-0050 and T-0051", "\u0422-0051", "\u03a4-0051", "\uff34-\uff10\uff10\uff15\uff11", "T\u20110051",
]  # fmt: skip
NOT_LIKE_IT = ["T-0052", "T-0510", "X-0051", "T-0151", "T-51-1", "no lot", "T", "0", "\u0428-0051"]


@pytest.mark.parametrize("told", TOLD)
def test_a_number_that_people_write_otherwise_is_alike(told: str) -> None:
    assert not likenesses(OWN).isdisjoint(likenesses_in(told))


@pytest.mark.parametrize("told", NOT_LIKE_IT)
def test_another_number_is_not_alike(told: str) -> None:
    assert likenesses(OWN).isdisjoint(likenesses_in(told))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("A-REJ", "A.REJ", True),
        ("2024-051", "2024051", True),
        ("2024-051", "2024-51", True),
        ("2024.10", "2024.1", True),
        ("B-001", "B-010", False),
        ("B-001", "B-100", False),
        ("LOT-0051", "0051", True),
        ("API-1", "AP1-1", True),
    ],
)
def test_zeros_are_left_out_where_they_lead(*, one: str, other: str, expected: bool) -> None:
    assert likenesses(one).isdisjoint(likenesses_in(other)) is not expected
    assert likenesses(other).isdisjoint(likenesses_in(one)) is not expected
    assert name_key(one) != name_key(other)


def test_a_key_is_like_what_it_is_the_key_of() -> None:
    for number in (OWN, *TOLD[:10], "Ch. 0051/A", "A.-5 b"):
        assert likenesses(name_key(number)) == likenesses(number)
