"""Parameters of a batch outside their proven acceptable ranges, and what was said of each (gate G6)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationState
from domain.batch.deviations.departure import AttributeImpact, DepartureAssessment, DepartureFiling, DepartureInMarket
from domain.batch.deviations.deviation import GRAVE, DeviationAcceptance, DeviationClosure
from domain.core.forms import Form
from domain.core.names import name_key
from domain.exchange.parameters import Parameter
from records.batch.batches import bound_parameters, departing_values
from records.batch.deviations.known_departures import known_departures
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import BatchDeviationRow
from records.core.tables.cases import RecordRow

F = TypeVar("F", bound=Form)


class Departure(NamedTuple):
    """A critical or key parameter with a value outside its proven acceptable range that no correction has replaced."""

    parameter: Parameter
    last_value: int
    """Number of the event that has reported the last such value. What was said before knows nothing of it."""
    deviation: BatchDeviationRow | None
    """The deviation of at least MAJOR about it that was reported last."""
    impacts: tuple[AttributeImpact, ...] = ()
    acceptance: DeviationAcceptance | None = None
    """How it was accepted, knowing the last value."""
    assessment: RecordRow | None = None
    filing: DepartureFiling | None = None
    known_since: str | None = None
    """What had made the same departure known before the batch was begun, its cause not corrected by then."""

    @property
    def deviation_id(self) -> str:
        """The number of its deviation; empty if there is none."""
        return self.deviation.deviation_id if self.deviation is not None else ""

    def without_data(self) -> tuple[str, ...]:
        """The linked quality attributes on which the investigation gives no data."""
        given = {name_key(each.attribute) for each in self.impacts}
        return tuple(name for name in self.parameter.linked_cqas if name_key(name) not in given)

    def in_market(self, market: str) -> DepartureInMarket | None:
        """What regulatory affairs has stated for a market."""
        return next((each for each in self.filing.markets if each.market == market), None) if self.filing else None

    def may_be_registered(self, markets: Iterable[str]) -> bool:
        """Whether its range is registered in a market, or nobody has said of one that it is not."""
        return any((stated := self.in_market(each)) is None or stated.registered for each in markets)


async def departures_of(session: AsyncSession, batch: BatchRow) -> list[Departure]:
    """Every departure of a batch that counts, by the name of its parameter."""
    values = await departing_values(session, batch.batch_id)
    if not values:
        return []
    last = {name_key(row.parameter): row.number for row in values}
    known = {name_key(each.name): each for each in await bound_parameters(session, batch)}
    query = select(BatchDeviationRow).where(
        col(BatchDeviationRow.batch_id) == batch.batch_id,
        col(BatchDeviationRow.deviation_class).in_([each.value for each in GRAVE]),
    )
    deviations = (await session.exec(query.order_by(col(BatchDeviationRow.reported_at)))).all()
    earlier = await known_departures(session, batch, values)
    return [
        (await _departure(session, known[key], number, deviations))._replace(known_since=earlier.get(key))
        for key, number in sorted(last.items())
    ]


async def departure_by(session: AsyncSession, batch: BatchRow, deviation_id: str) -> Departure | None:
    """The departure that a deviation is about; `None` if it is about none."""
    wanted = name_key(deviation_id)
    return next((each for each in await departures_of(session, batch) if name_key(each.deviation_id) == wanted), None)


async def _departure(
    session: AsyncSession,
    parameter: Parameter,
    last_value: int,
    deviations: Sequence[BatchDeviationRow],
) -> Departure:
    key = name_key(parameter.name)
    row = next((each for each in reversed(deviations) if name_key(each.parameter or "") == key), None)
    if row is None:
        return Departure(parameter, last_value, None)
    closure, _ = await _said(session, DeviationClosure, row, last_value)
    acceptance, _ = await _said(session, DeviationAcceptance, row, last_value)
    filing, _ = await _said(session, DepartureFiling, row, last_value)
    _, assessment = await _said(session, DepartureAssessment, row, last_value)
    is_accepted = row.state == DeviationState.ACCEPTED.value and acceptance is not None and acceptance.accept
    return Departure(
        parameter=parameter,
        last_value=last_value,
        deviation=row,
        impacts=closure.impact_on if closure is not None else (),
        acceptance=acceptance if is_accepted else None,
        assessment=assessment,
        filing=filing,
    )


async def _said(
    session: AsyncSession, form: type[F], of: BatchDeviationRow, since: int
) -> tuple[F | None, RecordRow | None]:
    """The last word on a deviation after an event, and its record."""
    query = select(RecordRow).where(
        col(RecordRow.case_id) == of.batch_id,
        col(RecordRow.action) == form.action.name,
        col(RecordRow.number) > since,
    )
    wanted = name_key(of.deviation_id)
    for record in (await session.exec(query.order_by(col(RecordRow.version).desc()))).all():
        if name_key(str(record.form["deviation_id"])) == wanted:
            return form.stored(record.form), record
    return None, None
