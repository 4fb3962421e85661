"""What is on record of the batch that a maker's certificate is of."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, specified_by
from domain.batch.batch import UseKind
from domain.batch.results.specification import SpecifiedTest
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.importation.batch_certificate import ManufacturerCertificate
from domain.importation.certified_batch import CertifiedBatch
from domain.site.site import Activity
from records.authorisation.in_force import authorisations_of
from records.batch.results.specifications import approved_of, tests_of, valid_at
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.core.tables.master_data import ScopeRow, SiteRow
from records.core.writing import Writing
from records.importation.licences import imported_under_by_country, licences_of


async def certified_batch(
    writing: Writing, row: BatchRow, form: ManufacturerCertificate, today: date
) -> CertifiedBatch:
    """A batch, its sites and their authorisations, and what is registered for it where the certificate is for."""
    session, policy = writing.session, await writing.policy()
    steps, others = await _scopes(session, row, form)
    did: dict[str, set[Activity]] = defaultdict(set)
    for scope, _ in steps:
        did[scope.site_id].add(Activity(scope.activity))
    registered = await _registered(writing, row, form.importing_country)
    imports = await imported_under_by_country(session, row.batch_id)
    return CertifiedBatch(
        numbers=tuple(each for each in (row.number, row.sponsor_number) if each is not None),
        product=row.product,
        strength=row.strength,
        dosage_form=next((scope.dosage_form for scope, _ in steps if scope.scope_id == row.scope_id), None),
        begun_on=row.started_on,
        made_on=row.made_on,
        expires_on=row.expiry_on,
        makers={scope.site_id: country for scope, country in steps},
        did={site_id: frozenset(each) for site_id, each in did.items()},
        laboratories=frozenset(each.site_id for each in others if name_key(each.product) == name_key(row.product)),
        licences=await licences_of(session, {*did, *(each.site_id for each in form.sites)}),
        imported_in=frozenset(imports),
        import_licences=imports,
        registered=tuple(registered),
        specifications=await _specifications(writing, row, form.importing_country, registered, today),
        rounding=policy.limits.result_rounding,
    )


async def _scopes(
    session: AsyncSession, row: BatchRow, form: ManufacturerCertificate
) -> tuple[list[tuple[ScopeRow, str | None]], list[ScopeRow]]:
    """The scopes that it was made in, each with its country; and those for testing at sites that are named."""
    used = select(BatchUseRow.reference).where(
        col(BatchUseRow.batch_id) == row.batch_id, col(BatchUseRow.kind) == UseKind.SCOPE.value
    )
    made_in = {row.scope_id, *(await session.exec(used)).all()}
    named = sorted({each.site_id for each in form.sites if each.activity is Activity.TESTING})
    query = (
        select(ScopeRow, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ScopeRow.site_id))
        .where(
            or_(
                col(ScopeRow.scope_id).in_(sorted(made_in)),
                col(ScopeRow.site_id).in_(named) & (col(ScopeRow.activity) == Activity.TESTING.value),
            )
        )
    )
    found = (await session.exec(query)).all()
    steps = [(scope, country) for scope, country in found if scope.scope_id in made_in]
    return steps, [scope for scope, _ in found if scope.activity == Activity.TESTING.value]


async def _registered(writing: Writing, row: BatchRow, country: str) -> list[Registered]:
    """The authorisations of its product in a country, of its kind and strength."""
    codes = (await writing.policy()).codes_counting_in(country)
    is_clinical = row.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    known = await authorisations_of(writing.session, row.product, codes)
    return [each for each in known if each.type.is_clinical is is_clinical and each.is_for(row.strength, None)]


async def _specifications(
    writing: Writing, row: BatchRow, country: str, registered: Iterable[Registered], today: date
) -> tuple[tuple[SpecifiedTest, ...], ...]:
    """The tests of the versions that are valid in a country or in what it counts as, the newest first."""
    approved = await approved_of(writing.session, row.scope_id)
    policy, named = await writing.policy(), specified_by(registered, today)
    valid = {
        each.row.version: each.row
        for code in policy.codes_counting_in(country)
        for each in valid_at(approved, code, writing.at, today, named)
    }
    return tuple(tests_of(valid[version]) for version in sorted(valid, reverse=True))
