"""Manufacturer's certificates, through the journal."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import ReviewDemandRow
from records.importation.queries.batch_certificates import batch_certificates, one_batch_certificate
from records.importation.tables import BatchCertificateRow
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.importing import a_maker_certifies, an_importer, is_reviewed
from tests.records.making import made
from tests.records.qualifying import Qualifying, refused
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database
NUMBER = "MBC-2025-014"


async def a_batch(seeded: Seeded) -> Qualifying:
    await an_importer(await fit(seeded), country="CH")
    return await made(seeded)


async def test_a_certificate_is_entered_by_the_site_and_reviewed_by_the_sponsor(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at, by="vito")
    row = await seeded.row(BatchCertificateRow, NUMBER)
    assert (row.batch_id, row.site_id, row.accepted) == (batch.case_id, "VM-02", None)
    await is_reviewed(seeded, NUMBER, at=batch.at, by="priya")
    row = await seeded.row(BatchCertificateRow, NUMBER)
    assert (row.accepted, row.reviewed_by) == (True, seeded.result.person("priya"))
    site, sponsor = [await seeded.actor(user, at=batch.at) for user in ("vito", "ines")]
    async with seeded.database.reading() as session:
        shown = await one_batch_certificate(session, sponsor, NUMBER)
        (own,) = (await batch_certificates(session, site, batch=batch.case_id, cursor=None, limit=1)).items
        other = await batch_certificates(session, await seeded.actor("olga"), batch=None, cursor=None, limit=1)
    name = (await seeded.actor("priya")).name
    assert (shown.reviewer_name, shown.certificate.issued_in) == (name, "CH")
    assert (own.accepted, own.finding, own.reviewed_by) == (True, None, None)
    assert other.items == ()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"batch_number": "B-999"}, "batch_number"),
        ({"product": "ARL-205"}, "product"),
        ({"expires_on": "2027-01-31"}, "expires_on"),
        ({"issued_in": "IN"}, "issued_in"),
        ({"importing_country": "BR"}, "importing_country"),
    ],
)
async def test_what_is_unlike_the_records_is_refused(seeded: Seeded, given: dict[str, Any], field: str) -> None:
    batch = await a_batch(seeded)
    refusal = await refused(a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at, **given))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, {field})
    assert await seeded.rows(BatchCertificateRow) == []


async def test_another_site_knows_of_no_such_batch(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    refusal = await refused(a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at, by="olga"))
    assert refusal.fields == {"batch_id": "unknown"}


async def test_who_has_entered_it_does_not_accept_it(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at, by="ines")
    own = await refused(is_reviewed(seeded, NUMBER, at=batch.at, by="ines"))
    assert own.code is Code.SEGREGATION_OF_DUTIES
    again = await refused(a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at + timedelta(hours=1)))
    assert (again.code, again.fields) == (Code.CONFLICT, {"number": "is taken"})
    assert (await refused(is_reviewed(seeded, "MBC-9", at=batch.at))).code is Code.NOT_FOUND


async def test_one_that_counted_and_is_turned_down_has_the_release_reviewed(seeded: Seeded) -> None:
    await an_importer(await fit(seeded), country="CH")
    batch = await released(seeded)
    assert (await seeded.row(BatchRow, batch.case_id)).released
    await a_maker_certifies(seeded, NUMBER, batch.case_id, at=batch.at)
    await is_reviewed(seeded, NUMBER, at=batch.at)
    assert await seeded.rows(ReviewDemandRow) == []
    await is_reviewed(seeded, NUMBER, at=batch.at + timedelta(hours=1), accept=False)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause) == (batch.case_id, NUMBER)
