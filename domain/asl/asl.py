"""The approved supplier list: one status for each site and scope, as it was and as it was known (section 5)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.core.days import add_months
from domain.policy.policy import Policy


class AslStatus(StrEnum):
    """Status of a site for a scope (section 5)."""

    APPROVED = "APPROVED"
    CONDITIONALLY_APPROVED = "CONDITIONALLY_APPROVED"
    PROBATION = "PROBATION"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    DISQUALIFIED = "DISQUALIFIED"
    RETIRED = "RETIRED"

    @property
    def is_active(self) -> bool:
        """Whether the site may be used, as far as its status goes."""
        return self in (AslStatus.APPROVED, AslStatus.CONDITIONALLY_APPROVED, AslStatus.PROBATION)

    @property
    def is_final(self) -> bool:
        """Whether nothing is watched or renewed any more: only another qualification leads on."""
        return self in (AslStatus.DISQUALIFIED, AslStatus.RETIRED)

    @property
    def stops(self) -> bool:
        """Whether the site may not be used as before: not for new orders, and perhaps for nothing."""
        return self in (AslStatus.SUSPENDED, AslStatus.EXPIRED, AslStatus.DISQUALIFIED)


class SuspensionScope(StrEnum):
    """How far a suspension reaches (section 5)."""

    NEW_ORDERS = "NEW_ORDERS"
    NEW_ORDERS_AND_RELEASE = "NEW_ORDERS_AND_RELEASE"
    FULL = "FULL"
    """Manufacture and technical exchange as well."""

    def reaches_further_than(self, other: "SuspensionScope | None") -> bool:
        """Whether it stops more than another one; anything stops more than none."""
        reach = list(SuspensionScope)
        return other is None or reach.index(self) > reach.index(other)


class Statement(BaseModel):
    """What a decision says of one scope: from `effective_from` on the status is this. Known since `recorded_at`."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Counted from 1 for each scope, in the order of recording."""
    status: AslStatus
    suspension_scope: SuspensionScope | None = None
    effective_from: AwareDatetime
    recorded_at: AwareDatetime


def stream_of(scope_id: str) -> str:
    """The stream of the journal that holds the statements on a scope; its head is the row that decisions lock."""
    return f"ASL-{scope_id}"


def in_force(statements: Sequence[Statement], *, as_of: datetime, known_at: datetime) -> Statement | None:
    """The statement that held at `as_of`, as far as it was known at `known_at`; `None` if there was none.

    Of those effective by then and known by then, the one recorded last: whoever states something about the past or the
    future knows all earlier statements, so an approval dated ahead never undoes a suspension that was recorded after
    it.
    """
    known = [each for each in statements if each.recorded_at <= known_at and each.effective_from <= as_of]
    return max(known, key=lambda each: each.number, default=None)


def next_audit_due(last_day: date, months: int) -> date:
    """The day by which the next audit must have taken place: the interval runs from the last day on site (section 5).

    2025-04-03 and 12 months give 2026-04-03; the end of a shorter month is taken where the day does not exist.
    """
    return add_months(last_day, months)


def interval_months(tier: str, policy: Policy, activities: Collection[str], markets: Collection[str]) -> int:
    """Months between full-scope audits; of an active substance whose maker is declared on never more than its own cap.

    Policy keys `audit.interval` and `declares_substances` of the rows of markets.
    """
    months, cap = policy.limits.audit_interval_months[tier], policy.limits.audit_interval_months_api_for_eu
    return min(months, cap) if policy.declares_substances(activities, markets) else months


def may_be_suspended(
    status: AslStatus | None, in_force: SuspensionScope | None, wanted: SuspensionScope | None
) -> bool:
    """Whether a suspension of `wanted` may be decided: of an active status, or where a suspension reaches less far.

    `wanted` is `None` while nobody has said how far it is to reach: then there must be something left to stop.
    """
    if status is AslStatus.SUSPENDED:
        return (wanted or SuspensionScope.FULL).reaches_further_than(in_force)
    return status is not None and status.is_active


def may_suspend_new_orders(status: AslStatus | None) -> bool:
    """Whether the program itself may suspend new orders: only what is active, never what people have decided since."""
    return status is not None and status.is_active


def may_expire(status: AslStatus | None, reach: SuspensionScope | None = None) -> bool:
    """Whether the program may let a limited status expire: a conditional one, also while new orders are suspended.

    `reach` is how far a suspension reaches. One that stops release too is graver than the end, and stays.
    """
    if status is AslStatus.SUSPENDED:
        return reach in (None, SuspensionScope.NEW_ORDERS)
    return status is AslStatus.CONDITIONALLY_APPROVED


def orders_stopped_by(status: AslStatus | None, scope: SuspensionScope | None) -> list[str]:
    """Why a status lets no new orders be placed, in one word or two; empty if it does (section 5)."""
    if status is None:
        return ["NOT_ON_THE_LIST"]
    return [] if status.is_active else [f"{status}({scope})" if scope else status.value]
