"""Checks of a round: its opening, the answers of the site, the sponsor's review."""

from domain.core.entry import OpenTask
from domain.core.people import Role
from domain.exchange.round import (
    RoundOpening,
    RoundResponse,
    RoundReview,
    refuse_unless_answered,
    refuse_unless_judged,
    refuse_unless_openable,
    refuse_unless_round,
    step_after_review,
    suggested_numbers,
    suggested_opening,
)
from records.core.declared import Effect, checks, suggests
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.exchange.exchanges import (
    exchange_of,
    items_of,
    last_number,
    open_in,
    refuse_while_stopped,
    standing_concerns,
)
from records.exchange.tables.exchanges import ExchangeRow

STEERING_PAIR = (Role.EXECUTIVE_SPONSOR, Role.CDMO_SITE_HEAD)


@suggests(RoundOpening)
async def suggests_what_is_open(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The items that the last review has left open."""
    return suggested_opening(await open_in(writing.session, await exchange_of(writing, case)))


@checks(RoundOpening)
async def can_be_opened(writing: Writing, case: CaseRow, form: RoundOpening) -> Effect:
    """Carries over what is open, numbers what is new, and tells the steering pair of a late round (section 9)."""
    exchange = await exchange_of(writing, case)
    await refuse_while_stopped(writing, exchange.scope_id)
    refuse_unless_openable(form, await open_in(writing.session, exchange))
    round_ = exchange.round + 1
    if round_ == (await writing.policy()).limits.exchange_steering_note_round:
        await _note_to_steering_pair(writing, case, exchange, round_)
    return {"round": round_, "first": await last_number(writing.session, case.case_id) + 1}


async def _note_to_steering_pair(writing: Writing, case: CaseRow, exchange: ExchangeRow, round_: int) -> None:
    people = await candidates(writing.session, STEERING_PAIR, case.site_id, at=writing.at)
    text = f"{case.title}\nRound {round_} of {exchange.rounds_max} is open. After the last one you are asked to decide."
    subject = f"{case.case_id}: round {round_} of a technical exchange"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)


async def _suggested(writing: Writing, case: CaseRow, field: str) -> Effect:
    exchange = await exchange_of(writing, case)
    items = await items_of(writing.session, case.case_id, exchange.round)
    return suggested_numbers(field, exchange.round, [item.number for item in items])


@suggests(RoundResponse)
async def suggests_responses(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The items of the round, to be answered."""
    return await _suggested(writing, case, "responses")


@checks(RoundResponse)
async def can_be_answered(writing: Writing, case: CaseRow, form: RoundResponse) -> Effect:
    """Every item of the current round has one response; not while the site is fully suspended."""
    exchange = await exchange_of(writing, case)
    await refuse_while_stopped(writing, exchange.scope_id)
    refuse_unless_round(form.round, exchange.round)
    items = await items_of(writing.session, case.case_id, exchange.round)
    refuse_unless_answered(form, [item.number for item in items])
    return {}


@suggests(RoundReview)
async def suggests_verdicts(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """The items of the round, to be judged."""
    return await _suggested(writing, case, "verdicts")


@checks(RoundReview)
async def can_be_judged(writing: Writing, case: CaseRow, form: RoundReview) -> Effect:
    """Every item has a verdict; says whether an agreement, another round or the steering pair follows."""
    exchange = await exchange_of(writing, case)
    refuse_unless_round(form.round, exchange.round)
    items = await items_of(writing.session, case.case_id, exchange.round)
    rounds_left = exchange.round < exchange.rounds_max
    concerns = await standing_concerns(writing.session, case.case_id)
    refuse_unless_judged(form, [item.number for item in items], concerns=concerns, rounds_left=rounds_left)
    return {"next": step_after_review(form, rounds_left=rounds_left).value}
