"""What is authorised before the story begins: one product in each market, and all its sites."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from domain.batch.results.specification import stream_of
from records.batch.tables.analysis import SpecificationRow
from records.exchange.tables.parameters import ParameterSetRow
from tests.authorised import PACKED, SINCE
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, PLACES, TAVIRA, VELDMARK
from tests.records.authorising import authorises
from tests.records.seeded import Seeded

RECORDS = {market: f"AUT-ARLIVAN-{market}" for market in ("EU", "US", "GB", "CH")}
_NUMBERS = {"EU": "EU/1/27/1801", "US": "NDA 218801", "GB": "PL 12345/0801", "CH": "Swissmedic 68801"}
IMPORTERS = (LARNWICK, MIKRON, PAKKAUS)
"""Where goods may arrive from outside."""
_DOES = {LARNWICK: "INTERMEDIATE", VELDMARK: "API", MIKRON: "API", TAVIRA: "DOSAGE_FORM", PAKKAUS: "PACKAGING"}


async def authorised(seeded: Seeded, scopes: Mapping[str, str], markets: Sequence[str], at: datetime) -> None:
    """In all markets the same: every site for what it does, the specifications and processes that there are."""
    async with seeded.database.reading() as session:
        versions = select(SpecificationRow.spec_id, SpecificationRow.version).where(
            col(SpecificationRow.spec_id).in_([stream_of(scope) for scope in scopes.values()])
        )
        specified: Sequence[Any] = (await session.exec(versions)).all()
        sets = (await session.exec(select(ParameterSetRow.set_id))).all()
    for market in markets:
        await authorises(
            seeded,
            RECORDS[market],
            at=at,
            market=market,
            product=PAKKAUS.product,
            number=_NUMBERS[market],
            steps=[
                {
                    "part": _DOES[place],
                    "site_id": place.site_id,
                    "substance": place.product if place in (LARNWICK, VELDMARK, MIKRON) else None,
                    **SINCE,
                }
                for place in PLACES
            ]
            + [{"part": "IMPORT", "site_id": place.site_id, **SINCE} for place in IMPORTERS],
            packs=[
                {"code": f"{market}/001", "description": PACKED, **SINCE},
                {"code": f"{market}/002", "description": "28 tablets in blisters", **SINCE},
            ],
            release_sites=[{"site_id": place.site_id, **SINCE} for place in (PAKKAUS, VELDMARK)],
            specifications=[{"spec_id": spec, "version": version, **SINCE} for spec, version in specified],
            processes=[{"set_id": set_id, **SINCE} for set_id in sets],
        )
