"""What stands on the authorisations of importers: consignments, and what is made of them (section 18)."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.facts.events import ImporterInDoubt
from records.batch.genealogy import in_order, lock_families
from records.batch.tables.batches import BatchRow
from records.core.reactions import Consequences, establish
from records.core.tables.master_data import SiteRow
from records.core.writing import Writing
from records.importation.bought import concerned_by
from records.importation.tables import ImportConsignmentRow


async def imported_under(session: AsyncSession, certificate_ids: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """The numbers of the consignments under certificates that stand, each with the country of its arrival, by batch.

    Those of a lot that was bought by every batch that was made with it.
    """
    query = (
        select(ImportConsignmentRow, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .where(
            col(ImportConsignmentRow.authorisation_id).in_(sorted(certificate_ids)),
            col(ImportConsignmentRow.withdrawn_at).is_(None),
        )
        .order_by(col(ImportConsignmentRow.number))
    )
    rows = (await session.exec(query)).all()
    countries = {row.number: country or "" for row, country in rows}
    found = await concerned_by(session, [row for row, _ in rows])
    return {batch_id: [(number, countries[number]) for number in numbers] for batch_id, numbers in found.items()}


async def doubt_imports(writing: Writing, certificate_ids: Collection[str], reason: str) -> Consequences:
    """What was imported under certificates, and what was made of that, in the markets that ask for the import.

    What is not decided of it is held; what is released is reviewed.
    """
    done, policy = Consequences(), await writing.policy()
    found = await imported_under(writing.session, certificate_ids)
    await lock_families(writing, found)
    for batch_id in sorted(found, key=in_order):
        batch = await writing.session.get_one(BatchRow, batch_id, populate_existing=True)
        for market in sorted(batch.markets):
            rule = policy.market_rule(market)
            numbers = [number for number, country in found[batch_id] if rule and country in rule.import_area]
            if numbers:
                fact = ImporterInDoubt(
                    batch_id=batch_id,
                    case_id=min(certificate_ids),
                    market=market,
                    consignments=tuple(numbers),
                    reason=reason,
                )
                done += await establish(writing, fact)
    return done
