"""Goods of a certified batch that come back from outside are imported anew before they go into stock again."""

from typing import Any

from domain.core.refusals import Refusal
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from records.delivery.tables import ReturnRow
from records.importation.tables import ImportConsignmentRow
from tests.records.databases import on_one_database
from tests.records.delivering import ARRIVED, GOOD, LATER, came_back, decided, ordered, released, settled
from tests.records.importing import an_importer, arrives, covers_import, covers_no_import, is_cleared, is_corrected
from tests.records.making import turns_to
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import Seeded

pytestmark = on_one_database
NUMBER = "IMP-2025-020"


async def a_pack(seeded: Seeded) -> Qualifying:
    """A dosage form that is released, at a site in Germany that may import."""
    batch = await released(seeded)
    await turns_to(seeded.database, "DRUG_PRODUCT")
    await an_importer(seeded)
    await covers_import(seeded, at=ARRIVED)
    return batch


async def is_not_set_free(back: Qualifying, **given: Any) -> Refusal:
    return await refused(back.does("priya", "assess", **{**GOOD, **given}))


async def test_what_comes_back_from_outside_is_imported_anew(seeded: Seeded) -> None:
    batch = await a_pack(seeded)
    back = await came_back(seeded, await settled(seeded, batch), from_country="CH")
    assert (await seeded.row(ReturnRow, back.case_id)).from_country == "CH"
    said = "they came back from Switzerland, which is an import: of 4 that came back the import of 0 is recorded"
    assert (await is_not_set_free(back)).fields == {"usable": said}
    assert (await is_not_set_free(back, from_country="US")).fields == {"from_country": "is CH"}
    known: dict[str, Any] = {"return_id": back.case_id, "from_country": "CH", "quantity": "4"}
    for wrong, field in (
        ({"return_id": "RET-9"}, "return_id"),
        ({"from_country": "US"}, "from_country"),
        ({"quantity": "4.1"}, "quantity"),
    ):
        refusal = await refused(arrives(seeded, NUMBER, batch.case_id, at=LATER, **{**known, **wrong}))
        assert set(refusal.fields) == {field}
    await arrives(seeded, NUMBER, batch.case_id, at=LATER, **known)
    assert f"consignment {NUMBER} is not cleared by customs" in (await is_not_set_free(back)).fields["usable"]
    await arrives(seeded, "IMP-2", batch.case_id, at=LATER, quantity="1")
    await is_cleared(seeded, "IMP-2", at=LATER, reference="MRN-7")
    same = await refused(is_cleared(seeded, NUMBER, at=LATER, reference="mrn 7"))
    assert "is that of IMP-2; name it" in same.fields["reference"]
    await is_cleared(seeded, NUMBER, at=LATER)
    same = await refused(
        is_cleared(seeded, "IMP-2", at=LATER, reference=f"MRN-{NUMBER}", correction_reason="That of the return.")
    )
    assert f"is that of {NUMBER}; name it" in same.fields["reference"]
    other = await refused(is_corrected(seeded, "IMP-2", batch.case_id, at=LATER, quantity="1", return_id=back.case_id))
    assert other.fields == {"return_id": "is none; take this one back, and enter another one"}
    await back.does("priya", "assess", **GOOD)
    assert (await seeded.row(ReturnRow, back.case_id)).usable is True
    assert (await seeded.row(ImportConsignmentRow, NUMBER)).return_id == back.case_id


async def test_it_is_imported_under_an_authorisation_that_covers_import(seeded: Seeded) -> None:
    batch = await a_pack(seeded)
    await covers_no_import(seeded, at=ARRIVED)
    back = await came_back(seeded, await settled(seeded, batch), from_country="CH")
    known: dict[str, Any] = {"return_id": back.case_id, "from_country": "CH", "quantity": "4"}
    await arrives(seeded, NUMBER, batch.case_id, at=LATER, **known)
    await is_cleared(seeded, NUMBER, at=LATER)
    assert "nobody has confirmed that authorisation" in (await is_not_set_free(back)).fields["usable"]
    await back.does("priya", "assess", **{**GOOD, "usable": False})


async def test_what_comes_back_from_inside_is_no_import(seeded: Seeded) -> None:
    batch = await a_pack(seeded)
    back = await came_back(seeded, await settled(seeded, batch), from_country=None)
    assert set((await is_not_set_free(back)).fields) == {"from_country"}, "nobody has said from where"
    await back.does("priya", "assess", **{**GOOD, "from_country": "FR"})
    assert (await seeded.row(ReturnRow, back.case_id)).from_country == "FR"


async def test_the_delivery_says_from_where_it_comes_back(seeded: Seeded) -> None:
    batch = await a_pack(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "OB-01")).country = "CH"
    shipment = await settled(seeded, batch)
    async with seeded.database.writing() as session:  # as if it had been ordered for that site
        case = await session.get_one(CaseRow, shipment.case_id)
        case.order = {**case.order, "request": {**case.order["request"], "to_site_id": "OB-01", "time_zone": None}}
    refusal = await refused(came_back(seeded, shipment, from_country="DE"))
    assert refusal.fields == {"from_country": "is CH"}
    back = await came_back(seeded, shipment, from_country=None)
    assert (await seeded.row(ReturnRow, back.case_id)).from_country == "CH"


async def test_what_was_sold_outside_and_came_back_is_imported_before_it_is_ordered_inside(seeded: Seeded) -> None:
    batch = await a_pack(seeded)
    await decided(seeded, batch, "US")
    back = await came_back(seeded, await settled(seeded, batch, market="US"), from_country="US")
    await back.does("priya", "assess", **GOOD)
    await decided(seeded, batch, quantity="118.4")
    all_of_it: dict[str, Any] = {"quantity": "112.4", "deliver_by": "2025-03-28"}
    refusal = await refused(ordered(seeded, batch, **all_of_it))
    said = "at most 108.4 kg are left, beside 4 that came back from outside the area of the market: import them first"
    assert refusal.fields == {"quantity": said}
    await arrives(seeded, NUMBER, batch.case_id, at=LATER, return_id=back.case_id, from_country="US", quantity="4")
    assert (await refused(ordered(seeded, batch, **all_of_it))).fields == {"quantity": said}, "not cleared"
    await is_cleared(seeded, NUMBER, at=LATER)
    await ordered(seeded, batch, **all_of_it)
