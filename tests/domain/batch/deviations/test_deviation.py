"""Deviations and results outside specification: what may be reported and concluded."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from domain.batch.batch import OosState
from domain.batch.deviations.deviation import (
    DeviationAcceptance,
    DeviationClosure,
    DeviationReport,
    event_of_deviation,
    only_about,
    refuse_unless_acceptable,
    refuse_unless_new_deviation,
)
from domain.batch.results.oos import (
    OosInvestigation,
    OosLaboratoryPhase,
    OosReport,
    concluded,
    event_of_result,
    refuse_unless_concluded,
    refuse_unless_invalidated_by_cause,
    refuse_unless_new_result,
)
from domain.core.people import SYSTEM
from domain.core.refusals import Refused
from tests.domain.filling import faults, filled

NOW = datetime(2025, 1, 13, 12, tzinfo=UTC)
DOCUMENT = {"document_id": "DOC-1", "sha256": "0" * 64}
CONFIRMED = OosState.CONFIRMED
GROUND = {
    "does_not_count": "The sample was open.",
    "discount_ground": "SAMPLE_COMPROMISED",
    "discount_evidence": [DOCUMENT],
}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, set()),
        ({"deviation_id": "DEV-1"}, {"deviation_id"}),
        ({"detected_at": "2025-01-13T12:00:01Z"}, {"detected_at"}),
        ({"parameter": "Pressure"}, {"parameter"}),
        ({"parameter": "Coupling temperature", "deviation_class": "MINOR"}, {"deviation_class"}),
        ({"parameter": "Coupling temperature", "deviation_class": "CRITICAL"}, set()),
        ({"parameter": "Stirring", "deviation_class": "MINOR"}, set()),
    ],
)
def test_a_deviation_outside_the_proven_range_is_never_minor(changes: dict[str, Any], fault: set[str]) -> None:
    report = filled(DeviationReport, **changes)
    refusing = partial(
        refuse_unless_new_deviation,
        report,
        known=["DEV-1"],
        parameters=["Coupling temperature", "Stirring"],
        departing=["Coupling temperature"],
        now=NOW,
    )
    assert faults(refusing) == fault


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, set()),
        ({"specifications_met": False}, {"specifications_met"}),
        ({"specifications_met": False, "unexpected": False, "accept": False}, set()),
        ({"specifications_met": False, "unexpected": False}, {"specifications_met", "unexpected"}),
        ({"unexpected": False}, {"unexpected"}),
    ],
)
def test_no_deviation_is_accepted_that_was_planned_or_leaves_a_specification_unmet(
    changes: dict[str, Any], fault: set[str]
) -> None:
    assert faults(lambda: refuse_unless_acceptable(filled(DeviationAcceptance, **changes))) == fault


def test_a_departure_is_not_unexpected_once_it_was_known_and_its_cause_is_spoken_of() -> None:
    said = filled(DeviationAcceptance, cause_corrected=True)
    known = "DEV-1 of batch B-001, detected on 2025-01-10"
    assert faults(lambda: refuse_unless_acceptable(said, departs=True, known_since=known)) == {"unexpected"}
    silent = filled(DeviationAcceptance, cause_corrected=None)
    assert faults(lambda: refuse_unless_acceptable(silent, departs=True)) == {"cause_corrected"}
    back = filled(DeviationAcceptance, accept=False, cause_corrected=None)
    assert faults(lambda: refuse_unless_acceptable(back, departs=True, known_since=known)) == set()


def test_an_answer_is_about_what_its_task_is_about() -> None:
    check = only_about("deviation_id", "DEV-7")
    check(filled(DeviationClosure, deviation_id="DEV-7"), SYSTEM)
    with pytest.raises(Refused) as caught:
        check(filled(DeviationClosure, deviation_id="DEV-8"), SYSTEM)
    assert (caught.value.refusal.code, list(caught.value.refusal.fields)) == ("wrong_form", ["deviation_id"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [({}, set()), ({"oos_id": "OOS-1"}, {"oos_id"}), ({"detected_at": "2025-01-13T12:00:01Z"}, {"detected_at"})],
)
def test_a_result_is_reported_once_and_not_ahead(changes: dict[str, Any], fault: set[str]) -> None:
    assert faults(lambda: refuse_unless_new_result(filled(OosReport, **changes), known=["OOS-1"], now=NOW)) == fault


@pytest.mark.parametrize(
    ("changes", "planned", "fault"),
    [
        ({"retests": ["0.26", "0.28"]}, 2, set()),
        ({"retests": ["0.10", "0.11", "0.09"]}, 2, {"retests"}),
        ({"cause": "CALCULATION"}, 0, {"evidence", "capa_decision"}),
        ({"cause": "CALCULATION", "evidence": [DOCUMENT], "capa_decision": "None needed."}, 0, set()),
        ({"cause": "TRANSCRIPTION", "evidence": [DOCUMENT], "capa_decision": "None needed."}, 0, {"raw_data"}),
        (
            {"cause": "CALCULATION", "evidence": [DOCUMENT], "capa_decision": "Not needed.", "raw_data": DOCUMENT},
            0,
            {"raw_data"},
        ),
        ({"resampled": ["0.11"]}, 0, {"resampled"}),
    ],
)
def test_only_a_documented_cause_invalidates_and_retests_are_fixed_before(
    changes: dict[str, Any], planned: int, fault: set[str]
) -> None:
    phase = filled(OosLaboratoryPhase, **{"retests": [], **changes})
    assert faults(lambda: refuse_unless_invalidated_by_cause(phase, retests_planned=planned)) == fault


@pytest.mark.parametrize(
    ("changes", "fault", "state"),
    [
        ({}, set(), OosState.CONFIRMED),
        ({"other_batches": ["BAT-2", "BAT-3"]}, set(), OosState.CONFIRMED),
        ({"other_batches": ["BAT-2", "BAT-9"]}, {"other_batches"}, OosState.CONFIRMED),
        ({"other_batches": ["BAT-2", "BAT-3"], "outcome": "INCONCLUSIVE"}, set(), OosState.INCONCLUSIVE),
        (
            {"other_batches": ["BAT-9"], "outcome": "INCONCLUSIVE", "does_not_count": "Sample mixed up."},
            {"other_batches", "discount_ground", "discount_evidence"},
            OosState.DISCOUNT_PROPOSED,
        ),
        ({"other_batches": ["BAT-2", "BAT-3"], **GROUND}, {"does_not_count"}, OosState.DISCOUNT_PROPOSED),
        ({"other_batches": ["BAT-2", "BAT-3"], "outcome": "INCONCLUSIVE", **GROUND}, set(), OosState.DISCOUNT_PROPOSED),
        ({"other_batches": ["BAT-2", "BAT-3"], "discount_ground": "PROCESS_EVIDENCE"}, {"discount_ground"}, CONFIRMED),
    ],
)
def test_phase_two_names_other_batches_that_there_are_and_discounts_only_what_is_inconclusive(
    changes: dict[str, Any], fault: set[str], state: OosState
) -> None:
    form = filled(OosInvestigation, **changes)
    assert faults(lambda: refuse_unless_concluded(form, others=["BAT-2", "BAT-3"])) == fault
    assert concluded(form) is state


def test_what_goes_wrong_in_a_batch_is_an_event_at_its_site_with_its_lot() -> None:
    where = {"batch_id": "BAT-1", "number": "B-001", "site_id": "VM-02", "scope_id": "SC-1"}
    deviation = event_of_deviation(filled(DeviationReport), **where)
    result = event_of_result(filled(OosReport), **where)
    assert [(each.type, each.source, each.event_id, each.lots) for each in (deviation, result)] == [
        ("DEVIATION", "urn:vetted:BAT-1", "DEV-2025-0113", ("B-001",)),
        ("OOS", "urn:vetted:BAT-1", "OOS-2025-004", ("B-001",)),
    ]


def test_a_report_of_before_it_was_asked_may_be_about_the_yield() -> None:
    said = filled(DeviationReport).model_dump(mode="json")
    assert not DeviationReport.stored(said).about_yield
    del said["about_yield"]
    assert DeviationReport.stored(said).about_yield
