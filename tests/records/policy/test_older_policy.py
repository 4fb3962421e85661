"""A database that was set up by an earlier version of the program, and is opened by this one."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue
from sqlmodel import col, select

from domain.core.entry import Entry, PlainEvent
from domain.core.people import SYSTEM
from domain.core.refusals import Code, Refused
from domain.policy.change import POLICY
from domain.policy.policy import Policy, load
from records import contexts
from records.core.database import Database
from records.core.journal import Journal
from records.core.policies import Policies
from records.core.rebuild import replay
from records.core.tables.master_data import PolicyRow
from records.installation.seed import seed
from records.installation.supplementing import POLICY_FILE
from settings import Settings
from tests.records.seeded import START

SHIPPED = load(POLICY_FILE.read_text(encoding="utf-8"))
SECTIONS = ("required_documents", "agreement_activities")


async def _loads(database: Database, name: str, **changes: Any) -> None:
    """Load a policy as the earlier version of the program did, which knew of no documents and no agreements."""
    policy: dict[str, JsonValue] = SHIPPED.model_dump(mode="json", exclude=set(SECTIONS))
    fact = PlainEvent(type="policy.loaded", payload={"policy": policy | changes})
    entry = Entry(stream=POLICY, command_id=f"older:{name}", at=START, actor=SYSTEM, lines=(fact,))
    await Journal(database, contexts.load()).write(entry)


async def _versions(database: Database) -> list[Policy]:
    async with database.reading() as session:
        rows = (await session.exec(select(PolicyRow).order_by(col(PolicyRow.version)))).all()
    return [Policy.model_validate(row.body) for row in rows]


async def test_an_older_database_learns_which_documents_are_required(database: Database) -> None:
    await _loads(database, "first", version=7)
    now = START + timedelta(days=1)
    for _ in range(2):
        await seed(database, contexts.load(), Settings(), now=now)
    before, after = await _versions(database)
    assert (before.version, after.version, after.effective_from) == (7, 8, now)
    for section in SECTIONS:
        assert (getattr(before, section), getattr(after, section)) == ((), getattr(SHIPPED, section))
    async with database.reading() as session:
        assert (await Policies().in_force(session, now)).version == 8
        assert (await Policies().in_force(session, START)).version == 7
    await replay(database.engine.url.render_as_string(hide_password=False), contexts.load())
    assert await _versions(database) == [before, after]


async def test_a_version_that_is_still_to_come_learns_it_too(database: Database) -> None:
    await _loads(database, "first")
    later = START + timedelta(days=30)
    async with database.writing() as session:
        planned = SHIPPED.model_copy(update={"version": 2, "effective_from": later, "required_documents": ()})
        session.add(PolicyRow(version=2, effective_from=later, body=planned.model_dump(mode="json")))
    await seed(database, contexts.load(), Settings(), now=START)
    versions = await _versions(database)
    assert [(each.version, each.effective_from, len(each.required_documents) > 0) for each in versions] == [
        (1, SHIPPED.effective_from, False),
        (2, later, False),
        (3, START, True),
        (4, later, True),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 3, "required_documents": SHIPPED.model_dump(mode="json")["required_documents"]},
        {"version": 2, "required_documents": []},
        {"version": 2, "clocks": {}, "required_documents": SHIPPED.model_dump(mode="json")["required_documents"]},
    ],
    ids=["skips a version", "adds nothing", "changes something else"],
)
async def test_nothing_else_is_changed_without_a_signature(database: Database, changes: dict[str, Any]) -> None:
    await _loads(database, "first")
    with pytest.raises(Refused) as refused:
        await _loads(database, "second", **changes)
    assert refused.value.refusal.code is Code.CONFLICT
    assert len(await _versions(database)) == 1
