"""Which failing results are on record as such, and which do not count any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from domain.batch.results.failing import FailedLine, is_explained, is_invalidated
from tests.records.seeded import START


@dataclass
class OnRecord:
    """A result outside specification."""

    state: str = "INVALIDATED"
    report: str | None = "QC-1"
    result: str = "1.2"
    opened_from: str | None = "OWN_TESTING"
    kind: str = "OOS"
    test: str = "impurity I 3"
    decided_at: datetime | None = START


LATER = START + timedelta(days=1)


def failed(result: str = "1.20", source: str = "OWN_TESTING", report: str = "qc 1", at: datetime = START) -> FailedLine:
    return FailedLine("Impurity I-3", result, source, report, at)


@pytest.mark.parametrize(
    ("line", "known", "explained", "invalidated"),
    [
        (failed(), OnRecord(), True, True),
        (failed(), OnRecord("DISCOUNTED"), True, True),
        (failed(), OnRecord("LABORATORY"), True, False),
        (failed(), OnRecord("CONFIRMED"), True, False),
        (failed("1.3"), OnRecord(), False, False),
        (failed("1.3"), OnRecord("LABORATORY"), True, False),
        (failed(report="QC-2"), OnRecord(), False, False),
        (failed(report="QC-2"), OnRecord("LABORATORY"), True, False),
        (failed(source="COA"), OnRecord(), False, False),
        (failed(), OnRecord(test="Assay"), False, False),
        (failed(), OnRecord(kind="OOT"), False, False),
        (failed(source="COA", report="COA-2"), OnRecord(opened_from="COA", report="COA-1"), True, False),
        (failed(source="COA", report="COA-2", at=LATER), OnRecord(opened_from="COA", report="COA-1"), False, False),
        (failed(), OnRecord(opened_from=None, report=None), True, False),
        (failed(at=LATER), OnRecord(opened_from=None, report=None), False, False),
    ],
)
def test_an_investigation_explains_the_result_that_it_was_about(
    line: FailedLine,
    known: OnRecord,
    explained: bool,  # noqa: FBT001
    invalidated: bool,  # noqa: FBT001
) -> None:
    assert (is_explained(line, [known]), is_invalidated(line, [known])) == (explained, invalidated)


def test_a_result_that_still_counts_for_one_market_is_not_invalidated_by_another() -> None:
    assert not is_invalidated(failed(), [OnRecord(), OnRecord("CONFIRMED")])
