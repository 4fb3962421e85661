"""The authorisation under which something was imported does not stand: what follows for it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.refusals import Code
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.site.tables import CertificateRow
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.importing import LICENCE, an_importer, arrives, covers_import, covers_no_import, is_taken_back
from tests.records.making import made
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.releasing import decided
from tests.records.seeded import START, Seeded
from tests.records.stopping import stops

pytestmark = on_one_database
NUMBER = "IMP-2025-014"


async def an_import(seeded: Seeded) -> Qualifying:
    """A batch has arrived at a site whose authorisation, shown for another scope, covers import."""
    await an_importer(await fit(seeded), scope_id="SC-2")
    batch = await made(seeded)
    await covers_import(seeded, at=batch.at)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    return batch


async def holds(seeded: Seeded) -> list[Any]:
    return [(row.batch_id, row.type, row.market, row.placed_in) for row in await seeded.rows(HoldRow)]


async def test_what_came_under_it_is_held_in_the_markets_that_ask_for_the_import(seeded: Seeded) -> None:
    batch = await an_import(seeded)
    await covers_no_import(seeded, at=batch.at)
    assert await holds(seeded) == [(batch.case_id, "CERT", "EU", LICENCE)]
    (hold,) = await seeded.rows(HoldRow)
    assert hold.reason.startswith(f"It was imported with {NUMBER}. Authorisation DE_RP_01_MIA_")
    row = await seeded.row(CertificateRow, LICENCE)
    assert (row.import_confirmed_by, row.import_checked_on, row.import_wording) == (None, None, None)
    assert await seeded.rows(ReviewDemandRow) == []


async def test_what_was_released_is_reviewed(seeded: Seeded) -> None:
    batch = await an_import(seeded)
    await decided(seeded, batch.case_id, EU="RELEASE", US="RELEASE")
    await covers_no_import(seeded, at=batch.at, by="quentin")
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause) == (batch.case_id, LICENCE)


@pytest.mark.parametrize("act", ["SUSPENDED", "WITHDRAWN"])
async def test_its_authority_stops_it(seeded: Seeded, act: str) -> None:
    batch = await an_import(seeded)
    shown_in = (await a_qualification(seeded)).case_id
    async with seeded.database.writing() as session:
        (await session.get_one(CertificateRow, LICENCE)).case_id = shown_in
    await stops(seeded, "ines", LICENCE, at=batch.at, act=act)
    assert (batch.case_id, "CERT", "EU", LICENCE) in await holds(seeded)


async def test_what_was_taken_back_is_not_held(seeded: Seeded) -> None:
    batch = await an_import(seeded)
    await is_taken_back(seeded, NUMBER, at=batch.at)
    await covers_no_import(seeded, at=batch.at)
    assert await holds(seeded) == []


async def test_only_what_is_confirmed_is_taken_back_and_it_may_be_confirmed_again(seeded: Seeded) -> None:
    await an_importer(seeded)
    assert (await refused(covers_no_import(seeded, at=START))).code is Code.NOT_OPEN
    await covers_import(seeded, at=START)
    assert (await refused(covers_no_import(seeded, at=START, by="sana"))).code is Code.WRONG_ROLE
    later = START + timedelta(hours=1)
    await covers_no_import(seeded, at=later)
    assert (await refused(covers_no_import(seeded, at=later + timedelta(hours=1)))).code is Code.NOT_OPEN
    await covers_import(seeded, at=later + timedelta(hours=1))
    assert (await seeded.row(CertificateRow, LICENCE)).import_confirmed_by == seeded.result.person("ines")
