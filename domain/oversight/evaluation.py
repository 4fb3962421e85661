"""What an evaluation of a site and scope comes to: flags, what is done now, and when the next one is (section 5)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.asl.asl import AslStatus, SuspensionScope, orders_stopped_by
from domain.asl.flags import Flag
from domain.oversight.schedule import Moment, What


class OversightEvaluation(BaseModel):
    """What an evaluation has found and done. Stored in histories: changes only by addition with defaults."""

    model_config = ConfigDict(frozen=True)

    ends: AslStatus | None = None
    """The status with which nothing is watched any more."""
    flags: tuple[Flag, ...] = ()
    orders_stopped_by: tuple[str, ...] = ()
    """Why no new orders may be placed; empty if they may."""
    next_audit_due: date | None = None
    """Day by which the next full-scope audit must have taken place; none where none is planned."""
    interval_months: int | None = None
    """Months between full-scope audits."""
    next: AwareDatetime | None = None
    """When to evaluate again, if nothing changes before."""
    then: str = ""
    """What happens then, in words."""
    done: tuple[str, ...] = ()
    """The cases that were opened and the statuses that were stated."""
    refused: tuple[str, ...] = ()
    """What should have been opened, and why it could not be."""


_SAYS: dict[What, Flag] = {
    What.AUDIT_OPENS: Flag.AUDIT_DUE,
    What.AUDIT_DUE: Flag.AUDIT_OVERDUE,
    What.RENEWAL_OPENS: Flag.CERT_EXPIRING,
    What.CERTIFICATE_EXPIRES: Flag.CERT_EXPIRED,
    What.AGREEMENT_REVIEW_OPENS: Flag.QTA_REVIEW_DUE,
    What.AGREEMENT_LAPSES: Flag.QTA_LAPSED,
}
_TAKES_THE_PLACE_OF = {
    What.AUDIT_DUE: What.AUDIT_OPENS,
    What.CERTIFICATE_EXPIRES: What.RENEWAL_OPENS,
    What.AGREEMENT_LAPSES: What.AGREEMENT_REVIEW_OPENS,
}
_MISSED = frozenset({
    What.AUDIT_DUE, What.CERTIFICATE_EXPIRES, What.AGREEMENT_REVIEW_DUE, What.AGREEMENT_LAPSES,
    What.REQUALIFICATION_DUE,
})  # fmt: skip
"""What is missed once its moment has come."""
ONCE = frozenset({What.ANNOUNCEMENT})
"""What is done once, when its moment passes. All else holds from its moment on, for as long as its cause is there: a
month or quarter that is over until its scorecard or review is."""


def in_effect(moments: Iterable[Moment], now: datetime) -> list[Moment]:
    """What has come and holds, the soonest first."""
    return [moment for moment in moments if moment.at <= now and moment.what not in ONCE]


def fallen_due(moments: Iterable[Moment], since: datetime, now: datetime) -> list[Moment]:
    """What is done once and has fallen due after the last evaluation, up to now."""
    return [moment for moment in moments if since < moment.at <= now and moment.what in ONCE]


def overdue(moments: Iterable[Moment], now: datetime) -> list[Moment]:
    """What has come and nobody has done yet, the soonest first."""
    return [moment for moment in in_effect(moments, now) if moment.what in _MISSED]


def next_moment(moments: Iterable[Moment], now: datetime) -> Moment | None:
    """The soonest moment to come; `None` if nothing is to come."""
    return min((moment for moment in moments if moment.at > now), key=lambda moment: moment.at, default=None)


def flags(moments: Sequence[Moment], now: datetime, others: Collection[Flag]) -> list[Flag]:
    """The flags that stand, those that other cases set included. What is overdue is no longer due."""
    holding = {(moment.what, moment.about) for moment in in_effect(moments, now)}
    replaced = {(_TAKES_THE_PLACE_OF[what], about) for what, about in holding if what in _TAKES_THE_PLACE_OF}
    return sorted({_SAYS[what] for what, _ in holding - replaced if what in _SAYS} | set(others))


def new_orders_stopped_by(
    status: AslStatus | None, scope: SuspensionScope | None, moments: Iterable[Moment], now: datetime
) -> list[str]:
    """Why no new orders may be placed, each reason in one word or two; empty if they may (sections 5 and 9).

    A site may be ordered from while its status is active, and not once its audit is overdue beyond the grace of the
    policy (`audit.interval` + grace).
    """
    reasons = orders_stopped_by(status, scope)
    if status is not None and any(moment.what is What.AUDIT_STOPS_ORDERS for moment in in_effect(moments, now)):
        reasons.append(Flag.AUDIT_OVERDUE.value)
    return reasons
