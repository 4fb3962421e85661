"""The appointments that a signature stands on, as its event keeps them, and what was signed under them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from records.appointment.tables import AppointmentUseRow

DECLARED = "qp_declaration.declare"
"""A declaration on GMP is signed under one appointment, which its event keeps by number."""
SIGNED_BESIDE_CASES = (DECLARED, "part_confirmation.confirm", "certification_abroad.certify")
"""What is signed under appointments and is no form of a case."""


class Use(BaseModel):
    """One of them, for one batch and market."""

    model_config = ConfigDict(frozen=True)

    number: str
    words: str
    """What it was, as it was signed."""
    batch_id: str | None = None
    market: str | None = None


_USES = TypeAdapter(tuple[Use, ...])


def uses_in(event: Event) -> tuple[Use, ...]:
    """What was signed under which appointment; nothing was before people were recorded on licences."""
    effect = event.payload.get("effect")
    if not isinstance(effect, dict):
        return ()
    if event.type == DECLARED and isinstance(effect.get("appointment"), str):
        return (Use(number=str(effect["appointment"]), words=""),)
    return _USES.validate_python(effect.get("appointments", ()))


def relied_on_in(event: Event) -> list[str]:
    """The appointments in words, each once."""
    return [*dict.fromkeys(each.words for each in uses_in(event))]


class Signed(NamedTuple):
    """What was signed under an appointment from a day on."""

    batch_ids: tuple[str, ...]
    records: tuple[str, ...]


async def signed_since(session: AsyncSession, numbers: Collection[str], day: date) -> dict[str, Signed]:
    """What was signed under appointments from a day on, by their numbers; those under which nothing was are left out.

    A day is that of the clock of the records, as where an appointment is relied on.
    """
    query = (
        select(AppointmentUseRow)
        .where(
            col(AppointmentUseRow.number).in_(sorted(numbers)),
            col(AppointmentUseRow.signed_at) >= datetime.combine(day, time(), UTC),
        )
        .order_by(col(AppointmentUseRow.stream))
    )
    found: dict[str, Signed] = {}
    for row in (await session.exec(query)).all():
        before = found.get(row.number, Signed((), ()))
        batches = (*before.batch_ids, row.batch_id) if row.batch_id is not None else before.batch_ids
        records = (*before.records, row.stream) if row.batch_id is None else before.records
        found[row.number] = Signed(tuple(sorted(set(batches))), tuple(dict.fromkeys(records)))
    return found
