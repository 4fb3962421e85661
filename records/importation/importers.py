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
from records.importation.tables import ImportConsignmentRow


async def imported_under(
    session: AsyncSession, certificate_ids: Collection[str]
) -> dict[str, list[tuple[ImportConsignmentRow, str | None]]]:
    """The consignments under certificates that stand, each with the country of its arrival, by batch."""
    query = (
        select(ImportConsignmentRow, SiteRow.country)
        .join(SiteRow, col(SiteRow.site_id) == col(ImportConsignmentRow.to_site_id))
        .where(
            col(ImportConsignmentRow.authorisation_id).in_(sorted(certificate_ids)),
            col(ImportConsignmentRow.withdrawn_at).is_(None),
        )
        .order_by(col(ImportConsignmentRow.number))
    )
    found: dict[str, list[tuple[ImportConsignmentRow, str | None]]] = {}
    for row, country in (await session.exec(query)).all():
        found.setdefault(row.batch_id, []).append((row, country))
    return found


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
            numbers = [row.number for row, country in found[batch_id] if rule and country in rule.import_area]
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
