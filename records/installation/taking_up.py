"""What the records of an older version need besides its schema."""

from datetime import datetime

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus
from domain.core.entry import Entry, PlainEvent, StartCase
from domain.core.facts import Cause, StandingFact
from domain.core.forms import Process
from domain.core.refusals import Refused
from domain.oversight.oversight import OversightRequest
from records.asl.statements import statement_in_force
from records.asl.tables.listing import AslRow
from records.core.database import Database
from records.core.journal import Journal
from records.core.policies import Policies
from records.core.reactions import payload_of
from records.core.registries import Registries
from records.core.tables.facts import FactRow
from records.core.tables.master_data import ScopeRow
from records.oversight.watching import oversight_case


async def take_up(database: Database, journal: Journal, now: datetime) -> list[str]:
    """Watch every entry of the approved supplier list that was stated before entries were watched.

    A scope that is suspended or expired is watched as well, and one whose first status begins on a later day; not one
    whose site is disqualified or retired for it. Returns the ids of the new cases; the relay starts their procedures.
    Safe to repeat.
    """
    async with database.reading() as session:
        scopes = (await session.exec(select(ScopeRow).order_by(col(ScopeRow.scope_id)))).all()
        unwatched = []
        for scope in scopes:
            stated = await _stated(session, scope.scope_id, now)
            if stated - _OVER and await oversight_case(session, scope.scope_id) is None:
                unwatched.append(scope)
    started: list[str] = []
    for scope in unwatched:
        request = OversightRequest(site_id=scope.site_id, scope_id=scope.scope_id)
        line = StartCase(process=Process.OVERSIGHT, form=request.model_dump(mode="json"))
        entry = Entry(stream="", command_id=f"take-up:{scope.scope_id}:{now:%Y-%m-%d}", at=now, lines=(line,))
        started += (await journal.write(entry)).started
    return started


async def take_up_facts(database: Database, journal: Journal, registries: Registries, now: datetime) -> list[str]:
    """Establish every fact that holds already and that no version has journaled, with the upgrade as its cause.

    What protects follows once: holds and reviews, as far as people have not lifted or reviewed them already. Nothing
    else follows. Returns the kinds and identities. Safe to repeat.
    """
    found: list[StandingFact] = []
    async with database.reading() as session:
        query = select(FactRow.kind, FactRow.identity).where(col(FactRow.revoked_at).is_(None))
        known = set((await session.exec(query)).all())
        for kind in sorted(registries.standing.known, key=lambda each: each.__name__):
            found += await registries.standing[kind](session, Policies(), now)
    new = [fact for fact in found if (fact.name.kind, fact.identity) not in known]
    return [f"{fact.name.kind} {fact.identity}" for fact in new if await _is_taken_up(journal, fact, now)]


async def _is_taken_up(journal: Journal, fact: StandingFact, now: datetime) -> bool:
    name = fact.name
    event = PlainEvent(type="fact.established", payload=payload_of(fact, Cause(entry=fact.stream, by="upgrade")))
    command = f"take-up:{name.kind}:{name.identity}:{now:%Y-%m-%d}"
    try:
        await journal.write(Entry(stream=fact.stream, command_id=command, at=now, lines=(event,)))
    except Refused as refused:
        log.warning("a fact is not taken up", fact=name.model_dump(), reason=refused.refusal.message)
        return False
    return True


log = structlog.get_logger()

_OVER = frozenset({AslStatus.DISQUALIFIED, AslStatus.RETIRED})


async def _stated(session: AsyncSession, scope_id: str, now: datetime) -> set[AslStatus]:
    """The status in force, and those that were stated ahead."""
    ahead = select(AslRow).where(col(AslRow.scope_id) == scope_id, col(AslRow.effective_from) > now)
    rows = [await statement_in_force(session, scope_id, now), *(await session.exec(ahead)).all()]
    return {AslStatus(row.status) for row in rows if row is not None}
