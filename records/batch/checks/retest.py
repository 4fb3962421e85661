"""Checks of retests, and of the extension of a shelf life by the authority."""

from sqlmodel import col, select

from domain.batch.batch import MarketDecision
from domain.batch.facts.quality import FailingResultFound
from domain.batch.facts.shelf_life import RetestDue
from domain.batch.making.retest import (
    EXTENSION,
    Extensible,
    ExtensionRequest,
    ExtensionSignature,
    Retest,
    refuse_unless_extensible,
    refuse_unless_retested,
)
from domain.batch.making.shelf_life import retested_until
from domain.batch.results.analysis_forms import Source
from domain.batch.supply_stage import SupplyStage
from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.case_records import CaseRecords
from records.core.checks.proposals import refuse_who_proposed
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.reactions import establish, revoke_about
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(Retest)
async def retests(writing: Writing, case: CaseRow, form: Retest) -> Effect:
    """A passing one opens a window, after which another is due; the hold stays until two persons lift it.

    A failing one is a result outside the specification, like any other.
    """
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    refuse_unless_retested(
        form,
        retest_on=batch.retest_on,
        made_on=batch.made_on,
        is_expired=batch.expired_at is not None,
        latest_day=lookups.latest_day,
    )
    if form.failed is None:
        await revoke_about(writing, RetestDue, batch.batch_id)
        return {"until": retested_until(form.tested_on, lookups.limits.retest_window).isoformat()}
    failed = form.failed
    fact = FailingResultFound(
        batch_id=batch.batch_id,
        case_id=case.case_id,
        found_in=Source.LATER,
        report=form.certificate.document_id,
        test=failed.test,
        result=failed.result,
        unit=failed.unit,
        limit=failed.limit,
    )
    await establish(writing, fact)
    return {}


@checks(ExtensionRequest)
async def asks_for_an_extension(writing: Writing, case: CaseRow, form: ExtensionRequest) -> Effect:
    """Of markets for which the batch is open or released, to a day after its last one.

    Clinical supply is extended for what is relabelled, under the plan of the trial that it is certified for.
    """
    await _refuse_unless_fitting(writing, case, form)
    return {}


@suggests(ExtensionSignature)
async def suggests_the_extension(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The version that was put on record."""
    read = await CaseRecords(writing.session, case).current(ExtensionRequest)
    return {"extension": read.model_dump(mode="json")}


@checks(ExtensionSignature)
async def signs_an_extension(writing: Writing, case: CaseRow, form: ExtensionSignature) -> Effect:
    """By the decider of the markets, another person than who has put it on record, while it still fits."""
    records = CaseRecords(writing.session, case)
    current = await records.current(ExtensionRequest)
    refuse_unless_current(form.extension, current, "extension")
    await refuse_who_proposed(writing, case.case_id, ExtensionRequest.action.name, current.version)
    request = await records.the(ExtensionRequest)
    if form.approve:
        await _refuse_unless_fitting(writing, case, request)
    return {
        "markets": [*request.markets],
        "last_day": request.last_day.isoformat(),
        "ground": request.ground.value,
        "trial": request.trial,
    }


async def _refuse_unless_fitting(writing: Writing, case: CaseRow, form: ExtensionRequest) -> None:
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id, populate_existing=True)
    query = select(BatchMarketRow).where(col(BatchMarketRow.batch_id) == batch.batch_id)
    rows = (await writing.session.exec(query)).all()
    before = (*batch.extended_markets, *batch.use_date_markets)
    if not set(before) <= set(form.markets):
        message = f"An extension for {', '.join(before)} is in force; the next one names them as well."
        raise Refused(Code.CONFLICT, message, rule=EXTENSION, fields={"markets": "must name those extended before"})
    standing = [row for row in rows if row.decision != MarketDecision.REJECT.value and row.withdrawn_at is None]
    known = Extensible(
        markets=frozenset(row.market for row in standing),
        expiry_on=batch.expiry_on,
        is_clinical=batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value,
        trials={row.market: row.trial for row in standing if row.trial is not None},
        use_to=batch.use_date_to,
    )
    refuse_unless_extensible(form, known, today=lookups.today)
