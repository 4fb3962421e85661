"""Consignments, through the journal."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import ReviewDemandRow
from records.core.tables.master_data import SiteRow
from records.importation.queries.consignments import consignments
from records.importation.tables import ImportConsignmentRow
from records.site.tables import CertificateRow
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.importing import (
    LICENCE,
    an_importer,
    arrives,
    covers_import,
    is_cleared,
    is_corrected,
    is_taken_back,
)
from tests.records.making import made
from tests.records.qualifying import Qualifying, refused
from tests.records.releasing import released
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
NUMBER = "IMP-2025-014"


async def a_batch(seeded: Seeded) -> Qualifying:
    await an_importer(await fit(seeded))
    return await made(seeded)


async def test_a_consignment_is_entered_cleared_and_listed(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    row = await seeded.row(ImportConsignmentRow, NUMBER)
    assert (row.from_country, row.to_site_id, row.authorisation_id, row.quantity) == ("IN", "VM-02", LICENCE, "10")
    assert (row.by_name, row.cleared_on) == ("Sana Malik", None)
    await is_cleared(seeded, NUMBER, at=batch.at)
    row = await seeded.row(ImportConsignmentRow, NUMBER)
    assert (row.cleared_on, row.cleared_by) == (batch.at.date(), seeded.result.person("sana"))
    await arrives(seeded, "IMP-2025-015", batch.case_id, at=batch.at)
    async with seeded.database.reading() as session:
        first = await consignments(session, batch=batch.case_id, site=None, cursor=None, limit=1)
        second = await consignments(session, batch=None, site="VM-02", cursor=first.next, limit=1)
    assert [each.number for each in (*first.items, *second.items)] == [NUMBER, "IMP-2025-015"]
    assert (second.next, first.items[0].quantity) == (None, Decimal(10))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"batch_id": "BAT-99"}, "batch_id"),
        ({"from_site_id": "XX-01"}, "from_site_id"),
        ({"from_site_id": "VM-02"}, "from_country"),
        ({"to_site_id": "XX-01"}, "to_site_id"),
        ({"authorisation_id": "CERT-1"}, "authorisation_id"),
        ({"quantity": "100000"}, "quantity"),
        ({"documents": [{"document_id": "DOC-99", "sha256": "0" * 64}]}, "documents.0.document_id"),
    ],
)
async def test_what_cannot_have_arrived_is_refused_and_changes_nothing(
    seeded: Seeded, given: dict[str, Any], field: str
) -> None:
    batch = await a_batch(seeded)
    given = {"batch_id": batch.case_id, **given}
    refusal = await refused(arrives(seeded, NUMBER, at=batch.at, **given))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, {field})
    assert await seeded.rows(ImportConsignmentRow) == []


async def test_an_active_substance_is_no_such_import(seeded: Seeded) -> None:
    await an_importer(await fit(seeded, "API_MFG"))
    batch = await made(seeded)
    refusal = await refused(arrives(seeded, NUMBER, batch.case_id, at=batch.at))
    assert "is no dosage form" in refusal.fields["batch_id"]


async def test_a_number_is_used_once_and_only_by_those_who_may(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    assert (await refused(arrives(seeded, NUMBER, batch.case_id, at=batch.at, by="paul"))).code is Code.WRONG_ROLE
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    again = await refused(arrives(seeded, NUMBER, batch.case_id, at=batch.at + timedelta(minutes=1)))
    assert (again.code, again.fields) == (Code.CONFLICT, {"number": "is taken"})
    assert (await refused(is_cleared(seeded, "IMP-9", at=batch.at))).code is Code.NOT_FOUND


async def test_a_correction_keeps_the_clearance_and_says_why(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    await is_cleared(seeded, NUMBER, at=batch.at)
    later = batch.at + timedelta(hours=1)
    await is_corrected(seeded, NUMBER, batch.case_id, at=later, quantity="8")
    row = await seeded.row(ImportConsignmentRow, NUMBER)
    assert (row.quantity, row.cleared_on, row.corrected_because is not None) == ("8", batch.at.date(), True)
    bare = await refused(is_cleared(seeded, NUMBER, at=later))
    assert set(bare.fields) == {"correction_reason"}
    await is_cleared(seeded, NUMBER, at=later, reference="MRN-2", correction_reason="A slip of the pen.")
    assert (await seeded.row(ImportConsignmentRow, NUMBER)).customs_reference == "MRN-2"
    assert await seeded.rows(ReviewDemandRow) == []


async def test_what_was_released_is_reviewed_once_its_import_is_taken_back(seeded: Seeded) -> None:
    await an_importer(await fit(seeded))
    batch = await released(seeded)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    await is_taken_back(seeded, NUMBER, at=batch.at)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause) == (batch.case_id, NUMBER)
    assert demand.reason.startswith(f"The import {NUMBER} is taken back: ")
    twice = await refused(is_taken_back(seeded, NUMBER, at=batch.at + timedelta(hours=1)))
    assert (twice.code, twice.who) == (Code.ALREADY_ANSWERED, seeded.result.person("sana"))


async def test_a_person_confirms_that_an_authorisation_covers_import(seeded: Seeded) -> None:
    await an_importer(seeded)
    assert (await refused(covers_import(seeded, at=START, by="sana"))).code is Code.WRONG_ROLE
    await covers_import(seeded, at=START)
    row = await seeded.row(CertificateRow, LICENCE)
    assert (row.import_checked_on, row.import_confirmed_by) == (START.date(), seeded.result.person("ines"))
    assert (await seeded.row(SiteRow, "VM-02")).country == "DE"


@pytest.mark.parametrize(
    ("changes", "code"), [({"type": "GMP_CERT"}, Code.RULE_BROKEN), ({"status": "RECEIVED"}, Code.NOT_OPEN)]
)
async def test_no_other_paper_covers_import(seeded: Seeded, changes: dict[str, Any], code: Code) -> None:
    await an_importer(seeded, **changes)
    assert (await refused(covers_import(seeded, at=START))).code is code
    assert (await seeded.row(CertificateRow, LICENCE)).import_confirmed_by is None


async def test_a_register_is_looked_up_in_time(seeded: Seeded) -> None:
    await an_importer(seeded)
    refusal = await refused(covers_import(seeded, at=START, register_checked_on="2025-01-14"))
    assert set(refusal.fields) == {"register_checked_on"}


async def test_no_more_arrives_in_all_than_was_made(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    most = Decimal((await seeded.row(BatchRow, batch.case_id)).quantity or 0)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at, quantity=f"{most - 10:f}")
    more = await refused(arrives(seeded, "IMP-2", batch.case_id, at=batch.at, quantity="10.1"))
    assert more.fields["quantity"].startswith(f"{most + Decimal('0.1'):f} arrive in all ({NUMBER} ")
    await arrives(seeded, "IMP-2", batch.case_id, at=batch.at, quantity="10")
    later = batch.at + timedelta(hours=1)
    corrected = await refused(is_corrected(seeded, "IMP-2", batch.case_id, at=later, quantity="10.1"))
    assert set(corrected.fields) == {"quantity"}
    await is_taken_back(seeded, NUMBER, at=later)
    await is_corrected(seeded, "IMP-2", batch.case_id, at=later, quantity="10.1")


async def test_what_has_arrived_may_leave_and_arrive_elsewhere(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    most = (await seeded.row(BatchRow, batch.case_id)).quantity or ""
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at, quantity=most)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = "GB"
    again: dict[str, Any] = {"from_country": "DE", "quantity": most, "authorisation_id": None}
    refusal = await refused(arrives(seeded, "IMP-2", batch.case_id, at=batch.at, **again))
    assert set(refusal.fields) == {"quantity"}, "it is not told to have come to Germany any more"


async def test_two_consignments_have_a_declaration_each_unless_it_is_said(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    for number in (NUMBER, "IMP-2"):
        await arrives(seeded, number, batch.case_id, at=batch.at, quantity="1")
    await is_cleared(seeded, NUMBER, at=batch.at, reference="MRN-7")
    same = await refused(is_cleared(seeded, "IMP-2", at=batch.at, reference="mrn 7"))
    assert "is that of IMP-2025-014" in same.fields["reference"]
    await is_cleared(seeded, "IMP-2", at=batch.at, reference="mrn 7", cleared_with=[NUMBER])
    assert (await seeded.row(ImportConsignmentRow, "IMP-2")).cleared_with == [NUMBER]
    assert (await seeded.row(ImportConsignmentRow, "IMP-2")).customs_reference == "mrn 7"


async def test_customs_clear_nothing_before_it_is_made_or_tomorrow(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    for day in ("2024-12-31", (batch.at.date() + timedelta(days=1)).isoformat()):
        refusal = await refused(is_cleared(seeded, NUMBER, at=batch.at, cleared_on=day))
        assert set(refusal.fields) == {"cleared_on"}


async def test_a_correction_makes_it_no_consignment_of_another_batch(seeded: Seeded) -> None:
    batch = await a_batch(seeded)
    other = await made(seeded, number="A-2")
    await arrives(seeded, NUMBER, batch.case_id, at=batch.at)
    refusal = await refused(is_corrected(seeded, NUMBER, other.case_id, at=other.at))
    assert set(refusal.fields) == {"batch_id"}
    assert (await seeded.row(ImportConsignmentRow, NUMBER)).batch_id == batch.case_id
