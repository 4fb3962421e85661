"""Values of parameters and tests, and yields: one point for each batch of the period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import col, select

from domain.batch.results.analysis_forms import Source
from domain.batch.results.coa import Verdict, measured
from domain.batch.results.specification import SpecifiedTest, limit_of, stream_of
from domain.core.names import name_key
from domain.core.people import Actor
from domain.core.units import converted
from domain.exchange.parameters import Parameter, ParameterContent
from domain.views.product_review.series import Point, spread
from records.batch.tables.analysis import AnalysisRow, SpecificationRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.process import ParameterResultRow
from records.core.queries.visibility import is_unrestricted
from records.exchange.tables.parameters import ParameterSetRow
from records.views.product_review.frame import Frame, figure, listed
from records.views.product_review.of_batches import of

Sets = Mapping[str, ParameterContent]


async def parameter_sets(frame: Frame, actor: Actor) -> Sets:
    """What the batches of the period are bound to, by id; what a restricted exchange agreed on for its readers only."""
    bound = select(BatchRow.parameter_set_id).where(frame.made())
    query = select(ParameterSetRow).where(
        col(ParameterSetRow.set_id).in_(bound), is_unrestricted(actor, col(ParameterSetRow.case_id))
    )
    rows = (await frame.session.exec(query)).all()
    return {row.set_id: ParameterContent.model_validate(row.content) for row in rows}


def _of(batch: BatchRow) -> dict[str, Any]:
    return {**of(batch), "made_on": batch.made_on}


def yields(made: Iterable[BatchRow]) -> list[Point]:
    """The yield of each batch, with the limits of its registered process where it has any."""
    return [_yield(row, Decimal(row.yield_percent)) for row in made if row.yield_percent is not None]


def _yield(row: BatchRow, value: Decimal) -> Point:
    low, high = figure(row.yield_low), figure(row.yield_high)
    within = low <= value <= high if low is not None and high is not None else None
    limit = f"≥ {low:f} % and ≤ {high:f} %" if within is not None else ""
    return Point(
        **_of(row),
        kind="YIELD",
        name="Yield",
        **spread([value])._asdict(),
        results=1,
        unit="%",
        low=low,
        high=high,
        limit=limit,
        within=within,
        reported=f"{row.yield_percent} %",
        source=row.mbr_version or "",
    )


async def parameters(frame: Frame, sets: Sets) -> list[Point]:
    """Actual values of parameters beside the ranges of the set that the batch is bound to."""
    query = (
        select(ParameterResultRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(ParameterResultRow.batch_id))
        .where(frame.made(), col(ParameterResultRow.superseded_by).is_(None))
        .order_by(
            col(BatchRow.made_on),
            col(BatchRow.batch_id),
            col(ParameterResultRow.number),
            col(ParameterResultRow.line),
        )
    )
    grouped: dict[tuple[str, str], list[tuple[ParameterResultRow, BatchRow]]] = defaultdict(list)
    for row, batch in (await frame.session.exec(query)).all():
        grouped[row.batch_id, name_key(row.parameter)].append((row, batch))
    known = {set_id: {name_key(each.name): each for each in content.parameters} for set_id, content in sets.items()}
    return [
        _parameter([row for row, _ in rows], rows[0][1], known.get(rows[0][1].parameter_set_id or "", {}).get(key))
        for (_, key), rows in grouped.items()
    ]


def _parameter(rows: list[ParameterResultRow], batch: BatchRow, of_set: Parameter | None) -> Point:
    unit = of_set.unit if of_set is not None else rows[0].unit
    ranges = of_set.model_dump(include={"par_low", "par_high", "nor_low", "nor_high"}) if of_set is not None else {}
    low, high = ranges.get("par_low"), ranges.get("par_high")
    return Point(
        **_of(batch),
        kind=rows[0].parameter_class,
        name=of_set.name if of_set is not None else rows[0].parameter,
        **spread([_told(Decimal(each.value), each.unit, unit) for each in rows])._asdict(),
        results=len(rows),
        unit=unit,
        low=low,
        high=high,
        limit=f"≥ {low:f} {unit} and ≤ {high:f} {unit}" if ranges else "",
        alert_low=ranges.get("nor_low"),
        alert_high=ranges.get("nor_high"),
        within=all(each.in_par for each in rows),
        within_alert=all(each.in_nor for each in rows),
        reported="; ".join(f"{each.value} {each.unit}" for each in rows),
        source=batch.parameter_set_id or "",
    )


def _told(value: Decimal, unit: str, into: str) -> Decimal | None:
    try:
        return converted(value, unit, into)
    except ValueError:
        return None


async def attributes(frame: Frame, sets: Sets) -> list[Point]:
    """Results of the certificate that counts, beside each version of the specification they were compared with."""
    specified = await _specified(frame)
    query = (
        select(AnalysisRow, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(AnalysisRow.batch_id))
        .where(frame.made(), col(AnalysisRow.source) == Source.COA.value, col(AnalysisRow.superseded).is_(False))
        .order_by(col(BatchRow.made_on), col(BatchRow.batch_id), col(AnalysisRow.number), col(AnalysisRow.line))
    )
    grouped: dict[tuple[str, int, str], list[tuple[AnalysisRow, str]]] = defaultdict(list)
    batches: dict[str, BatchRow] = {}
    for row, batch in (await frame.session.exec(query)).all():
        batches[batch.batch_id] = batch
        for judged in row.judged_by:
            grouped[batch.batch_id, judged["spec_version"], name_key(row.test)].append((row, judged["verdict"]))
    critical = {set_id: {name_key(each.name) for each in content.attributes} for set_id, content in sets.items()}
    points = []
    for (batch_id, version, key), rows in grouped.items():
        batch = batches[batch_id]
        spec, tests = specified.get((batch.scope_id, version), (None, {}))
        if spec is not None and key in tests:
            kind = "CQA" if key in critical.get(batch.parameter_set_id or "", ()) else "TEST"
            points.append(_attribute(rows, batch, spec, tests[key], kind=kind))
    return points


async def _specified(frame: Frame) -> dict[tuple[str, int], tuple[SpecificationRow, dict[str, SpecifiedTest]]]:
    """Every version of the product's specifications, with its tests by name."""
    query = select(SpecificationRow).where(col(SpecificationRow.scope_id).in_(frame.scope_ids))
    found = {}
    for row in (await frame.session.exec(query)).all():
        tests = [SpecifiedTest.model_validate(each) for each in row.tests]
        found[row.scope_id, row.version] = row, {name_key(each.name): each for each in tests}
    return found


def _attribute(
    rows: list[tuple[AnalysisRow, str]], batch: BatchRow, spec: SpecificationRow, test: SpecifiedTest, *, kind: str
) -> Point:
    """A mean that is reported replaces no individual result; where nothing else is, it is all that there is."""
    single = [each for each in rows if not each[0].is_mean]
    verdicts = {Verdict(verdict) for _, verdict in rows}
    return Point(
        **_of(batch),
        kind=kind,
        name=test.name,
        **spread([measured(row.result, row.unit, test) for row, _ in single or rows])._asdict(),
        results=len(single),
        unit=test.unit,
        low=test.lower,
        high=test.upper,
        limit=limit_of(test),
        within=False if Verdict.FAIL in verdicts else None if Verdict.UNREADABLE in verdicts else True,
        reported="; ".join(f"{row.result} {row.unit or ''}".strip() for row, _ in rows),
        source=f"{stream_of(batch.scope_id)} v{spec.version}",
        markets=listed(spec.markets),
    )
