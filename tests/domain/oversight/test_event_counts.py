import pytest

from domain.core.names import name_key
from domain.oversight.event_counts import EventCounts, OfBatches, SeenEvent, counts_of
from domain.oversight.scorecard import Tally


def event(type_: str, severity: str, *outcomes: str) -> SeenEvent:
    triage = frozenset(outcomes) if outcomes else None
    return SeenEvent.model_validate({"case_id": "EVT-4", "type": type_, "severity": severity, "outcomes": triage})


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        (event("OOS", "MAJOR"), (1, 0, 0)),
        (event("OOS", "MINOR", "RECORD"), (1, 0, 0)),
        (event("OOS", "MAJOR", "NO_ACTION"), (0, 0, 0)),
        (event("DEVIATION", "CRITICAL", "HOLD_BATCHES", "FOR_CAUSE"), (0, 1, 0)),
        (event("DEVIATION", "MAJOR"), (0, 1, 0)),
        (event("DEVIATION", "MINOR"), (0, 0, 0)),
        (event("COMPLAINT", "MINOR"), (0, 0, 1)),
        (event("SUPPLY_RISK", "CRITICAL"), (0, 0, 0)),
    ],
)
def test_what_an_event_counts_as(seen: SeenEvent, counts: tuple[int, int, int]) -> None:
    oos, deviations, complaints = (Tally(numerator=count, denominator=5) for count in counts)
    assert counts_of([seen], 5) == EventCounts(confirmed_oos=oos, serious_deviations=deviations, complaints=complaints)


def test_a_review_names_an_event_by_its_type_and_severity_alone() -> None:
    assert event("OOS", "MAJOR").words == "EVT-4: OOS result, MAJOR"


def test_what_is_recorded_on_a_batch_counts_as_it_stands_there_and_once() -> None:
    recorded = OfBatches(
        known_deviations=frozenset(map(name_key, ("DEV-1", "DEV-2"))),
        serious_deviations=frozenset({name_key("DEV-2")}),
        known_oos=frozenset({name_key("OOS-1")}),
    )
    seen = [
        event("DEVIATION", "CRITICAL").model_copy(update={"number": "DEV-1"}),
        event("DEVIATION", "MAJOR").model_copy(update={"number": "DEV-9"}),
        event("OOS", "MAJOR").model_copy(update={"number": " oos-1"}),
        event("OOS", "MAJOR").model_copy(update={"number": "OOS-9"}),
        event("COMPLAINT", "MINOR").model_copy(update={"number": "DEV-1"}),
    ]
    counts = counts_of(seen, 5, recorded)
    tallies = (counts.confirmed_oos, counts.serious_deviations, counts.complaints)
    assert [tally.numerator for tally in tallies] == [1, 2, 1]
