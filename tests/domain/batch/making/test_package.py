"""Disposition by the site, package, completeness and reviews: what is refused."""

from typing import Any

import pytest

from domain.batch.batch import Relation
from domain.batch.disposition import Redirection, SiteDisposition, refuse_unless_disposable, refuse_unless_open_way
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import HOLD_OF
from domain.batch.making.package import BatchPackage, Completeness, missing_from, refuse_unless_checked
from domain.batch.review import REVIEWS, RecordReview, failed_gates, refuse_unless_reviewed, suggested_verdicts
from tests.domain.filling import faults, filled

NOTHING: dict[str, Any] = {
    "relations": [],
    "deviations": [],
    "results": [],
    "changes": [],
    "still_open": [],
    "has_certificate": True,
}


@pytest.mark.parametrize(
    ("facts", "listed", "missing"),
    [
        ({}, [], ()),
        ({"deviations": ["DEV-1"]}, [], ("DEVIATION_REPORTS",)),
        ({"results": ["OOS-1"], "changes": ["CC-1"]}, [], ("OOS_REPORTS", "CHANGE_LIST")),
        ({"relations": [Relation.REWORK]}, [], ("REPROCESSING_RECORD",)),
        ({"relations": [Relation.BLEND]}, [], ()),
        ({"has_certificate": False}, [], ("results of the certificate of analysis",)),
        ({"still_open": ["DEV-1", "OOS-1"]}, ["OOS-1"], ("open investigation DEV-1 in the list",)),
        ({"still_open": ["DEV-2025-1"]}, ["dev 2025-1"], ()),
    ],
)
def test_what_a_package_lacks_follows_from_what_has_happened(
    facts: dict[str, Any], listed: list[str], missing: tuple[str, ...]
) -> None:
    package = filled(BatchPackage, open_investigations=listed)
    assert missing_from(package, **{**NOTHING, **facts}) == missing


def test_a_package_without_its_batch_record_is_never_complete() -> None:
    package = filled(BatchPackage, documents=[{"item": "OTHER", "document": {"document_id": "D", "sha256": "0" * 64}}])
    assert missing_from(package, **NOTHING)[0] == "BATCH_RECORD"


@pytest.mark.parametrize(
    ("changes", "missing", "fault"),
    [
        ({}, [], set()),
        ({}, ["BATCH_RECORD"], {"complete"}),
        ({"complete": False}, [], {"missing"}),
        ({"complete": False, "missing": ["Page 14"]}, [], set()),
        ({"missing": ["Page 14"]}, [], {"missing"}),
    ],
)
def test_nothing_passes_that_lacks_something(changes: dict[str, Any], missing: list[str], fault: set[str]) -> None:
    assert faults(lambda: refuse_unless_checked(filled(Completeness, **changes), missing)) == fault


def test_a_release_by_the_site_needs_its_certificate_of_compliance() -> None:
    assert disposing() == {"certificate_of_compliance"}
    assert disposing(verdict="REJECTED") == set()


def disposing(*, analysed: bool = True, against: tuple[str, ...] = (), **changes: Any) -> set[str]:
    form = filled(SiteDisposition, **changes)
    return faults(lambda: refuse_unless_disposable(form, analysed=analysed, against=against, critical=against))


def test_a_release_by_the_site_needs_its_certificate_of_analysis_and_nothing_against_it() -> None:
    paper = {"document_id": "DOC-1", "sha256": "0" * 64}
    assert disposing(certificate_of_compliance=paper) == set()
    assert disposing(certificate_of_compliance=paper, analysed=False) == {"verdict"}
    assert disposing(certificate_of_compliance=paper, against=("OOS-1",)) == {"verdict"}
    assert disposing(verdict="REJECTED", analysed=False, against=("OOS-1",)) == set()


@pytest.mark.parametrize(
    ("way", "released", "fault"),
    [("REWORK", True, {"way"}), ("REPROCESS", True, {"way"}), ("REJECT", True, set()), ("REWORK", False, set())],
)
def test_what_is_on_the_market_in_part_is_not_worked_again(way: str, fault: set[str], *, released: bool) -> None:
    form = filled(Redirection, way=way, grounds=["SPECIFICATION"] if way == "REJECT" else [])
    assert faults(lambda: refuse_unless_open_way(form, released=released, is_open=True)) == fault
    assert faults(lambda: refuse_unless_open_way(form, released=released, is_open=False)) != set()


@pytest.mark.parametrize(("way", "grounds"), [("REJECT", []), ("RETURN_FOR_CORRECTION", ["SAFETY"])])
def test_grounds_are_stated_for_a_rejection_and_for_nothing_else(way: str, grounds: list[str]) -> None:
    form = filled(Redirection, way=way, grounds=grounds)
    assert faults(lambda: refuse_unless_open_way(form, released=False, is_open=True)) == {"grounds"}


@pytest.mark.parametrize("review", REVIEWS, ids=lambda review: review.__name__)
def test_a_review_as_suggested_passes(review: type[Any]) -> None:
    form = filled(review, suggested_verdicts(review.gates))
    assert faults(lambda: refuse_unless_reviewed(form)) == set()
    assert failed_gates(form) == {}
    assert set(review.gates) <= set(HOLD_OF)


@pytest.mark.parametrize(
    ("verdicts", "fault"),
    [
        ([("G7", "PASS"), ("G10", "PASS")], {"verdicts"}),
        ([("G7", "PASS"), ("G10", "PASS"), ("G12", "PASS"), ("G12", "PASS")], {"verdicts.3.gate"}),
        ([("G7", "PASS"), ("G10", "PASS"), ("G12", "PASS"), ("G1", "PASS")], {"verdicts.3.gate"}),
        ([("G7", "FAIL"), ("G10", "NA"), ("G12", "PASS")], {"verdicts.0.reason", "verdicts.1.reason"}),
    ],
)
def test_a_review_judges_each_of_its_gates_once_and_says_why_not(
    verdicts: list[tuple[str, str]], fault: set[str]
) -> None:
    form = filled(RecordReview, verdicts=[{"gate": gate, "verdict": verdict} for gate, verdict in verdicts])
    assert faults(lambda: refuse_unless_reviewed(form)) == fault


def test_a_failed_gate_keeps_its_reason() -> None:
    verdicts = [
        {"gate": "G7", "verdict": "FAIL", "reason": "DEV-1 has no root cause."},
        {"gate": "G10", "verdict": "NA", "reason": "No change."},
        {"gate": "G12", "verdict": "PASS"},
    ]
    assert failed_gates(filled(RecordReview, verdicts=verdicts)) == {Gate.G7: "DEV-1 has no root cause."}
