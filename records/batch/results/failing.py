"""Results that fail a registered specification are on record as such, whoever finds them (gate G8)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import OosState
from domain.batch.facts.quality import FailingResultFound, ResultOutsideReported
from domain.batch.holds.hold import OpenedResult
from domain.batch.results.analysis_forms import Source
from domain.batch.results.failing import SEPARATOR, Against, FailedLine, failing, is_explained
from domain.batch.results.oos import OosKind, OosReport, about_result, event_of_result, goes_on
from domain.batch.results.recomputation import Reported
from domain.core.forms import Audience, Process
from records.batch.notifying import notify_batch
from records.batch.results.compared import Compared
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import OosRow
from records.core.identities import next_id
from records.core.opening import open_case
from records.core.reactions import establish
from records.core.writing import Writing


async def establish_failing(
    writing: Writing,
    batch: BatchRow,
    results: Sequence[Reported],
    found: Sequence[Compared],
    *,
    found_in: Source,
    report: str,
    came_at: datetime | None = None,
) -> None:
    """A fact for each test that fails: for the batch as a whole, or for each market whose specification is missed.

    `came_at`: when the report came, if that is not now.
    """
    for each in failing(results, [Against(of.markets, of.tests, of.found) for of in found]):
        for market in [None] if each.markets >= set(batch.markets) else sorted(each.markets):
            fact = FailingResultFound(
                batch_id=batch.batch_id,
                case_id=writing.entry.stream,
                found_in=found_in,
                report=report,
                test=each.test,
                result=SEPARATOR.join(each.results),
                unit=each.unit,
                limit=each.limit,
                market=market,
                came_at=came_at,
            )
            await establish(writing, fact)


async def open_result(writing: Writing, fact: FailingResultFound) -> str | None:
    """Open the investigation of a failing result, which holds the batch. `None` if the result is on record already.

    The number is the program's. It is an event at the site as well. The caller holds the lock of the batch.
    """
    session, batch = writing.session, await writing.session.get_one(BatchRow, fact.batch_id)
    known = [row for row in await results_outside(session, batch.batch_id) if row.market in (None, fact.market)]
    lines = [
        FailedLine(fact.test, each, fact.found_in.value, fact.report, fact.came_at or writing.at)
        for each in fact.result.split(SEPARATOR)
    ]
    if all(is_explained(each, known) for each in lines):
        return None
    oos_id = await next_id(session, "OOS")
    is_own = fact.found_in is Source.OWN_TESTING
    payload: dict[str, JsonValue] = {
        "oos_id": oos_id,
        "kind": OosKind.OOS.value,
        "test": fact.test,
        "result": fact.result,
        "unit": fact.unit,
        "limit": fact.limit,
        "opened_from": fact.found_in.value,
        "report": fact.report,
        "market": fact.market,
        "own_laboratory": is_own,
        "site_id": batch.site_id,
    }
    await writing.append("batch.result_opened", payload, stream=batch.batch_id, audience=Audience.SHARED)
    outside = ResultOutsideReported(
        batch_id=batch.batch_id,
        case_id=batch.batch_id,
        kind=OosKind.OOS,
        oos_id=oos_id,
        result=f"{fact.test} {fact.result} {fact.unit}",
        market=fact.market,
    )
    await establish(writing, outside)
    told = OosReport(
        oos_id=oos_id,
        test=fact.test,
        result=fact.result[:200],
        unit=fact.unit or "1",
        limit=fact.limit[:200],
        detected_at=writing.at,
    )
    where = {"batch_id": batch.batch_id, "number": batch.number, "site_id": batch.site_id, "scope_id": batch.scope_id}
    await open_case(writing, Process.EVENT, event_of_result(told, **where))
    await notify_batch(writing, batch.batch_id)
    return oos_id


async def results_outside(session: AsyncSession, batch_id: str) -> Sequence[OosRow]:
    """Every result of a batch outside specification or trend, in order."""
    query = select(OosRow).where(col(OosRow.batch_id) == batch_id)
    return (await session.exec(query.order_by(col(OosRow.reported_at), col(OosRow.oos_id)))).all()


async def opened_results(session: AsyncSession, batch_id: str) -> tuple[OpenedResult, ...]:
    """Those that the program has opened and nobody has concluded on, for the procedure of the batch."""
    return tuple(
        OpenedResult(
            oos_id=row.oos_id,
            about=about_result(row.test, row.result, row.unit, row.limit),
            state=OosState(row.state),
            own_laboratory=row.own_laboratory,
        )
        for row in await results_outside(session, batch_id)
        if row.opened_from is not None and goes_on(OosKind(row.kind), OosState(row.state))
    )
