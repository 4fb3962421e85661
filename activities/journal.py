"""The journal as an activity: the only way a workflow writes."""

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.entry import Entry, Written
from domain.refusals import Refusal, Refused
from records.journal import Journal


def refused(refusal: Refusal) -> ApplicationError:
    """A refusal as Temporal carries it: its code is the type, the refusal is the detail."""
    return ApplicationError(
        refusal.message,
        refusal.model_dump(mode="json"),
        type=refusal.code.value,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


class JournalActivities:
    """Writes to the journal for workflows."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @activity.defn(name="journal")
    async def write(self, entry: Entry) -> Written:
        """Write one entry. May run twice: the journal answers a command id it has seen with the stored answer."""
        try:
            return await self._journal.write(entry)
        except Refused as error:
            raise refused(error.refusal) from error
