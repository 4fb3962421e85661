"""What is authorised for the products of a seeded system, in every market: all that its sites can do.

Stories and tests of the records are about other things. Those about authorisations have products of their own, or
change what is registered here.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from domain.authorisation.authorisation import AuthorisationKind, RegisteredPart
from domain.batch.results.specification import SpecificationStatus
from domain.core.names import name_key
from records.authorisation.tables import AuthorisationRow
from records.core.database import Database
from records.core.policies import Policies
from records.core.tables.master_data import ScopeRow, SiteRow

SINCE: dict[str, Any] = {"valid_from": "2000-01-01", "valid_to": None}
AT = datetime(2000, 1, 1, tzinfo=UTC)
TRIALS = ("2027-504321-17-00", "2027-504321-18-00", "IND 123456")
PACKED = "30 tablets in blisters"
"""What is packed in stories and tests of the records."""
_PREFIX = "AUT-WORLD-"


async def all_is_authorised(database: Database, trials: Iterable[str] = TRIALS) -> None:
    """Every product that a scope names, in every market that has a row of the policy: marketing, and trials."""
    async with database.writing() as session:
        sites = sorted((await session.exec(select(SiteRow.site_id))).all())
        scopes = (await session.exec(select(ScopeRow))).all()
        markets = {row.market for row in (await Policies().in_force(session, datetime.now(UTC))).markets}
        for number, product in enumerate(sorted({scope.product for scope in scopes})):
            for market in sorted(markets):
                kept = _row(product, market, sites, [scope.scope_id for scope in scopes])
                session.add(AuthorisationRow(authorisation_id=f"{_PREFIX}{number}-{market}", type="MA", **kept))
                clinical = AuthorisationKind.IND if market == "US" else AuthorisationKind.CTA
                for index, trial in enumerate(trials):
                    record = f"{_PREFIX}{number}-{market}-T{index}"
                    session.add(AuthorisationRow(authorisation_id=record, type=clinical.value, trial=trial, **kept))


def authorised_as(record: str, product: str, market: str, **changes: Any) -> AuthorisationRow:
    """The authorisation of a product that no scope makes."""
    return AuthorisationRow(authorisation_id=record, **{"type": "MA", **_row(product, market, [], []), **changes})


async def forget_what_is_authorised(database: Database) -> None:
    """What no entry of the journal has said is gone, so that a test may ask for every row of a rebuild."""
    async with database.writing() as session:
        await session.exec(delete(AuthorisationRow).where(col(AuthorisationRow.authorisation_id).startswith(_PREFIX)))


def _row(product: str, market: str, sites: list[str], scope_ids: list[str]) -> dict[str, Any]:
    return {
        "version": 1,
        "market": market,
        "product": product,
        "product_key": name_key(product),
        "number": f"{market}/1/27/1801",
        "holder": "Arlivan Therapeutics GmbH",
        "standing": [{"status": "IN_FORCE", **SINCE}],
        "steps": [{"part": part.value, "site_id": site, **SINCE} for part in RegisteredPart for site in sites],
        "release_sites": [{"site_id": site, **SINCE} for site in sites],
        "packs": [{"code": f"{market}/1/27/1801/001", "description": PACKED, **SINCE}],
        "specifications": [
            {"spec_id": f"SPEC-{scope}", "version": version, **SINCE} for scope in scope_ids for version in range(1, 10)
        ],
        "sha256": "0" * 64,
        "reason": "As granted.",
        "status": SpecificationStatus.APPROVED.value,
        "proposed_by": "PER-0",
        "proposed_at": AT,
        "decided_by": "PER-1",
        "decided_at": AT,
    }


async def process_is_registered(database: Database, set_id: str) -> None:
    """A version of a process is registered for every product of the seeded system."""
    world = col(AuthorisationRow.authorisation_id).startswith(_PREFIX)
    async with database.writing() as session:
        known = (await session.exec(select(AuthorisationRow.processes).where(world).limit(1))).first()
        if known is not None:
            now = [*known, {"set_id": set_id, **SINCE}]
            await session.exec(update(AuthorisationRow).where(world).values(processes=now))


async def market_is_authorised(database: Database, market: str) -> None:
    """A market that the policy has since is authorised as the Union is."""
    of_union = select(AuthorisationRow).where(
        col(AuthorisationRow.authorisation_id).startswith(_PREFIX), col(AuthorisationRow.market) == "EU"
    )
    async with database.writing() as session:
        for row in (await session.exec(of_union)).all():
            here = {"authorisation_id": row.authorisation_id.replace("-EU", f"-{market}"), "market": market}
            session.add(AuthorisationRow(**{**row.model_dump(), **here}))
