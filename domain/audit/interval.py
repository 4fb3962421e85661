"""When the next audit of a site and scope is due (domain specification, section 5)."""

from datetime import date

from domain.asl.asl import next_audit_due


def audit_due(
    last_day: date | None, months: int, *, waived_until: date | None = None, stated: date | None = None
) -> date | None:
    """The day by which the next full-scope audit must have taken place (policy key `audit.interval`).

    The interval runs from the last on-site day of the last full-scope audit. A waiver that holds moves the day to its
    own end. Without a known audit the day that the decision has stated stays.
    """
    due = next_audit_due(last_day, months) if last_day is not None else stated
    return max(due, waived_until) if due is not None and waived_until is not None else due or waived_until
