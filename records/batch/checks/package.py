"""Checks of the site's package on a batch, and of its completeness."""

from datetime import date

from sqlmodel import col, select

from domain.batch.batch import DeviationState, OosState, Relation
from domain.batch.making.package import BatchPackage, Completeness, missing_from, refuse_unless_checked
from domain.batch.results.analysis_forms import Source
from domain.batch.results.oos import is_under_way
from domain.core.entry import OpenTask
from records.batch.tables.analysis import AnalysisRow
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.batch.tables.process import BatchChangeRow, BatchDeviationRow, OosRow
from records.core.declared import Effect, checks, due, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

PACKAGE = "batch.package"


@due(BatchPackage)
async def package_day(writing: Writing, case: CaseRow, line: OpenTask) -> date | None:
    """The first package is due by the agreement; a corrected one by the policy's own clock."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    if line.clock != PACKAGE or batch.package_due_at is None:
        return None
    return (await lookups_of(writing, case)).calendar.local_day(batch.package_due_at)


@checks(BatchPackage)
async def receives_a_package(writing: Writing, case: CaseRow, form: BatchPackage) -> Effect:
    """The program looks for what is missing; a person decides (`batch.completeness`)."""
    return {"missing": [*await _missing(writing, case, form)]}


@suggests(Completeness)
async def suggests_what_is_missing(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """What the program misses in the last package, as it stands now."""
    lookups = await lookups_of(writing, case)
    missing = await _missing(writing, case, await lookups.the(BatchPackage))
    return {"missing": [*missing]} if missing else {}


@checks(Completeness)
async def judges_completeness(writing: Writing, case: CaseRow, form: Completeness) -> Effect:
    """Nothing passes that the program misses something of."""
    lookups = await lookups_of(writing, case)
    missing = await _missing(writing, case, await lookups.the(BatchPackage))
    refuse_unless_checked(form, missing)
    return {}


async def _missing(writing: Writing, case: CaseRow, package: BatchPackage) -> tuple[str, ...]:
    session, batch_id = writing.session, case.case_id
    deviations = (
        await session.exec(select(BatchDeviationRow).where(col(BatchDeviationRow.batch_id) == batch_id))
    ).all()
    results = (await session.exec(select(OosRow).where(col(OosRow.batch_id) == batch_id))).all()
    changes = select(BatchChangeRow.change_id).where(col(BatchChangeRow.batch_id) == batch_id)
    relations = select(BatchParentRow.relation).where(col(BatchParentRow.batch_id) == batch_id)
    analysed = select(AnalysisRow.line).where(
        col(AnalysisRow.batch_id) == batch_id,
        col(AnalysisRow.source) == Source.COA.value,
        col(AnalysisRow.superseded).is_(False),
    )
    still_open = [each.deviation_id for each in deviations if each.state == DeviationState.OPEN.value]
    still_open += [each.oos_id for each in results if is_under_way(OosState(each.state))]
    return missing_from(
        package,
        relations=[Relation(relation) for relation in (await session.exec(relations)).all()],
        deviations=[each.deviation_id for each in deviations],
        results=[each.oos_id for each in results],
        changes=(await session.exec(changes)).all(),
        still_open=still_open,
        has_certificate=(await session.exec(analysed.limit(1))).first() is not None,
    )
