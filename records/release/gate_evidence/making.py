"""G6 to G8 and G12: parameters, deviations, results outside specification, materials."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from domain.batch.batch import DeviationClass, DeviationState, OosState, UseKind
from domain.batch.deviations.deviation import DeviationAcceptance
from domain.batch.gate.batch_facts import DepartureFacts, DeviationFacts, OosFacts, ProcessFacts, ValueFacts
from domain.batch.gate.chain_facts import MaterialFacts
from domain.batch.making.materials import MaterialPart
from domain.batch.making.own_lots import NamedLot, OwnBatch, is_same, may_be_same
from domain.batch.results.coa import Verdict
from domain.batch.results.failing import is_explained
from domain.batch.results.oos import LaboratoryCause, OosKind
from domain.batch.review import RecordReview
from domain.batch.supply_stage import has_parameters
from domain.batch.views import ComparatorView
from domain.core.names import name_key, says_nothing
from domain.exchange.parameters import ParameterClass
from domain.site.site import Activity
from records.batch.batches import bound_parameters
from records.batch.deviations.departures import Departure, departures_of
from records.batch.making.own_lots import own_batches
from records.batch.results.reports import failed, shown
from records.batch.tables.analysis import AnalysisReportRow, AnalysisRow
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.process import BatchDeviationRow, OosRow, ParameterResultRow
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import ScopeRow
from records.exchange.parameter_sets import effective_set
from records.exchange.tables.parameters import ParameterSetRow
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.submitted import Submitted


async def process_of(context: GateContext) -> ProcessFacts:
    """The bound set, the one that was effective as manufacture began, and every value that was reported."""
    batch, session = context.batch, context.session
    effective = await effective_set(session, batch.scope_id, batch.started_at) if batch.started_at else None
    values = select(ParameterResultRow).where(col(ParameterResultRow.batch_id) == batch.batch_id)
    rows = (await session.exec(values.order_by(col(ParameterResultRow.number), col(ParameterResultRow.line)))).all()
    named = select(BatchDeviationRow.parameter).where(
        col(BatchDeviationRow.batch_id) == batch.batch_id, col(BatchDeviationRow.parameter).is_not(None)
    )
    bound = await bound_parameters(session, batch)
    scope = await session.get_one(ScopeRow, batch.scope_id)
    bound_set = await session.get(ParameterSetRow, batch.parameter_set_id) if batch.parameter_set_id else None
    return ProcessFacts(
        instruction=None if has_parameters(Activity(scope.activity)) else batch.mbr_version,
        set_id=batch.parameter_set_id,
        effective_set_id=effective.set_id if effective is not None else None,
        set_version=bound_set.version if bound_set is not None else None,
        effective_version=effective.version if effective is not None else None,
        critical=tuple(each.name for each in bound if each.parameter_class is ParameterClass.CPP),
        values=tuple(
            ValueFacts(
                parameter=row.parameter,
                value=row.value,
                unit=row.unit,
                in_nor=row.in_nor,
                in_par=row.in_par,
                is_critical=row.parameter_class == ParameterClass.CPP.value,
                is_key=row.parameter_class == ParameterClass.KPP.value,
                is_superseded=row.superseded_by is not None,
            )
            for row in rows
        ),
        deviations=tuple(sorted({str(name) for name in (await session.exec(named)).all()})),
        departures=tuple(_departure(each, context.market) for each in await departures_of(session, batch)),
    )


def _departure(departure: Departure, market: str) -> DepartureFacts:
    """So long as regulatory affairs has not said that a parameter is not registered in the market, it is."""
    stated, accepted = departure.in_market(market), departure.acceptance
    return DepartureFacts(
        parameter=departure.parameter.name,
        deviation_id=departure.deviation_id or None,
        accepted=accepted is not None,
        without_data=departure.without_data(),
        assessed_by=departure.assessment.by_name if departure.assessment is not None else None,
        filing=stated.impact if stated is not None else None,
        registered=stated.registered if stated is not None else True,
        limit_missed=stated is not None and stated.limit_missed,
        known_since=departure.known_since,
        unexpected=accepted is None or accepted.unexpected,
        specifications_met=accepted is None or accepted.specifications_met,
        cause_corrected=accepted is not None and bool(accepted.cause_corrected),
    )


async def departures_by_batch(context: GateContext) -> dict[str, tuple[DepartureFacts, ...]]:
    """Those of the batches that it comes from; its own are among what its own process has shown."""
    found = {}
    for each in context.family:
        if each.batch.departed:
            said = await departures_of(context.session, await context.session.get_one(BatchRow, each.batch_id))
            found[each.batch_id] = tuple(_departure(one, context.market) for one in said)
    return found


async def deviations_of(context: GateContext, submitted: Submitted) -> dict[str, tuple[DeviationFacts, ...]]:
    """Every deviation, by batch."""
    query = select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id).in_(context.batch_ids))
    rows = (await context.session.exec(query.order_by(col(BatchDeviationRow.deviation_id)))).all()
    said = _acceptances(context, submitted)
    found: dict[str, list[DeviationFacts]] = defaultdict(list)
    for row in rows:
        found[row.batch_id].append(
            DeviationFacts(
                deviation_id=row.deviation_id,
                deviation_class=DeviationClass(row.deviation_class),
                state=DeviationState(row.state),
                accepted_by=row.accepted_by,
                **_said_of(said.get((row.batch_id, name_key(row.deviation_id)))),
                since=row.reported_at,
                is_seen=_is_seen(row, submitted.of(row.batch_id, RecordReview)),
            )
        )
    return {batch_id: tuple(each) for batch_id, each in found.items()}


def _is_seen(deviation: BatchDeviationRow, reviews: Sequence[RecordRow]) -> bool:
    """Before the review nothing is asked; G11 says that it is missing. Older reviews name none: they have seen all."""
    if not reviews:
        return True
    review = reviews[-1]
    if "minor_seen" not in review.form:
        return deviation.reported_at <= review.at
    return name_key(deviation.deviation_id) in map(name_key, review.form["minor_seen"])


def _said_of(accepted: RecordRow | None) -> dict[str, Any]:
    """What was said of a deviation as it was judged last: by whom, when, on which assessment."""
    if accepted is None:
        return {}
    form = DeviationAcceptance.stored(accepted.form)
    return {
        "unexpected": form.unexpected,
        "specifications_met": form.specifications_met,
        "accepted_by_name": accepted.by_name if form.accept else None,
        "accepted_on": accepted.at.date(),
        "assessment": form.assessment,
    }


def _acceptances(context: GateContext, submitted: Submitted) -> dict[tuple[str, str], RecordRow]:
    """How each deviation of each batch was judged last, also by what an earlier version of the program let pass."""
    return {
        (row.case_id, name_key(str(row.form["deviation_id"]))): row
        for batch_id in context.batch_ids
        for row in submitted.of(batch_id, DeviationAcceptance)
    }


async def results_of_all(context: GateContext) -> dict[str, list[OosRow]]:
    """Every result outside its specification or its trend, by batch."""
    query = select(OosRow).where(col(OosRow.batch_id).in_(context.batch_ids)).order_by(col(OosRow.oos_id))
    found: dict[str, list[OosRow]] = defaultdict(list)
    for row in (await context.session.exec(query)).all():
        found[row.batch_id].append(row)
    return found


def oos_of(results: Mapping[str, Sequence[OosRow]]) -> dict[str, tuple[OosFacts, ...]]:
    """What they say, by batch."""
    return {batch_id: tuple(_oos(row) for row in rows) for batch_id, rows in results.items()}


def _oos(row: OosRow) -> OosFacts:
    return OosFacts(
        oos_id=row.oos_id,
        kind=OosKind(row.kind),
        test=row.test,
        state=OosState(row.state),
        result=f"{row.result} {row.unit}".strip(),
        market=row.market,
        cause=LaboratoryCause(row.cause) if row.cause is not None else None,
        because=", ".join(filter(None, [row.raw_data, row.seen_by and f"seen by {row.seen_by}"])),
        since=row.reported_at,
    )


async def unexplained_of(context: GateContext, results: Mapping[str, Sequence[OosRow]]) -> dict[str, tuple[str, ...]]:
    """Results that failed as they came, on any certificate or report, and are on record as such nowhere else.

    Batches of an earlier version have them, where a corrected certificate has replaced one that failed.
    """
    query = (
        select(AnalysisRow, AnalysisReportRow)
        .join(
            AnalysisReportRow,
            (col(AnalysisReportRow.batch_id) == col(AnalysisRow.batch_id))
            & (col(AnalysisReportRow.number) == col(AnalysisRow.number)),
        )
        .where(col(AnalysisRow.batch_id).in_(context.batch_ids), col(AnalysisRow.verdict) == Verdict.FAIL.value)
    )
    lines = (await context.session.exec(query.order_by(col(AnalysisRow.number), col(AnalysisRow.line)))).all()
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line, report in lines:
        if not is_explained(failed(report, line), results.get(line.batch_id, ())):
            found[line.batch_id][shown(line)] = None
    return {batch_id: tuple(each) for batch_id, each in found.items()}


async def materials_of(context: GateContext) -> dict[str, tuple[MaterialFacts, ...]]:
    """The lots of starting materials of each batch, with their makers, and which of them are own batches."""
    lots = {each.batch_id: [use for use in each.uses if use.kind == UseKind.MATERIAL.value] for each in context.family}
    numbers = [use.lot for uses in lots.values() for use in uses if use.lot is not None]
    own = await own_batches(context.session, numbers)
    return {batch_id: tuple(_material(use, own) for use in uses) for batch_id, uses in lots.items()}


def no_samples(stated: str | None) -> str | None:
    """What was stated of the retained samples of a batch, if that says nothing. Before its end nothing is stated."""
    return stated if stated is not None and says_nothing(stated) else None


def _material(use: BatchUseRow, own: Sequence[OwnBatch]) -> MaterialFacts:
    """Of a lot that was reported before its parts were kept apart only what it is called is known."""
    known = NamedLot(use.material or "", use.lot or "", use.detail)
    batches = own if use.lot is not None else ()
    same = next((each.batch_id for each in batches if is_same(known, each)), None)
    stated = {"number": use.lot, "maker": use.detail}
    return MaterialFacts(
        lot=use.reference,
        unknown=tuple(what for what, said in stated.items() if said is not None and says_nothing(said)),
        maker=use.detail,
        chain=tuple(f"{node['type']} {node['name']}" for node in use.chain or ()),
        certificate=use.certificate,
        comparator=ComparatorView.model_validate(use.comparator).words() if use.comparator is not None else None,
        is_own=same,
        may_be=tuple(each.batch_id for each in batches if same is None and may_be_same(known, each)),
        name=use.material or "",
        part=MaterialPart(use.part) if use.part is not None else None,
        site_id=use.maker_site_id,
    )
