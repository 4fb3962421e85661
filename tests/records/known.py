"""Batches that a test knows of without their procedures: rows of its own, which no journal gives again."""

from datetime import date

from domain.holds import BatchState
from records.database import Database
from records.tables import BatchRow


async def known(
    database: Database,
    batch_id: str,
    number: str,
    *,
    state: str = "OPEN",
    scope_id: str = "SC-1",
    site_id: str = "VM-02",
    made_on: str | None = None,
) -> None:
    """A batch is known; of a certified one something is released."""
    row = BatchRow(
        batch_id=batch_id,
        number=number,
        site_id=site_id,
        scope_id=scope_id,
        state=state,
        released=state == BatchState.CERTIFIED,
        made_on=date.fromisoformat(made_on) if made_on else None,
    )
    async with database.writing() as session:
        session.add(row)
