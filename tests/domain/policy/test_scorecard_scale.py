from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain.core.refusals import Refused
from domain.policy.policy import Policy, load
from domain.policy.scorecard_scale import MetricKey, Scale, usual_scales, usual_weights
from tests.domain.policy.test_policy import TEXT, edited
from tests.domain.shipped import LIMITS


def test_the_policy_ships_what_a_policy_without_scales_falls_back_on() -> None:
    assert LIMITS.scorecard_weights == usual_weights()
    assert LIMITS.scorecard_scales == usual_scales()


def test_the_usual_weights_cover_every_metric_and_add_up() -> None:
    assert set(usual_weights()) == set(usual_scales()) == set(MetricKey)
    assert sum(usual_weights().values()) == 100


def test_a_scale_of_one_point_is_no_scale() -> None:
    with pytest.raises(ValidationError, match="must differ"):
        Scale(best=Decimal(5), worst=Decimal(5))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right_first_time: 15", "right_first_time: 16", "add up to 100"),
        ("scorecard_delivery_weight_max: 10", "scorecard_delivery_weight_max: 4", "Delivery on time weighs more"),
        ("    complaints: 10\n", "", "complaints"),
        ("{best: 98, worst: 80}", "{best: 98, worst: 98}", "must differ"),
    ],
)
def test_weights_and_scales_with_a_mistake_are_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        load(edited(old, new))
    assert says in str(refused.value.refusal.fields)


def test_a_policy_from_before_scorecards_were_computed_is_read() -> None:
    stored = load(TEXT).model_dump(mode="json")
    for name in ("scorecard_weights", "scorecard_scales", "scorecard_trend_points", "audit_person_days"):
        del stored["limits"][name]
    assert Policy.model_validate(stored) == load(TEXT)
