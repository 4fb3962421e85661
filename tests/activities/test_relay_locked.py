"""The relay outlives a lock: it is neither taken for dead nor started anew, and delivers when the lock is gone."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.addresses import AddressGuard
from activities.mail import Mail, Mailbox
from activities.relay import Relay, RelaySettings
from activities.webhooks import Webhooks
from records.core.database import Database
from tests.activities.outbox import put, rows
from tests.records.databases import Databases

REFUSALS = 3


async def test_a_relay_that_meets_a_lock_beats_on_and_delivers_afterwards(databases: Databases, tmp_path: Path) -> None:
    database = Database(databases.migrated("sqlite"), patience=timedelta(milliseconds=50))
    mailbox = Mailbox(tmp_path)
    webhooks = Webhooks(database, AddressGuard(), source="http://vetted")
    mail = Mail(smtp_url="", sender="vetted@sponsor.example", mailbox=mailbox)
    relay = Relay(
        database, cast("Client", None), "vetted", mail, webhooks, settings=RelaySettings(idle=0.01, renew_every=0.01)
    )
    letter = await put(database, "PER-1", subject="late")
    environment, beats, refusals, enough = ActivityEnvironment(), list[Any](), list[Any](), asyncio.Event()
    environment.on_heartbeat = lambda *settled: beats.append(settled)

    def note(context: Any) -> None:
        refusals.append(context.original_exception)
        if len(refusals) >= REFUSALS:
            enough.set()

    event.listen(database.engine.sync_engine, "handle_error", note)
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        running = asyncio.create_task(environment.run(relay.run))
        await enough.wait()
        assert len(beats) > REFUSALS
        assert mailbox.newest("PER-1", 1) == []
    while (await rows(database))[letter].delivered_at is None:
        assert not running.done()
        await asyncio.sleep(0.01)
    environment.worker_shutdown()
    assert await running == 1
    assert [str(sent["Subject"]) for sent in mailbox.newest("PER-1", 2)] == ["late"]
    await webhooks.close()
    await database.close()
