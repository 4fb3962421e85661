"""The journal as an activity: the only way a workflow writes."""

import structlog
from sqlalchemy.exc import IntegrityError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.core.entry import Entry, Written
from domain.core.refusals import Refusal, Refused
from records.core.database import OUTAGES
from records.core.journal import Journal


def refused(refusal: Refusal) -> ApplicationError:
    """A refusal as Temporal carries it: its code is the type, the refusal is the detail."""
    return ApplicationError(
        refusal.message,
        refusal.model_dump(mode="json"),
        type=refusal.code.value,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


DEFECT = "defect"
"""The type of an error that is neither a refusal nor an outage."""

_OUTAGES: tuple[type[Exception], ...] = (*OUTAGES, IntegrityError, OSError, TimeoutError)
"""What passes by itself: such a write is tried again until it succeeds."""

log = structlog.get_logger()


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
        except _OUTAGES:
            raise
        except Exception as error:
            # Trying again would not help: the action fails with nothing changed, and the case goes on.
            log.exception("the journal cannot write an entry", stream=entry.stream, command=entry.command_id)
            raise ApplicationError(str(error)[:500], type=DEFECT, non_retryable=True) from error
