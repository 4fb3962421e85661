"""Flaws of what is bought and goes into a batch: where products came from, and how they were imported."""

from datetime import timedelta
from typing import Any

from records.batch.tables.batches import BatchUseRow
from tests.one_flaw.flaws import Flaw, both, said
from tests.one_flaw.imports import licensed, tested_in
from tests.one_flaw.making import begun
from tests.one_flaw.places import PAKKAUS
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import EU_PACK
from tests.records.importing import arrives, is_cleared

SOLVENT: dict[str, Any] = {
    "name": "Diluent for Arlivan",
    "lot": "D-9",
    "manufacturer": "Alpwasser AG, Basel",
    "part": "DOSAGE_FORM",
}
"""What is packed with the tablets, and was bought as a product."""
NUMBER = "IMP-91"


def with_solvent(
    *further: Flaw,
    came_from: str = "CH",
    tested: bool = True,
    what: str = EU_PACK,
    importer: Flaw = licensed(PAKKAUS),  # noqa: B008
) -> Flaw:
    """A solvent from a country is packed with the tablets in Turku, which may import; the pack is tested in Hamburg."""
    test = (tested_in("DE"),) if tested else ()
    return both(said(what, "start", materials=[{**SOLVENT, "came_from": came_from}]), importer, *test, *further)


def solvent_arrived(*, cleared: bool = True, early: bool = True, **given: Any) -> Flaw:
    """A consignment of it has arrived in Turku, before it was packed, or two days after that."""

    async def act(told: Telling) -> None:
        if not early:
            told.passes(days=2)
        came = begun(told.world, EU_PACK) - timedelta(hours=1) if early else told.at - timedelta(hours=1)
        lot = {"material": "DILUENT for Arlivan", "number": "D 9", "manufacturer": "Alpwasser AG, Basel", "unit": "1"}
        form = {
            "lot": lot,
            "from_country": "CH",
            "to_site_id": PAKKAUS.site_id,
            "authorisation_id": told.notes.get("licence"),
            "arrived_at": came.isoformat(),
            "quantity": "15000",
            "documents": [await told.uploads("sana")],
            **given,
        }
        await arrives(told.seeded, NUMBER, None, at=told.at, **form)
        if cleared:
            paper = await told.uploads("sana")
            day = came.date().isoformat()
            await is_cleared(told.seeded, NUMBER, at=told.at, cleared_on=day, documents=[paper])
        told.passes(minutes=1)

    return Flaw(act)


def from_somewhere(what: str = EU_PACK) -> Flaw:
    """The start of manufacture was reported when nobody asked from where a product came."""

    async def act(told: Telling) -> None:
        async with told.seeded.database.writing() as session:
            key = (told.world.batches[what], "MATERIAL", "Diluent for Arlivan D-9")
            rows = [
                row for row in await told.seeded.rows(BatchUseRow) if (row.batch_id, row.kind, row.reference) == key
            ]
            (await session.get_one(BatchUseRow, (*key, rows[0].issuer))).came_from = None

    return Flaw(act)
