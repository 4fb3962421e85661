"""Which batches stand on an authorisation, and whether something is in force for one of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Product, Registered, in_force_on, those_of
from domain.batch.batch import MarketDecision
from domain.batch.holds.holds import BatchState
from domain.batch.making.pack import Pack
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.policy.market_rule import DecisionRule
from records.authorisation.in_force import authorisations_of, newest_version
from records.batch.genealogy import in_order
from records.batch.notifying import notify_batch
from records.batch.questions import NothingInForce, StandsOn
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import AuthorisedDecisionRow, BatchMarketRow, HoldRow
from records.core.questions import answers
from records.core.tables.master_data import ScopeRow
from records.core.writing import Writing

Line = tuple[BatchMarketRow, BatchRow, str | None]
"""A market of a batch, the batch, and the dosage form of its scope."""


@answers(StandsOn)
async def answers_what_stands_on_it(writing: Writing, asked: StandsOn) -> list[tuple[str, str]]:
    """Batches with each of their markets: released there on it, or open there and of its kind, strength, form, trial.

    A release stands on the authorisations that its entries in the register name. One that names none, of an earlier
    version of the program, is looked for like what is open.

    Where another one is in force that names the pack, and this one names others, it does not stand on this one. What is
    open for trials stands on that of one trial only where no other one is in force: who certifies names it.
    """
    own = await newest_version(writing.session, asked.authorisation_id)
    if own is None:
        return []
    policy, day = await writing.policy(), writing.at.date()
    known = await authorisations_of(writing.session, own.product, policy.codes_counting_in(own.market))
    others = [each for each in in_force_on(known, day) if each.authorisation_id != own.authorisation_id]
    lines = await _open_or_released(writing.session, own)
    named = await _named_by(writing.session, {row.batch_id for row, _, _ in lines})
    found = [
        (row.batch_id, row.market)
        for row, batch, form in lines
        if own.authorisation_id in (by := named.get((row.batch_id, row.market), frozenset()))
        or (
            (asked.may_come_to or row.decision is None or not by)
            and policy.counts_in(own.market, row.market)
            and _stands_on(own, () if asked.may_come_to else others, row, product_of(batch, form, row.trial))
        )
    ]
    return sorted(found, key=lambda each: (in_order(each[0]), each[1]))


def _stands_on(own: Registered, others: Sequence[Registered], row: BatchMarketRow, product: Product) -> bool:
    if not own.may_cover(product):
        return False
    fit = [each for each in others if each.may_cover(product)]
    if product.is_clinical:
        return row.decision is not None or not fit
    return not own.packs or own.names_pack(product) or not any(each.names_pack(product) for each in fit)


@answers(NothingInForce)
async def answers_what_is_missing(writing: Writing, asked: NothingInForce) -> str | None:
    """Why a market of a batch has no authorisation in force today; `None` if it has one."""
    batch = await writing.session.get_one(BatchRow, asked.batch_id)
    row = await writing.session.get(BatchMarketRow, (asked.batch_id, asked.market))
    scope = await writing.session.get(ScopeRow, batch.scope_id)
    known = await authorisations_of(
        writing.session, batch.product, (await writing.policy()).codes_counting_in(asked.market)
    )
    trial = row.trial if row is not None else None
    product = product_of(batch, scope.dosage_form if scope is not None else None, trial)
    return stopped_by(those_of(known, product), writing.at)


def stopped_by(known: Collection[Registered], at: datetime) -> str | None:
    """Why none of some authorisations is in force, in words; `None` if one is, or there is none."""
    day = at.date()
    if not known or in_force_on(known, day):
        return None
    said = ((each, each.status_on(day)) for each in known)
    return ", ".join(
        f"{each.name} is {status.words if status is not None else 'not in force'}" for each, status in said
    )


def product_of(batch: BatchRow, dosage_form: str | None, trial: str | None) -> Product:
    """A batch, as authorisations see it."""
    is_clinical = batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    pack = Pack.model_validate(batch.pack) if batch.pack is not None else None
    return Product(is_clinical, batch.strength, dosage_form, pack, trial)


async def tell_batches_held_by(writing: Writing, authorisation_id: str) -> None:
    """Their procedures look again at the holds that it has led to."""
    query = select(HoldRow.batch_id).where(col(HoldRow.placed_in) == authorisation_id, col(HoldRow.lifted_at).is_(None))
    for batch_id in sorted({*(await writing.session.exec(query)).all()}, key=in_order):
        await notify_batch(writing, batch_id)


async def _named_by(session: AsyncSession, batch_ids: Collection[str]) -> dict[tuple[str, str], frozenset[str]]:
    """The authorisations that the entries of batches in the registers name, by batch and market. One statement."""
    query = select(AuthorisedDecisionRow).where(col(AuthorisedDecisionRow.batch_id).in_(sorted(batch_ids)))
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in (await session.exec(query)).all():
        key = row.batch_id, row.market
        found[key] = found.get(key, frozenset()) | {row.authorisation_id}
    return found


async def _open_or_released(session: AsyncSession, own: Registered) -> Sequence[Line]:
    """What is not closed of its product, in every spelling, and what names it; for markets that have not refused it.

    As it is now, also where it has been read before in the same transaction.
    """
    spelled = select(BatchRow.product).where(col(BatchRow.state) != BatchState.CLOSED.value).distinct()
    key = name_key(own.product)
    same = sorted(each for each in (await session.exec(spelled)).all() if name_key(each) == key)
    naming = select(AuthorisedDecisionRow.batch_id).where(
        col(AuthorisedDecisionRow.authorisation_id) == own.authorisation_id
    )
    query = (
        select(BatchMarketRow, BatchRow, ScopeRow.dosage_form)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchMarketRow.batch_id))
        .join(ScopeRow, col(ScopeRow.scope_id) == col(BatchRow.scope_id))
        .where(
            or_(col(BatchRow.product).in_(same), col(BatchRow.batch_id).in_(naming)),
            col(BatchRow.state) != BatchState.CLOSED.value,
            col(BatchMarketRow.rule).in_([each.value for each in DecisionRule if each.is_of_a_product]),
            func.coalesce(col(BatchMarketRow.decision), "") != MarketDecision.REJECT.value,
            col(BatchMarketRow.withdrawn_at).is_(None),
        )
    )
    return (await session.exec(query.execution_options(populate_existing=True))).all()
