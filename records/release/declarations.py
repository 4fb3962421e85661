"""What a certificate says: the data set of the declaration (EU GMP Annex 16, appendix II; Directive 2001/83/EC)."""

from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.policy.market_rule import DecisionRule
from domain.release.certification import LICENSED, DecisionForMarket, MarketRelease, ProductDecision
from domain.release.further_processing import PartialConfirmation, ProcessingRelease
from records.batch.batches import scopes_used
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow
from records.exchange.tables.parameters import ParameterSetRow
from records.release.trial_supply import rules_of_manufacture


async def declaration(
    session: AsyncSession, batch: BatchRow, form: DecisionForMarket, rule: DecisionRule, actor: Actor, at: datetime
) -> dict[str, JsonValue]:
    """What is certified, of what, made where, by whom: as it was known at the instant of the signature."""
    return {
        "market": form.market,
        "rule": rule.value,
        "batch_id": batch.batch_id,
        "batch_number": batch.number,
        "sponsor_number": batch.sponsor_number,
        "product": batch.product,
        "strength": batch.strength,
        "supply_stage": batch.supply_stage,
        "quantity": str(form.quantity),
        "unit": batch.unit,
        "started_on": _day(batch.started_on),
        "made_on": _day(batch.made_on),
        "expiry_on": _day(batch.expiry_on),
        "retest_on": _day(batch.retest_on),
        "mbr_version": batch.mbr_version,
        "parameter_set": await _parameter_set(session, batch),
        "site_id": batch.site_id,
        "made_at": [await _place(session, scope_id) for scope_id in await scopes_used(session, batch)],
        "statement": form.statement,
        "authorisation": form.authorisation if isinstance(form, (*LICENSED, PartialConfirmation)) else None,
        "location": (form.location.model_dump(mode="json") if isinstance(form, LICENSED) and form.location else None),
        **_of_a_first_step(form),
        **_of_what_is_no_product(form),
        **await _of_a_trial(session, batch, form),
        "certified_by": actor.person,
        "certified_by_name": actor.name,
        "on_behalf_of": actor.on_behalf_of,
        "certified_at": at.isoformat(),
    }


def _of_a_first_step(form: DecisionForMarket) -> dict[str, JsonValue]:
    """The documents of the first step that a release to a market names."""
    if not isinstance(form, MarketRelease) or not form.first_release:
        return {}
    return {"first_release": [each.document_id for each in form.first_release]}


def _of_what_is_no_product(form: DecisionForMarket) -> dict[str, JsonValue]:
    """What a release for further processing or a confirmation says beyond a certificate."""
    if isinstance(form, ProcessingRelease):
        purposes = [each.value for each in form.purposes]
        return {"for_sites": [*form.sites], "purposes": [*purposes], "purpose": form.purpose}
    if isinstance(form, PartialConfirmation):
        return {"part": form.part, "agreement": form.agreement}
    return {}


async def _of_a_trial(session: AsyncSession, batch: BatchRow, form: DecisionForMarket) -> dict[str, JsonValue]:
    """What the certificate of clinical supply says beyond that of a marketed product."""
    if not isinstance(form, ProductDecision) or form.trial is None:
        return {}
    return {
        "trial": form.trial.number,
        "phase": form.trial.phase,
        "specification_file": form.trial.specification_file,
        "made_under": await rules_of_manufacture(session, batch, form),
    }


async def _place(session: AsyncSession, scope_id: str) -> JsonValue:
    scope = await session.get_one(ScopeRow, scope_id)
    site = await session.get_one(SiteRow, scope.site_id)
    supplier = await session.get_one(SupplierRow, site.supplier_id)
    return {
        "scope_id": scope_id,
        "activity": scope.activity,
        "site_id": site.site_id,
        "name": site.name,
        "address": site.address,
        "supplier": supplier.name,
    }


async def _parameter_set(session: AsyncSession, batch: BatchRow) -> str | None:
    if batch.parameter_set_id is None:
        return None
    query = select(ParameterSetRow).where(col(ParameterSetRow.set_id) == batch.parameter_set_id)
    row = (await session.exec(query)).one()
    return f"{row.set_id} v{row.major}.{row.minor}"


def _day(day: object) -> str | None:
    return str(day) if day is not None else None
