"""Until when a site has to tell of something."""

from collections.abc import Iterable
from datetime import date, datetime

from domain.core.clocks import deadline
from records.agreement.in_force import notification_span
from records.core.writing import Writing


async def notice_due(writing: Writing, site_id: str, scope_ids: Iterable[str], key: str, since: datetime) -> datetime:
    """The earliest end that the agreements of the scopes give, and where there is none the policy of that time.

    `key` is a policy key such as `oos.notify`; the time counts from `since`.
    """
    policy = await writing.policies.in_force(writing.session, since)
    rule = policy.clock(key)
    calendar = await writing.policies.calendar_of_clock(writing.session, rule.days_of, site_id, since)
    day = calendar.local_day(since)
    spans = [await notification_span(writing.session, scope_id, key, day) for scope_id in scope_ids]
    return min(
        deadline(
            key,
            rule.model_copy(update={"span": span}),
            policy_version=policy.version,
            start_event_id="",
            started_at=since,
            calendar=calendar,
        ).due_at
        for span in spans or [rule.span]
    )


async def notice_of_day(writing: Writing, site_id: str, scope_ids: Iterable[str], key: str, day: date) -> datetime:
    """The same for something of which only the day is known."""
    calendar = await writing.policies.calendar_of(writing.session, site_id, writing.at)
    return await notice_due(writing, site_id, scope_ids, key, min(calendar.morning_of(day), writing.at))
