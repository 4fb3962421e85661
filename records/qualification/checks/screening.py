"""Checks of the screening in registers, and of the decision to go on in spite of it."""

from datetime import date, timedelta

from sqlmodel import col, select

from domain.core.document import refuse_unless_current
from domain.core.entry import OpenTask
from domain.core.refusals import Code, Refused
from domain.policy.market_asks import MarketAsks
from domain.policy.policy import Policy
from domain.qualification.registers import refuse_unless_from_extracts
from domain.qualification.screening import (
    Screening,
    ScreeningOverride,
    obstacles,
    refuse_unless_screened,
    risk_facts,
    suggested_screening,
)
from domain.site.registers import Register
from records.asl.statements import end_status
from records.core.checks.decisions import suggests_current
from records.core.declared import Effect, checks, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.qualification.tables.registers import RegisterExtractRow


@suggests(Screening)
async def suggests_registers(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    return suggested_screening(_asks(await writing.policy(), case))


@checks(Screening)
async def is_screened(writing: Writing, case: CaseRow, form: Screening) -> Effect:
    """Every register of the markets has answered lately; says what blocks, and what the risk must know (section 4)."""
    lookups = await lookups_of(writing, case)
    refuse_unless_screened(
        form,
        asks=_asks(lookups.policy, case),
        earliest=lookups.before(lookups.limits.screening_check_age_max, lookups.today),
        latest=lookups.now + timedelta(minutes=lookups.limits.client_clock_ahead_minutes),
        tz=lookups.tz,
    )
    refuse_unless_from_extracts(form, await _imported(writing, form))
    return {"blocked_by": [*map(str, obstacles(form))], "facts": [*map(str, risk_facts(form))]}


def _asks(policy: Policy, case: CaseRow) -> list[MarketAsks]:
    return [policy.asks_of(each) for each in case.order["markets"]]


async def _imported(writing: Writing, form: Screening) -> dict[tuple[Register, str], date]:
    """The day of the data of each document that is given as evidence, by the register it is an extract of."""
    documents = sorted({check.evidence.document_id for check in form.checks})
    query = select(RegisterExtractRow).where(col(RegisterExtractRow.document_id).in_(documents))
    rows = (await writing.session.exec(query.order_by(col(RegisterExtractRow.as_of)))).all()
    return {(Register(row.register_name), row.document_id): row.as_of for row in rows}


suggests_current(Screening, "screening", ScreeningOverride)


@checks(ScreeningOverride)
async def decides_on_current_screening(writing: Writing, case: CaseRow, form: ScreeningOverride) -> Effect:
    """Who decides has read the current version, and there is something to decide on."""
    lookups = await lookups_of(writing, case)
    refuse_unless_current(form.screening, await lookups.current(Screening), "screening")
    if not obstacles(await lookups.the(Screening)):
        raise Refused(Code.NOT_OPEN, "Nothing in the screening needs to be overridden.", rule="section 4, screening")
    if not form.override:
        await end_status(writing, case, form.reason, writing.actor.persons)
    return {}
