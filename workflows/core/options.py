"""Time limits and retries of activities, named once."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class LocalOptions(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy
    local_retry_threshold: timedelta


JOURNAL = LocalOptions(
    start_to_close_timeout=timedelta(seconds=20),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
    ),
    # Longer waits become timers of the server, so that an outage of the database does not fill the history.
    local_retry_threshold=timedelta(seconds=3),
)
