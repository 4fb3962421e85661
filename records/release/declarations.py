"""What a certificate says: the data set of the declaration (EU GMP Annex 16, appendix II; Directive 2001/83/EC)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor, Role
from domain.policy.market_rule import DecisionRule
from domain.release.certificate import CONTENT_VERSION, template_of
from domain.release.certification import LICENSED, DecisionForMarket, MarketRelease, ProductDecision
from domain.release.further_processing import PartialConfirmation, ProcessingRelease
from domain.site.certificate import OF_MANUFACTURE, CertificateStatus, CertificateType
from records.batch.batches import scopes_used
from records.batch.tables.batches import BatchRow
from records.core.tables.master_data import ScopeRow, SiteRow, SupplierRow
from records.exchange.tables.parameters import ParameterSetRow
from records.site.tables import CertificateRow


class Signing(NamedTuple):
    """Who signs, as what, and when."""

    actor: Actor
    entitled: frozenset[Role]
    """The roles that decide for the market."""
    at: datetime


async def declaration(
    session: AsyncSession,
    batch: BatchRow,
    form: DecisionForMarket,
    rule: DecisionRule,
    signing: Signing,
    *,
    destinations: Sequence[str],
    before: Collection[str],
    made_under: str | None,
) -> dict[str, JsonValue]:
    """What is certified, of what, made where, by whom: as it was known at the instant of the signature.

    `before` are the scopes that have made a part of what the batch comes from, `made_under` the rules that clinical
    supply was made under, where the phase of its trial decides that.
    """
    own = await scopes_used(session, batch)
    places = await _places(session, {*own, *before}, signing.at)
    actor = signing.actor
    clinical = isinstance(form, ProductDecision) and form.trial is not None
    return {
        "template": template_of(rule, clinical=clinical).value,
        "content_version": CONTENT_VERSION,
        "market": form.market,
        "destinations": [*destinations],
        "rule": rule.value,
        "batch_id": batch.batch_id,
        "batch_number": batch.number,
        "sponsor_number": batch.sponsor_number,
        "product": batch.product,
        "strength": batch.strength,
        "dosage_form": (await session.get_one(ScopeRow, batch.scope_id)).dosage_form,
        "pack": batch.pack,
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
        "made_at": [places[scope_id] for scope_id in own],
        "made_before": [places[scope_id] for scope_id in sorted(set(before) - set(own))],
        "statement": form.statement,
        "authorisation": form.authorisation if isinstance(form, (*LICENSED, PartialConfirmation)) else None,
        "location": (form.location.model_dump(mode="json") if isinstance(form, LICENSED) and form.location else None),
        **_of_a_first_step(form),
        **_of_what_is_no_product(form),
        **_of_a_trial(form, made_under),
        "signed_as": min((role.value for role in actor.roles & signing.entitled), default=None),
        "certified_by": actor.person,
        "certified_by_name": actor.name,
        "on_behalf_of": actor.on_behalf_of,
        "certified_at": signing.at.isoformat(),
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


def _of_a_trial(form: DecisionForMarket, made_under: str | None) -> dict[str, JsonValue]:
    """What the certificate of clinical supply says beyond that of a marketed product."""
    if not isinstance(form, ProductDecision) or form.trial is None:
        return {}
    return {
        "trial": form.trial.number,
        "phase": form.trial.phase,
        "specification_file": form.trial.specification_file,
        "made_under": made_under,
    }


async def _places(session: AsyncSession, scope_ids: Collection[str], at: datetime) -> dict[str, JsonValue]:
    """Where work was done, by scope, with the numbers of the authorisations and certificates that count there."""
    query = (
        select(ScopeRow, SiteRow, SupplierRow)
        .join(SiteRow, col(SiteRow.site_id) == col(ScopeRow.site_id))
        .join(SupplierRow, col(SupplierRow.supplier_id) == col(SiteRow.supplier_id))
        .where(col(ScopeRow.scope_id).in_(sorted(scope_ids)))
    )
    numbers = await _authorisations(session, scope_ids, at)
    return {
        scope.scope_id: {
            "scope_id": scope.scope_id,
            "activity": scope.activity,
            "site_id": site.site_id,
            "name": site.name,
            "address": site.address,
            "supplier": supplier.name,
            "authorisations": [*numbers.get(scope.scope_id, ())],
        }
        for scope, site, supplier in (await session.exec(query)).all()
    }


async def _authorisations(session: AsyncSession, scope_ids: Collection[str], at: datetime) -> dict[str, list[str]]:
    query = select(CertificateRow).where(
        col(CertificateRow.scope_id).in_(sorted(scope_ids)),
        col(CertificateRow.type).in_(sorted(OF_MANUFACTURE | {CertificateType.GMP_CERT})),
        col(CertificateRow.status) == CertificateStatus.VERIFIED.value,
        col(CertificateRow.sort_valid_to) >= at.date(),
    )
    found: dict[str, list[str]] = {}
    for row in (await session.exec(query.order_by(col(CertificateRow.serial)))).all():
        found.setdefault(row.scope_id, []).append(row.number)
    return found


async def _parameter_set(session: AsyncSession, batch: BatchRow) -> str | None:
    if batch.parameter_set_id is None:
        return None
    query = select(ParameterSetRow).where(col(ParameterSetRow.set_id) == batch.parameter_set_id)
    row = (await session.exec(query)).one()
    return f"{row.set_id} v{row.major}.{row.minor}"


def _day(day: object) -> str | None:
    return str(day) if day is not None else None
