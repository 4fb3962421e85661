"""Packs that were packed elsewhere than they are sold: for Northern Ireland from Great Britain, for Switzerland."""

from typing import Any

import pytest

from domain.core.refusals import Code
from records.appointment.tables import AppointmentRow
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import PolicyRow, SiteRow
from records.importation.tables import ImportConsignmentRow
from records.installation.supplementing import shipped_policy
from tests.records.appointing import appointed, ends
from tests.records.certifying import decides
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, refused
from tests.records.release.test_certification_abroad import certifies
from tests.records.release.test_market_release import LICENCE, RELEASE, made_by_its_maker, ready_for, words
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
BRITISH: dict[str, Any] = {
    "authorisation": "UK MIA 7",
    "audits_known": True,
    "location": {"country": "GB", "shown_by": "Office network"},
}


async def packed_in(seeded: Seeded, country: str | None, *markets: str) -> Qualifying:
    """A batch that is packed in a country, and a qualified person who is named on a licence of Great Britain."""
    batch = await ready_for(seeded, *markets)
    async with seeded.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = country
        (await session.get_one(SiteRow, "OB-01")).country = "GB"
        (await session.get_one(AppointmentRow, "APT-GB")).licence_site = "VM-02"
    licence = {"number": BRITISH["authorisation"], "site_id": "OB-01"}
    await appointed(seeded, "quentin", "QP", "APT-UK", licence=licence, sites=["VM-02"])
    return batch


async def has_arrived(seeded: Seeded, batch: Qualifying, site_id: str, **changes: Any) -> None:
    """A consignment of it has arrived at a site."""
    known: dict[str, Any] = {"number": "IMP-7", "batch_id": batch.case_id, "from_country": "DE", "to_site_id": site_id}
    known |= {"arrived_at": START, "quantity": "118.4", "entered_by": "PER-1", "by_name": "Sana", "entered_at": START}
    async with seeded.database.writing() as session:
        session.add(ImportConsignmentRow(**{**known, **changes}))


async def test_a_pack_for_northern_ireland_that_comes_from_great_britain_is_certified_there(seeded: Seeded) -> None:
    batch = await packed_in(seeded, "GB", "XI")
    elsewhere = {**BRITISH, "location": {"country": "US", "shown_by": "Hotel"}}
    assert list((await refused(decides(batch, "quentin", "XI", **elsewhere))).fields) == ["location.country"]
    certified = await decides(batch, "quentin", "XI", **BRITISH)
    assert certified.effect["certificate_number"] == f"QPR-XI-{START.year}-000001"


@pytest.mark.parametrize(("country", "market"), [("DE", "XI"), ("IN", "XI"), (None, "XI"), ("GB", "EU")])
async def test_nobody_certifies_on_a_british_licence_what_comes_from_elsewhere_or_goes_to_the_union(
    seeded: Seeded, country: str | None, market: str
) -> None:
    batch = await packed_in(seeded, country, market)
    refusal = await refused(decides(batch, "quentin", market, **BRITISH))
    assert refusal.code == Code.NOT_APPOINTED


async def test_what_has_arrived_in_great_britain_comes_from_there_unless_that_was_taken_back(seeded: Seeded) -> None:
    batch = await packed_in(seeded, "DE", "XI")
    await has_arrived(seeded, batch, "OB-01", withdrawn_at=START)
    assert (await refused(decides(batch, "quentin", "XI", **BRITISH))).code == Code.NOT_APPOINTED
    await has_arrived(seeded, batch, "OB-01", number="IMP-8")
    await decides(batch, "quentin", "XI", **BRITISH)


async def test_who_is_on_a_licence_of_the_union_certifies_it_as_before(seeded: Seeded) -> None:
    batch = await packed_in(seeded, "DE", "XI")
    from_britain = {**LICENCE, "location": BRITISH["location"]}
    assert list((await refused(decides(batch, "quentin", "XI", **from_britain))).fields) == ["location.country"]
    await decides(batch, "quentin", "XI", **LICENCE)


async def told_that_nobody_is_left(seeded: Seeded) -> list[str]:
    rows = sorted(
        (row for row in await seeded.rows(OutboxRow) if row.kind == "mail"), key=lambda row: row.outbox_id or 0
    )
    said = [str(row.payload["text"]) for row in rows]
    return [each for each in said if "has an appointment in force for it" in each]


@pytest.mark.parametrize(("country", "is_told"), [("GB", False), ("IN", True)])
async def test_that_nobody_is_left_to_certify_is_told_only_where_the_british_one_does_not(
    seeded: Seeded, country: str, *, is_told: bool
) -> None:
    batch = await packed_in(seeded, country, "XI")
    await batch.asks("certify", market="XI")
    before = len(await told_that_nobody_is_left(seeded))
    for number in ("APT-1", "APT-GB"):
        await ends(seeded, number, at=batch.at)
    told = (await told_that_nobody_is_left(seeded))[before:]
    assert bool(told) is is_told


async def takes(seeded: Seeded, market: str, version: int, **changes: Any) -> None:
    """The row of a market is another one from now on."""
    policy = shipped_policy()
    rows = [{**row.model_dump(mode="json"), **(changes if row.market == market else {})} for row in policy.markets]
    body = {**policy.model_dump(mode="json"), "markets": rows, "version": version}
    async with seeded.database.writing() as session:
        session.add(PolicyRow(version=version, effective_from=policy.effective_from, body=body))


async def test_switzerland_takes_the_certificate_of_a_german_packer_as_its_row_says(seeded: Seeded) -> None:
    batch = await ready_for(seeded, "CH")
    paper = {"signed_as": "MAKER", "signed_under": None}
    first = await made_by_its_maker(seeded, batch, "CH", **paper)
    bare = await refused(decides(batch, "ines", "CH", RELEASE, **LICENCE, **first))
    assert list(bare.fields) == ["first_step.0"]
    await takes(seeded, "CH", 2, first_steps=[{"kind": "CERTIFICATE", "signed_as": ["MAKER"], "licensed_in": ["AT"]}])
    wrong = await refused(decides(batch, "ines", "CH", RELEASE, **LICENCE, **first))
    assert wrong.fields == {"first_step.0": "was issued in DE; it must be one of AT"}
    await takes(seeded, "CH", 3, first_steps=[{"kind": "CERTIFICATE", "signed_as": ["MAKER"], "licensed_in": ["DE"]}])
    released = await decides(batch, "ines", "CH", RELEASE, **LICENCE, **first)
    assert released.effect["certificate_number"] == f"REL-CH-{START.year}-000001"


async def test_a_swiss_pack_is_released_on_what_the_qualified_person_of_its_german_packer_certifies_for_it(
    seeded: Seeded,
) -> None:
    batch = await ready_for(seeded, "CH")
    for_the_union = await made_by_its_maker(seeded, batch, "CH", importing_country="DE")
    wrong = await refused(decides(batch, "ines", "CH", RELEASE, **LICENCE, **for_the_union))
    assert wrong.fields == {"first_step.0": "was issued for DE"}
    await certifies(seeded, batch, market="CH", statement=words("EU"))
    released = await decides(batch, "ines", "CH", RELEASE, **LICENCE)
    assert released.effect["certificate_number"] == f"REL-CH-{START.year}-000001"
