"""Who compares what the program cannot, and what they say."""

from typing import Any

import pytest

from domain.batch.results.comparison import Entered, ResultComparison, UnreadLine, refuse_unless_compared
from domain.core.people import Actor, Org, Role
from domain.core.refusals import Refused
from tests.domain.filling import faults, filled

ASKED = [UnreadLine(line=0, test="Impurity I-3", result="about 0.1", limit="≤ 0.15 %", doubt="gives no number")]
ENTERED = Entered("COA-1", "DOC-1", ["PER-7", "PER-8"], ["Jansen, M."])
NORA = Actor(person="PER-1", user="nora", name="Nora Lindholm", org=Org.SPONSOR, roles=frozenset({Role.QC_REVIEWER}))
LINE = {**ASKED[0].model_dump(), "test": "impurity i 3", "meets": True, "reason": "Read."}
ORIGINAL = {"document_id": "DOC-1", "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"original": {**ORIGINAL, "document_id": "DOC-2"}}, {"original"}),
        ({"lines": [{**LINE, "result": "0.1"}]}, {"lines.0.result"}),
        ({"lines": [{**LINE, "test": "Assay"}]}, {"lines.0.test"}),
        ({"lines": [{**LINE, "limit": "≤ 0.5 %"}]}, {"lines.0.line", "lines"}),
        ({"lines": [LINE, LINE]}, {"lines.0.line", "lines.1.line"}),
        ({"lines": [{**LINE, "line": 3}]}, {"lines.0.line", "lines"}),
    ],
)
def test_a_person_says_of_every_line_what_its_original_gives(given: dict[str, Any], expected: set[str]) -> None:
    form = filled(ResultComparison, {"lines": [LINE], "original": ORIGINAL, **given})
    assert faults(lambda: refuse_unless_compared(form, NORA, ENTERED, ASKED)) == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"person": "PER-7"}, "segregation_of_duties"),
        ({"person": "PER-7", "user": "nora-2"}, "segregation_of_duties"),
        ({"on_behalf_of": "PER-8"}, "segregation_of_duties"),
        ({"name": "M. Jansen"}, None),
        ({"name": "Jansen M"}, "segregation_of_duties"),
    ],
)
def test_nobody_compares_what_they_have_entered_or_tested(changes: dict[str, Any], code: str | None) -> None:
    form = filled(ResultComparison, {"lines": [LINE], "original": ORIGINAL})
    actor = NORA.model_copy(update=changes)
    if code is None:
        refuse_unless_compared(form, actor, ENTERED, ASKED)
        return
    with pytest.raises(Refused) as caught:
        refuse_unless_compared(form, actor, ENTERED, ASKED)
    refusal = caught.value.refusal
    assert (refusal.code, refusal.rule, list(refusal.fields)) == (code, "S1", ["report"])


def test_what_does_not_wait_is_not_compared() -> None:
    form = filled(ResultComparison, {"lines": [LINE], "original": ORIGINAL})
    for entered, asked in ((None, ASKED), (ENTERED, [])):
        with pytest.raises(Refused) as caught:
            refuse_unless_compared(form, NORA, entered, asked)
        assert (caught.value.refusal.code, list(caught.value.refusal.fields)) == ("not_open", ["report"])
