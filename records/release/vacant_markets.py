"""Markets of open batches that nobody can decide for: told as soon as that is so, not when the batch waits for it."""

from sqlmodel import col, select

from domain.appointment.appointment import APPOINTED
from domain.appointment.reliance import Signing
from domain.batch.holds.holds import BatchState
from domain.core.forms import Process
from domain.site.site import Activity
from records.appointment.able import Able
from records.appointment.questions import VacantMarkets
from records.batch.deciders import deciders_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.questions import answers
from records.core.reactions import after_entry
from records.core.tables.master_data import ScopeRow
from records.core.vacancies import tell_nobody
from records.core.writing import Writing

_REGISTERED = f"{Process.BATCH.noun}.request"


@answers(VacantMarkets)
async def of_open_batches(writing: Writing, question: VacantMarkets) -> list[str]:
    """One line for a product and a market, with the batches that wait. One statement.

    Where a market is decided by the quality unit as well, nobody needs an appointment for it.
    """
    query = (
        select(BatchMarketRow, BatchRow, ScopeRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
        .where(col(BatchMarketRow.decision).is_(None), col(BatchRow.state) == BatchState.OPEN.value)
        .order_by(col(BatchRow.product), col(BatchMarketRow.market), col(BatchRow.batch_id))
    )
    if question.batch_ids is not None:
        query = query.where(col(BatchRow.batch_id).in_(question.batch_ids))
    found: dict[tuple[str, str, str], list[str]] = {}
    for row, batch, scope in (await writing.session.exec(query)).all():
        roles = deciders_of(row)
        if not roles <= APPOINTED or not (question.roles is None or roles & question.roles):
            continue
        signing = Signing(
            roles=roles,
            site_id=batch.site_id,
            product=scope.product,
            activity=Activity(scope.activity),
            market=row.market,
        )
        if not question.able.signs(signing):
            key = (row.market, scope.product, " or ".join(sorted(roles)))
            found.setdefault(key, []).append(f"{batch.number} ({batch.batch_id})")
    return [
        f"{market}, {product}: nobody who acts as {who} has an appointment in force for it; it is asked for"
        f" {', '.join(batches)}"
        for (market, product, who), batches in found.items()
    ]


@after_entry(order=2)
async def tells_of_what_is_registered(writing: Writing) -> None:
    """A batch is registered for a market that nobody can decide for."""
    batch_ids = tuple(each.stream for each in writing.events if each.type == _REGISTERED)
    if batch_ids and (lines := await _of(writing, batch_ids)):
        await tell_nobody(writing, lines)


async def _of(writing: Writing, batch_ids: tuple[str, ...]) -> list[str]:
    asked = VacantMarkets(able=await Able.to_sign(writing), batch_ids=batch_ids)
    lines: list[str] = await of_open_batches(writing, asked)
    return lines
