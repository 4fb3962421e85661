"""What results of analysis say of a batch (gate G9)."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import col, func, select, true
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.authorisation import RegisteredSpecification
from domain.batch.gate.batch_facts import AnalysisFacts
from domain.batch.results.analysis_forms import Source
from domain.batch.results.modes import by_mode, most_before
from domain.batch.results.own_testing import differences
from domain.batch.results.recomputation import Recomputation, Reported, recomputed
from domain.batch.results.specification import SpecifiedTest
from domain.core.days import Calendar, counted
from domain.core.rounding import Rounding
from domain.policy.limits import Limits
from records.batch.results.earlier import made_before
from records.batch.results.reports import Reports, reports_of
from records.batch.results.specifications import (
    Valid,
    approved_of,
    names_on_certificates,
    of_specification,
    tests_of,
    valid_at,
)
from records.batch.tables.analysis import AnalysisReportRow, SpecificationRow
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies


async def analysis_facts(
    session: AsyncSession,
    batch: BatchRow,
    market: str,
    at: datetime,
    limits: Limits,
    *,
    registered: Collection[Sequence[RegisteredSpecification]] = (),
) -> AnalysisFacts:
    """The certificate of analysis of a batch against the specification that is registered in a market at an instant.

    `registered` are the versions that each authorisation in force there names, also those that are over by now.
    Everything is compared anew: what a certificate claims, and what was found as it came, counts for nothing. Results
    of the sponsor's own testing that fail are named as well.
    """
    approved = await approved_of(session, batch.scope_id)
    reports = await reports_of(session, batch.batch_id)
    certificate = reports.counting(Source.COA)
    tested_on = await own_testing_on(session, batch.scope_id, at.date())
    calendar = await Policies().calendar_of(session, batch.site_id, at)
    today = calendar.local_day(at)
    valid, in_force = valid_at(approved, market, at, today, registered), valid_at(approved, market, at, today)
    is_named = any(of_specification(each, approved) for each in registered)
    names = names_on_certificates(
        approved, {market, *batch.markets}, instants_of(batch, calendar, at), today, valid if is_named else None
    )
    facts = AnalysisFacts(
        specifications_in_force=names.valid,
        specifications_not_in_force=names.others,
        specifications_tighter=names.tighter,
        also_valid=tuple(each.words for each in valid[1:]),
        is_registered=bool(valid) or not in_force,
        certificates=reports.papers(Source.COA),
        own_testing_reports=reports.papers(Source.OWN_TESTING),
        own_testing_on=tested_on,
        own_testing_overdue=is_overdue(tested_on, at, limits, calendar),
        own_tests=reports.own_tests(),
        compared=reports.compared(),
        replaced=reports.replaced(),
    )
    if not (compares := valid or in_force):
        return facts
    met, (spec, found) = newest_met(compares, certificate, limits.result_rounding, _is_met)
    return facts.model_copy(
        update={
            "spec_id": spec.spec_id,
            "spec_version": spec.version,
            "versions_met": tuple(row.version for row, _ in met),
            "specified": tuple(test.name for test in tests_of(spec)),
            **_found(reports, certificate, tests_of(spec), found, limits),
            **await _by_mode(session, batch, market, certificate, tests_of(spec), limits.result_rounding),
        }
    )


def _found(
    reports: Reports,
    certificate: Sequence[Reported],
    tests: Sequence[SpecifiedTest],
    found: Recomputation,
    limits: Limits,
) -> dict[str, tuple[str, ...]]:
    """What the comparison with one version comes to, own testing included."""
    own = reports.counting(Source.OWN_TESTING)
    beside = recomputed(own, tests, limits.result_rounding)
    most = Decimal(limits.own_testing_difference_max_percent)
    return {
        "missing": found.missing,
        "unknown": found.unknown,
        "failed": (*found.failed, *(f"in own testing {each}" for each in beside.failed)),
        "unreadable": (*found.unreadable, *(f"in own testing {each}" for each in beside.unreadable)),
        "disagrees": found.disagrees,
        "own_testing_differs": differences(own, certificate, tests, most),
        "differed": reports.differed(tests, most),
    }


async def _by_mode(
    session: AsyncSession,
    batch: BatchRow,
    market: str,
    certificate: Sequence[Reported],
    tests: Sequence[SpecifiedTest],
    rounding: Rounding,
) -> dict[str, tuple[str, ...]]:
    most = most_before(tests, certificate)
    earlier = await made_before(session, batch, most) if most else ()
    found = by_mode(certificate, tests, market, earlier, rounding)
    return {"by_mode": found.seen, "mode_faults": found.wrong}


Found = tuple[SpecificationRow, Recomputation]
"""A version of the specification, and what the comparison with it comes to."""


def newest_met(
    valid: Sequence[Valid],
    results: Sequence[Reported],
    rounding: Rounding,
    is_met: Callable[[Recomputation], bool],
) -> tuple[list[Found], Found]:
    """Of the valid versions those that the results meet, and the newest of these; if there is none, the newest."""
    found = [(each.row, recomputed(results, tests_of(each.row), rounding)) for each in valid]
    met = [each for each in found if is_met(each[1])]
    return met, (met or found)[0]


def instants_of(batch: BatchRow, calendar: Calendar, at: datetime) -> list[datetime]:
    """When a version that a certificate prints may be in force: as the batch was begun or finished, or now."""
    made = batch.finished_at or (calendar.end_of(batch.made_on) if batch.made_on is not None else None)
    return [min(each, at) for each in (batch.started_at, made, at) if each is not None]


def is_overdue(tested_on: date | None, at: datetime, limits: Limits, calendar: Calendar) -> bool:
    """Whether a certificate may not be relied on: no own testing of the scope confirms it, or none within the interval.

    A certificate is relied on only after the supplier's results have been confirmed (21 CFR 211.84(d)(2)). So the first
    batch of a scope needs own testing before its release.
    """
    return tested_on is None or at >= calendar.end_of(counted(tested_on, limits.own_testing_interval, calendar))


async def own_testing_on(session: AsyncSession, scope_id: str, today: date) -> date | None:
    """The last day of the newest own testing of any batch of a scope that has confirmed the site's results.

    What was over before its batch was made confirms none.
    """
    query = (
        select(AnalysisReportRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(AnalysisReportRow.batch_id))
        .where(
            col(AnalysisReportRow.scope_id) == scope_id,
            col(AnalysisReportRow.source) == Source.OWN_TESTING.value,
            col(AnalysisReportRow.confirms),
            col(AnalysisReportRow.dated) <= today,
            func.coalesce(col(BatchRow.made_on) <= col(AnalysisReportRow.dated), true()),
        )
        .order_by(col(AnalysisReportRow.dated).desc())
    )
    newest = (await session.exec(query.limit(1))).first()
    return newest.dated if newest is not None else None


async def results_of(session: AsyncSession, batch_id: str, source: Source) -> list[Reported]:
    """The results of a batch that count, line by line: of the last certificate, or of all own testing that stands."""
    return (await reports_of(session, batch_id)).counting(source)


def _is_met(found: Recomputation) -> bool:
    return not (found.failed or found.missing or found.unreadable)
