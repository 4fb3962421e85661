"""Batches that people name by their numbers, to be held."""

from collections.abc import Iterable, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.making.own_lots import Meant, batches_meant
from domain.core.refusals import broken
from records.batch.holds.holds import open_batches


async def refuse_unknown_batches(
    session: AsyncSession, numbers: Sequence[str], scope_ids: Iterable[str], *, rule: str
) -> None:
    """Raise `Refused` for a number that no open or certified batch of these scopes has: it would hold nothing."""
    known = {key: own for scope_id in scope_ids for key, own in (await open_batches(session, scope_id)).items()}
    faults = {
        f"batches.{index}": _unknown(meant)
        for index, number in enumerate(numbers)
        if not (meant := batches_meant((number,), known)).named
    }
    if faults:
        raise broken(rule, "A batch is not known.", **faults)


def _unknown(meant: Meant) -> str:
    perhaps = f"; {', '.join(meant.alike)} may be meant" if meant.alike else ""
    return f"is no open or certified batch of these scopes{perhaps}"
