"""Checks of the site's disposition, of the package, and of where a batch goes."""

from datetime import date

from sqlmodel import col, select

from domain.batch.batch import DeviationState, OosState, Relation
from domain.batch.disposition import (
    Redirection,
    RejectionAnswer,
    SiteDisposition,
    Way,
    refuse_unless_disposable,
    refuse_unless_open_way,
)
from domain.batch.facts import BatchRejected
from domain.batch.package import BatchPackage, Completeness, missing_from, refuse_unless_checked
from domain.core.entry import OpenTask
from records.agreement.notices import notice_due
from records.batch.batches import decisions_on
from records.batch.tables.analysis import AnalysisRow
from records.batch.tables.batches import BatchChangeRow, BatchDeviationRow, BatchParentRow, BatchRow, OosRow
from records.core.declared import Effect, checks, due, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

_PACKAGE = "batch.package"
_UNDER_WAY = (OosState.LABORATORY.value, OosState.INVESTIGATION.value)


@checks(SiteDisposition)
async def disposes(writing: Writing, case: CaseRow, form: SiteDisposition) -> Effect:
    """Says by when the package is due: by the quality agreement, else by the policy (`batch.package`)."""
    refuse_unless_disposable(form)
    due_at = await notice_due(writing, case.site_id, case.scope_ids, _PACKAGE, writing.at)
    return {"package_due_at": due_at.isoformat()}


@checks(Redirection)
async def redirects(writing: Writing, case: CaseRow, form: Redirection) -> Effect:
    """What is on the market in part is not worked again (`refuse_unless_open_way`). Says what is decided already.

    What comes from a batch that is not released as it is, is held.
    """
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    decisions = await decisions_on(writing.session, batch.batch_id)
    refuse_unless_open_way(form, released=batch.released, is_open=None in decisions.values())
    if form.way is not Way.RETURN_FOR_CORRECTION and not batch.released:
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
    return {"decided": {market: decision for market, decision in decisions.items() if decision}}


@checks(RejectionAnswer)
async def answers_a_rejection(writing: Writing, case: CaseRow, form: RejectionAnswer) -> Effect:
    """What comes from a batch that both sides reject is held."""
    if form.concur:
        batch = await writing.session.get_one(BatchRow, case.case_id)
        await establish(writing, BatchRejected(batch_id=batch.batch_id, number=batch.number))
    return {}


@due(BatchPackage)
async def package_day(writing: Writing, case: CaseRow, line: OpenTask) -> date | None:
    """The first package is due by the agreement; a corrected one by the policy's own clock."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    if line.clock != _PACKAGE or batch.package_due_at is None:
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
    return {"complete": not missing, "missing": [*missing]}


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
        col(AnalysisRow.batch_id) == batch_id, col(AnalysisRow.source) == "COA", col(AnalysisRow.superseded).is_(False)
    )
    still_open = [each.deviation_id for each in deviations if each.state == DeviationState.OPEN.value]
    still_open += [each.oos_id for each in results if each.state in _UNDER_WAY]
    return missing_from(
        package,
        relations=[Relation(relation) for relation in (await session.exec(relations)).all()],
        deviations=[each.deviation_id for each in deviations],
        results=[each.oos_id for each in results],
        changes=(await session.exec(changes)).all(),
        still_open=still_open,
        has_certificate=(await session.exec(analysed.limit(1))).first() is not None,
    )
