"""The standing clock: facts that arise by a date are established when it comes."""

from datetime import datetime

from temporalio import activity

from records.core.dates import Dates


class ClockActivities:
    """Looks for dates that have come."""

    def __init__(self, dates: Dates) -> None:
        self._dates = dates

    @activity.defn(name="dates")
    async def look(self, now: datetime) -> datetime:
        """Establish what has become true; returns when to look again. May run twice: each fact is recorded once."""
        return await self._dates.establish(now)
