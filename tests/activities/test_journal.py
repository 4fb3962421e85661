"""An error that trying again would not mend must not hold a case for ever."""

from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.journal import DEFECT, JournalActivities
from domain.core.entry import Entry, PlainEvent
from records.contexts import load
from records.core.database import Database
from records.core.journal import Journal


async def test_a_write_that_can_never_succeed_fails_at_once(database: Database) -> None:
    broken = PlainEvent(type="supplier.registered", payload={"record": "is no record"})
    entry = Entry(stream="SUP-1", command_id="k", at=datetime.now(UTC), lines=(broken,))
    with pytest.raises(ApplicationError) as failed:
        await ActivityEnvironment().run(JournalActivities(Journal(database, load())).write, entry)
    assert failed.value.non_retryable
    assert failed.value.type == DEFECT
