"""What an act that protects locks: what it reaches, however much else is open."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.master_data import ScopeRow
from tests.records.agreeing import another_scope
from tests.records.appointing import LICENCE, ends
from tests.records.authorising import stops as authority_stops
from tests.records.certifying import a_certificate, decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.qualifying import a_qualification
from tests.records.seeded import Seeded
from tests.records.stopping import stops

pytestmark = on_one_database
OTHERS = 40


@contextmanager
def locked(engine: AsyncEngine) -> Iterator[set[str]]:
    """The streams that are locked until the block ends."""
    said: set[str] = set()

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[Any, ...], *_: object) -> None:
        if statement.startswith("INSERT INTO streams"):
            said.add(str(parameters[0]))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def with_others(seeded: Seeded, batch_id: str) -> None:
    """So many batches of another scope and product are open for the same market; one half was certified by others."""
    own, scope = await seeded.row(BatchRow, batch_id), await seeded.row(ScopeRow, "SC-1")
    async with seeded.database.writing() as session:
        session.add(ScopeRow(**{**scope.model_dump(), "scope_id": "SC-9", "product": "QTX-9"}))
        for number in range(OTHERS):
            other = f"BAT-{9000 + number}"
            known = {**own.model_dump(), "batch_id": other, "number": other, "scope_id": "SC-9", "product": "QTX-9"}
            known |= {"state": "OPEN", "released": False} if number % 2 else {}
            session.add(BatchRow(**known))
            decision = None if number % 2 else "RELEASE"
            session.add(BatchMarketRow(batch_id=other, market="EU", rule="QP", decision=decision))


async def _licence_stopped(seeded: Seeded, at: datetime) -> object:
    return await stops(seeded, "rosa", "CERT-1", at=at, act="WITHDRAWN")


async def _authorisation_stopped(seeded: Seeded, at: datetime) -> object:
    return await authority_stops(seeded, record="AUT-WORLD-0-EU", at=at)


ACTS: dict[str, tuple[Callable[[Seeded, datetime], Awaitable[object]], set[str]]] = {
    "licence stopped": (
        _licence_stopped,
        {"APT-1", "ASL-SC-1", "ASL-SC-3", "BAT-1", "CERT-1", "FACTS-CERT-1"},
    ),
    "appointment ended": (lambda seeded, at: ends(seeded, "APT-1", at=at), {"APT-1", "ASL-SC-1", "BAT-1"}),
    "authorisation stopped": (
        _authorisation_stopped,
        {"AUT-WORLD-0-EU", "BAT-1"},
    ),
}


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_locks_what_it_reaches_and_nothing_else_that_is_open(seeded: Seeded, act: str) -> None:
    await fit(seeded)
    of_paper = await another_scope(seeded)
    shown: dict[str, Any] = {
        "case_id": (await a_qualification(seeded)).case_id,
        "certificate_id": "CERT-1",
        "serial": 1,
    }
    await a_certificate(seeded, type="MIA", scope_id=of_paper, number=LICENCE["number"], **shown)
    batch = await reviewed(seeded)
    await decides(batch, "quentin", "EU")
    await with_others(seeded, batch.case_id)
    does, reached = ACTS[act]
    with locked(seeded.database.engine) as streams:
        await does(seeded, batch.at)
    assert streams == reached
