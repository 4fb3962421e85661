"""What a scorecard measures, and how a measured value becomes 0 to 100 (domain specification, section 5)."""

from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator


class MetricKey(StrEnum):
    """What is measured of a site and scope in a period."""

    RIGHT_FIRST_TIME = "right_first_time"
    CONFIRMED_OOS = "confirmed_oos"
    SERIOUS_DEVIATIONS = "serious_deviations"
    DEVIATIONS_ON_TIME = "deviations_on_time"
    CAPAS_ON_TIME = "capas_on_time"
    CHANGES_ON_TIME = "changes_on_time"
    PACKAGES_ON_TIME = "packages_on_time"
    COMPLAINTS = "complaints"
    RESPONSE_DAYS = "response_days"
    DELIVERIES_ON_TIME = "deliveries_on_time"

    @property
    def is_percentage(self) -> bool:
        """Whether the value is in %: the others are counts per batch, or days."""
        return self not in (MetricKey.SERIOUS_DEVIATIONS, MetricKey.COMPLAINTS, MetricKey.RESPONSE_DAYS)


class Scale(BaseModel):
    """Two points of a straight line: the value that scores 100, and the value that scores 0. Either may be greater."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    best: Decimal
    """The value that scores 100; so does every better one."""
    worst: Decimal
    """The value that scores 0; so does every worse one."""

    @model_validator(mode="after")
    def _is_a_line(self) -> Self:
        if self.best == self.worst:
            raise ValueError("The best and the worst value must differ.")
        return self


def usual_weights() -> dict[str, int]:
    """Weights in % of a policy that says nothing of its own [P]."""
    return {
        MetricKey.RIGHT_FIRST_TIME.value: 15,
        MetricKey.CONFIRMED_OOS.value: 15,
        MetricKey.SERIOUS_DEVIATIONS.value: 15,
        MetricKey.DEVIATIONS_ON_TIME.value: 10,
        MetricKey.CAPAS_ON_TIME.value: 15,
        MetricKey.CHANGES_ON_TIME.value: 5,
        MetricKey.PACKAGES_ON_TIME.value: 5,
        MetricKey.COMPLAINTS.value: 10,
        MetricKey.RESPONSE_DAYS.value: 5,
        MetricKey.DELIVERIES_ON_TIME.value: 5,
    }


def usual_scales() -> dict[str, Scale]:
    """Scales of a policy that says nothing of its own [P]."""
    return {key.value: Scale(best=Decimal(best), worst=Decimal(worst)) for key, (best, worst) in _USUAL.items()}


_USUAL = {
    MetricKey.RIGHT_FIRST_TIME: ("98", "80"),
    MetricKey.CONFIRMED_OOS: ("0", "5"),
    MetricKey.SERIOUS_DEVIATIONS: ("0", "1"),
    MetricKey.DEVIATIONS_ON_TIME: ("95", "60"),
    MetricKey.CAPAS_ON_TIME: ("95", "60"),
    MetricKey.CHANGES_ON_TIME: ("100", "60"),
    MetricKey.PACKAGES_ON_TIME: ("95", "60"),
    MetricKey.COMPLAINTS: ("0", "0.5"),
    MetricKey.RESPONSE_DAYS: ("10", "40"),
    MetricKey.DELIVERIES_ON_TIME: ("95", "70"),
}
