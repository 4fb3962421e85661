"""G6: what lies outside its proven acceptable range is judged, once everything about it is known."""

from typing import Any

import pytest

from domain.batch.deviations.departure import DepartureFiling, DepartureFilingImpact, refuse_unless_each_market
from domain.batch.gate.batch_facts import DepartureFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.release.gates import evaluate
from tests.domain.evidence import AT, VALUE, with_process
from tests.domain.filling import faults, filled

DEPARTURE = DepartureFacts(
    parameter="Coupling temperature",
    deviation_id="DEV-1",
    accepted=True,
    assessed_by="Carla",
    filing=DepartureFilingImpact.REPORT,
    cause_corrected=True,
)


def g6(judgement: str | None = None, **changes: Any) -> GateResult:
    value = VALUE.model_copy(update={"value": "52.6", "in_nor": False, "in_par": False})
    evidence = with_process(values=(value,), departures=(DEPARTURE.model_copy(update=changes),))
    given = {Gate.G6: judgement} if judgement else {}
    return next(each for each in evaluate(evidence, given, AT) if each.gate is Gate.G6)


def test_a_departure_of_which_everything_is_known_is_for_the_decider_to_judge() -> None:
    assert g6().verdict is GateVerdict.NEEDS_JUDGEMENT
    assert g6("0.11 % of the impurity; the excursion took four minutes.").verdict is GateVerdict.JUDGED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"deviation_id": None}, "without a deviation that is major or worse"),
        ({"accepted": False}, "is not accepted"),
        ({"without_data": ("Impurity I-3",)}, "gives no data on Impurity I-3"),
        ({"assessed_by": None}, "is not assessed by process development"),
        ({"filing": None}, "regulatory affairs has not stated what it means in EU"),
        ({"limit_missed": True}, "an unmet specification"),
        ({"limit_missed": True, "registered": False}, "an unmet specification"),
        ({"known_since": "DEV-0 of batch B-0"}, "known before the batch was begun by DEV-0"),
        ({"unexpected": False}, "is not unexpected"),
        ({"specifications_met": False}, "a registered specification is not met"),
        ({"cause_corrected": False}, "its cause is not corrected"),
    ],
)
def test_no_judgement_opens_what_is_not_assessed_or_not_allowed(changes: dict[str, Any], why: str) -> None:
    found = g6("I judge that it is good.", **changes)
    assert found.verdict is GateVerdict.FAIL
    assert why in found.reason


@pytest.mark.parametrize(
    "changes", [{"known_since": "DEV-0 of B-0"}, {"unexpected": False}, {"cause_corrected": False}]
)
def test_where_the_parameter_is_not_registered_annex_16_leaves_it_to_the_decider(changes: dict[str, Any]) -> None:
    assert g6(registered=False, **changes).verdict is GateVerdict.NEEDS_JUDGEMENT


def test_regulatory_affairs_speaks_of_each_market_once() -> None:
    one = {"market": "EU", "registered": True, "limit_missed": False, "impact": "REPORT"}
    filing = filled(DepartureFiling, markets=[one, one, {**one, "market": "JP"}])
    found = faults(lambda: refuse_unless_each_market(filing, ["EU", "US"]))
    assert found == {"markets", "markets.1.market", "markets.2.market"}
