"""Markets of open batches that nobody can decide for: told as soon as that is so, not when the batch waits for it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import col, select

from domain.appointment.appointment import APPOINTED
from domain.appointment.reliance import Signing
from domain.appointment.vacancy import Vacancy
from domain.batch.holds.holds import BatchState
from domain.batch.results.specification import SpecificationStatus
from domain.core.forms import Process
from domain.core.names import name_key
from domain.core.people import NAMED_BY_ROWS, Role
from domain.policy.market_rule import DecisionRule
from domain.policy.policy import Policy
from domain.site.site import Activity
from records.agreement.in_force import all_in_force
from records.appointment.able import Able
from records.appointment.questions import VacantMarkets
from records.authorisation.in_force import authorisations_of_all
from records.authorisation.tables import AuthorisationRow
from records.batch.deciders import deciders_of
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.core.questions import answers
from records.core.reactions import after_entry
from records.core.tables.master_data import ScopeRow
from records.core.vacancies import tell_nobody
from records.core.writing import Writing
from records.delivery.green_lights import is_clinical
from records.importation.origin import comes_from
from records.release.release_sites import Holders, Places, asks_for_the_holder, holders_by, release_sites_by

_REGISTERED = f"{Process.BATCH.noun}.request"


class _Asked(NamedTuple):
    """A decision on a batch that is waited for."""

    signing: Signing
    place: str
    batch: str

    @property
    def who(self) -> str:
        return f"{self.signing.market}, {self.signing.product}: nobody who acts as {self.place}"


@answers(VacantMarkets)
async def of_open_batches(writing: Writing, question: VacantMarkets) -> list[Vacancy]:
    """One for a product and a market, with the batches that wait. Two statements, and one for each site.

    Where a market is decided by the quality unit as well, nobody needs an appointment for it. A qualified person is
    on a licence of a release site; who is asked for one of the authorisation's holder is on that.
    """
    waiting, able = await _waiting(writing, question), question.able
    if not waiting:
        return []
    found = [Vacancy(words=words) for words in _vacant(waiting, able)]
    said = {each.words for each in found}
    for day in able.last_days(question.days) if question.days else ():
        later = [words for words in _vacant(waiting, able.on(day + timedelta(days=1))) if words not in said]
        found += [Vacancy(words=words, after=day) for words in later]
        said.update(later)
    return found


async def _waiting(writing: Writing, question: VacantMarkets) -> list[_Asked]:
    query = (
        select(BatchMarketRow, BatchRow, ScopeRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
        .where(col(BatchMarketRow.decision).is_(None), col(BatchRow.state) == BatchState.OPEN.value)
        .order_by(col(BatchRow.product), col(BatchMarketRow.market), col(BatchRow.batch_id))
    )
    if question.batch_ids is not None:
        query = query.where(col(BatchRow.batch_id).in_(question.batch_ids))
    if question.scope_id is not None:
        query = query.where(col(BatchRow.scope_id) == question.scope_id)
    waiting = []
    rows = (await writing.session.exec(query)).all()
    registered = await _registered(writing, rows)
    asked = any(holders for _, holders in registered.values())
    agreed = await all_in_force(writing.session, writing.at.date()) if asked else frozenset[tuple[str, str]]()
    origin = await comes_from(writing.session, {batch.batch_id for _, batch, _ in rows})
    for row, batch, scope in rows:
        (sites, holders), roles = registered.get((batch.batch_id, row.market), (None, None)), deciders_of(row)
        if not roles <= APPOINTED or not (question.roles is None or roles & question.roles):
            continue
        signing = Signing(
            roles=roles,
            site_id=batch.site_id,
            product=scope.product,
            activity=Activity(scope.activity),
            dosage_form=scope.dosage_form,
            market=row.market,
            release_sites=sites,
            is_clinical=is_clinical(batch),
            comes_from=origin.get(batch.batch_id, frozenset()),
            holders=holders,
            agreed=agreed,
        )
        place = f"{' or '.join(sorted(roles))}{_on_a_licence_of(sites, holders)}"
        waiting.append(_Asked(signing, place, f"{batch.number} ({batch.batch_id})"))
    return waiting


def _vacant(waiting: Sequence[_Asked], able: Able) -> list[str]:
    """Those that nobody can sign on the day that is looked at, in words."""
    found: dict[str, list[str]] = {}
    for each in waiting:
        if not able.signs(each.signing):
            found.setdefault(each.who, []).append(each.batch)
    return [
        f"{who} has an appointment in force for it; it is asked for {', '.join(batches)}"
        for who, batches in found.items()
    ]


async def _registered(
    writing: Writing, all_rows: Sequence[tuple[BatchMarketRow, BatchRow, ScopeRow]]
) -> dict[tuple[str, str], tuple[Places | None, Holders | None]]:
    """Where what is registered lets these be released today at the site that made them, and who holds it, as asked."""
    policy = await writing.policy()
    rows = [each for each in all_rows if _is_of_sites(each[0]) or _is_of_holders(each[0], policy)]
    counting = {row.market: frozenset(policy.codes_counting_in(row.market)) for row, _, _ in rows}
    products = {batch.product for _, batch, _ in rows}
    known = await authorisations_of_all(writing.session, products, frozenset[str]().union(*counting.values()))
    days = {
        site_id: (await writing.policies.calendar_of(writing.session, site_id, writing.at)).local_day(writing.at)
        for site_id in sorted({batch.site_id for _, batch, _ in rows})
    }
    found: dict[tuple[str, str], tuple[Places | None, Holders | None]] = {}
    for row, batch, scope in rows:
        product = name_key(batch.product)
        there = [each for each in known if name_key(each.product) == product and each.market in counting[row.market]]
        found[batch.batch_id, row.market] = (
            release_sites_by(there, batch, scope, days[batch.site_id]) if _is_of_sites(row) else None,
            holders_by(there, batch, scope, days[batch.site_id]) if _is_of_holders(row, policy) else None,
        )
    return found


def _is_of_sites(row: BatchMarketRow) -> bool:
    return row.rule == DecisionRule.QP.value


def _is_of_holders(row: BatchMarketRow, policy: Policy) -> bool:
    return asks_for_the_holder(policy.market_rule(row.market), deciders_of(row))


def _on_a_licence_of(places: Places | None, holders: Holders | None) -> str:
    """Which licence who decides has to be on, in words; empty where no site and no holder is asked for."""
    named = {site for sites in (places or {}).values() for site in sites} or {*(holders or {}).values()}
    return f" on a licence of {' or '.join(sorted(named))}" if named else ""


@after_entry(order=2)
async def tells_of_what_is_registered(writing: Writing) -> None:
    """A batch is registered for a market that nobody can decide for, or soon nobody any more."""
    batch_ids = tuple(each.stream for each in writing.events if each.type == _REGISTERED)
    ahead = max((await writing.policy()).limits.certificate_reminders, default=0) if batch_ids else 0
    if batch_ids and (lines := await _of(writing, batch_ids, days=ahead)):
        await tell_nobody(writing, lines)


@after_entry(order=3)
async def tells_of_other_release_sites(writing: Writing) -> None:
    """A version of an authorisation is approved: who is left may be on a licence of no site or holder that it names."""
    records = [each.stream for each in writing.events if each.type == "authorisation.approve"]
    if not records:
        return
    query = select(AuthorisationRow.product_key).where(
        col(AuthorisationRow.authorisation_id).in_(records),
        col(AuthorisationRow.status) == SpecificationStatus.APPROVED.value,
        col(AuthorisationRow.decided_at) == writing.at,
    )
    products = set((await writing.session.exec(query)).all())
    still = select(BatchRow.batch_id, BatchRow.product).where(col(BatchRow.state) == BatchState.OPEN.value)
    batches = (await writing.session.exec(still)).all() if products else ()
    batch_ids = tuple(batch_id for batch_id, product in batches if name_key(product) in products)
    if batch_ids and (lines := await _of(writing, batch_ids, roles=NAMED_BY_ROWS | {Role.QP})):
        await tell_nobody(writing, lines)


async def _of(
    writing: Writing, batch_ids: tuple[str, ...], *, roles: frozenset[Role] | None = None, days: int = 0
) -> list[str]:
    able = await Able.to_sign(writing)
    found: list[Vacancy] = await of_open_batches(
        writing, VacantMarkets(able=able, batch_ids=batch_ids, roles=roles, days=days)
    )
    return [str(each) for each in found]
