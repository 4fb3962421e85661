"""What the records of an older version need besides its schema."""

from datetime import datetime

from sqlmodel import col, select

from domain.entry import Entry, StartCase
from domain.forms import Process
from domain.oversight import OversightRequest
from records.database import Database
from records.journal import Journal
from records.statements import statement_in_force, status_of
from records.tables import ScopeRow
from records.watching import oversight_case


async def take_up(database: Database, journal: Journal, now: datetime) -> list[str]:
    """Watch every line of the approved supplier list that is active and was decided before lines were watched.

    Returns the ids of the new cases; the relay starts their procedures. Safe to repeat.
    """
    async with database.reading() as session:
        scopes = (await session.exec(select(ScopeRow).order_by(col(ScopeRow.scope_id)))).all()
        unwatched = []
        for scope in scopes:
            status = status_of(await statement_in_force(session, scope.scope_id, now))
            if status is not None and status.is_active and await oversight_case(session, scope.scope_id) is None:
                unwatched.append(scope)
    started: list[str] = []
    for scope in unwatched:
        request = OversightRequest(site_id=scope.site_id, scope_id=scope.scope_id)
        line = StartCase(process=Process.OVERSIGHT, form=request.model_dump(mode="json"))
        entry = Entry(stream="", command_id=f"take-up:{scope.scope_id}:{now:%Y-%m-%d}", at=now, lines=(line,))
        started += (await journal.write(entry)).started
    return started
