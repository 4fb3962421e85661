"""An older policy gets the keys that the program came to know since it was written."""

from datetime import datetime
from functools import cache
from pathlib import Path

from sqlmodel import col, select

from domain.core.entry import Entry, PlainEvent
from domain.policy.change import POLICY
from domain.policy.policy import Policy, load
from domain.policy.supplement import Supplements, load_supplements, supplemented
from records.core.database import Database
from records.core.journal import Journal
from records.core.policies import version_in_force
from records.core.tables.master_data import PolicyRow

POLICY_FILE = Path(__file__).parents[2] / "policy" / "default.yaml"
SUPPLEMENTS_FILE = POLICY_FILE.with_name("supplements.yaml")


@cache
def shipped_policy() -> Policy:
    """The policy that comes with the program, read once in a process."""
    return load(POLICY_FILE.read_text(encoding="utf-8"))


async def supplement_policy(
    database: Database,
    journal: Journal,
    now: datetime,
    *,
    shipped: Policy | None = None,
    supplements: Supplements | None = None,
) -> list[int]:
    """Add what they lack to the policy in force and to those that are to follow it. Returns the new versions.

    Does nothing where no policy was loaded yet. Safe to repeat.
    """
    shipped = shipped or shipped_policy()
    supplements = supplements or load_supplements(SUPPLEMENTS_FILE.read_text(encoding="utf-8"))
    added: list[int] = []
    rows = await _from_now_on(database, now)
    for row in rows:
        version = rows[-1].version + len(added) + 1
        policy = supplemented(row.body, shipped, version=version, at=now, supplements=supplements)
        if policy is not None:
            event = PlainEvent(type="policy.loaded", payload={"policy": policy.model_dump(mode="json")})
            entry = Entry(stream=POLICY, command_id=f"supplement:policy:{version}", at=now, lines=(event,))
            await journal.write(entry)
            added.append(version)
    return added


async def _from_now_on(database: Database, now: datetime) -> list[PolicyRow]:
    """The policy in force and those after it, in their order."""
    async with database.reading() as session:
        if (await session.exec(select(PolicyRow).limit(1))).first() is None:
            return []
        since = await version_in_force(session, now)
        query = select(PolicyRow).where(col(PolicyRow.version) >= since).order_by(col(PolicyRow.version))
        return list((await session.exec(query)).all())
