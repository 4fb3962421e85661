"""Official batch release: goods of a market whose authorisation demands it are free only with that certificate."""

from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.delivery.queries.official_releases import official_releases
from tests.authorised import PACKED
from tests.records.authorising import authorises
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import order_of, ordered, released
from tests.records.making import made
from tests.records.officially import OBR, checks, enters, takes_back
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded

MISSING = "the official batch release is not on record"


async def status_of(batch: Qualifying) -> str:
    return (await batch.seeded.row(BatchRow, batch.case_id)).physical_status


async def test_goods_are_free_once_the_certificate_is_on_record_and_compared(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), markets=["EU"])
    await authorises(seeded, at=batch.at, official_batch_release=True)
    await decides(batch, "quentin", "EU", quantity="100")
    assert await status_of(batch) == "QUARANTINE"
    order = order_of(batch)
    refusal = await refused(a_case(seeded, Process.SHIPMENT, order, by="sana", at=batch.at))
    assert (refusal.code, MISSING in refusal.message) == (Code.GATE_CLOSED, True)
    await enters(batch)
    assert MISSING in (await refused(a_case(seeded, Process.SHIPMENT, order, by="sana", at=batch.at))).message
    own = await refused(checks(batch, "rosa"))
    assert (own.code, own.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
    await checks(batch)
    assert await status_of(batch) == "UNRESTRICTED"
    assert not (await seeded.row(BatchMarketRow, (batch.case_id, "EU"))).awaits_official_release
    await a_case(seeded, Process.SHIPMENT, order, by="sana", at=batch.at)
    assert (await refused(checks(batch, "rosa", reason="Compared again."))).code == Code.ALREADY_ANSWERED
    async with seeded.database.reading() as session:
        (shown,) = (await official_releases(session, batch.case_id)).items
    assert (shown.agrees, shown.result, shown.release_id) == (True, "COMPLIES", OBR)
    await are_rebuilt_identically(seeded.database, "official_releases", "batch_markets", "batches")


@on_one_database
async def test_a_certificate_that_was_there_before_the_release_frees_the_goods_with_it(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), markets=["EU"])
    await authorises(seeded, at=batch.at, official_batch_release=True)
    await enters(batch)
    await checks(batch)
    await decides(batch, "quentin", "EU")
    assert await status_of(batch) == "UNRESTRICTED"


@on_one_database
async def test_what_was_ordered_before_it_was_demanded_stays_where_it_is(seeded: Seeded) -> None:
    batch = await released(seeded)
    shipment = await ordered(seeded, batch)
    await authorises(seeded, at=batch.at, official_batch_release=True)
    refusal = await refused(shipment.answers("sana", "dispatch", await shipment.asks("dispatch")))
    assert refusal.code == Code.GATE_CLOSED


@on_one_database
async def test_it_is_demanded_though_the_goods_are_packed_in_other_words_than_are_registered(seeded: Seeded) -> None:
    batch = await released(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).pack = {"description": PACKED}
    packs = [{"code": "9", "description": f"{PACKED}, film-coated", "valid_from": "2020-01-01"}]
    await authorises(seeded, at=batch.at, official_batch_release=True, packs=packs)
    assert MISSING in (await refused(ordered(seeded, batch))).message


@on_one_database
async def test_nothing_waits_where_nothing_is_demanded(seeded: Seeded) -> None:
    batch = await released(seeded)
    await authorises(seeded, at=batch.at)
    await ordered(seeded, batch)


@on_one_database
async def test_what_does_not_comply_holds_the_batch_at_once(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), markets=["EU", "US"])
    await enters(batch, result="DOES_NOT_COMPLY")
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.type, hold.market) == ("COA", "EU")
    assert "has not released it officially" in hold.reason
    await checks(batch)
    await authorises(seeded, at=batch.at, official_batch_release=True)
    assert not (await seeded.row(BatchRow, batch.case_id)).released


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"batch_id": "BAT-77"}, {"batch_id"}),
        ({"market": "JP"}, {"market"}),
        ({"dated": "2099-01-01"}, {"dated"}),
        ({"dated": "1999-01-01"}, {"dated"}),
        ({"document": {"document_id": "DOC-999", "sha256": "0" * 64}}, {"document.document_id"}),
    ],
)
@on_one_database
async def test_a_certificate_names_what_is_there(seeded: Seeded, changes: dict[str, Any], fields: set[str]) -> None:
    batch = await released(seeded)
    assert set((await refused(enters(batch, **changes))).fields) == fields


@on_one_database
async def test_a_certificate_is_of_one_batch_and_entered_by_quality_or_regulatory_affairs(seeded: Seeded) -> None:
    first = await released(seeded)
    second = await made(seeded)
    await enters(first)
    assert list((await refused(enters(second, record="OBR-2"))).fields) == ["number"]
    assert (await refused(enters(first))).code == Code.CONFLICT
    assert (await refused(enters(second, "sana", "OBR-2", number="2"))).code == Code.WRONG_ROLE
    await checks(first, agrees=False)
    await enters(second, record="OBR-2")
    await authorises(seeded, at=first.at, official_batch_release=True)
    order = order_of(first)
    assert MISSING in (await refused(a_case(seeded, Process.SHIPMENT, order, by="sana", at=first.at))).message


async def freed(seeded: Seeded) -> Qualifying:
    """A batch whose goods are free for the Union by the certificate of an official laboratory."""
    batch = await reviewed(await fit(seeded), markets=["EU"])
    await authorises(seeded, at=batch.at, official_batch_release=True)
    await enters(batch)
    await checks(batch)
    await decides(batch, "quentin", "EU", quantity="100")
    return batch


async def refusal_of_order(batch: Qualifying) -> str:
    order = order_of(batch)
    refusal = await refused(a_case(batch.seeded, Process.SHIPMENT, order, by="sana", at=batch.at))
    assert refusal.code == Code.GATE_CLOSED
    return refusal.message


async def test_a_certificate_that_is_taken_back_frees_nothing_any_more(seeded: Seeded) -> None:
    batch = await freed(seeded)
    assert await status_of(batch) == "UNRESTRICTED"
    shipment = await a_case(seeded, Process.SHIPMENT, order_of(batch), by="sana", at=batch.at)
    assert (await refused(takes_back(batch, "sana"))).code == Code.WRONG_ROLE
    batch.passes(minutes=1)
    await takes_back(batch, reason="It was issued for another batch.")
    assert await status_of(batch) == "QUARANTINE"
    assert (await seeded.row(BatchMarketRow, (batch.case_id, "EU"))).awaits_official_release
    shipment.at = batch.at
    refusal = await refused(shipment.answers("vito", "dispatch", await shipment.asks("dispatch")))
    assert refusal.code == Code.GATE_CLOSED
    assert MISSING in await refusal_of_order(batch)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert "was taken back: It was issued for another batch." in demand.reason
    again = await refused(takes_back(batch, "hana"))
    assert again.code == Code.ALREADY_ANSWERED
    async with seeded.database.reading() as session:
        (shown,) = (await official_releases(session, batch.case_id)).items
    assert (shown.agrees, shown.withdrawn_by) == (True, again.who)
    assert shown.withdrawn_because == "It was issued for another batch."
    await are_rebuilt_identically(seeded.database, "official_releases", "batch_markets", "batches")


@on_one_database
async def test_the_goods_are_free_again_with_another_certificate(seeded: Seeded) -> None:
    batch = await freed(seeded)
    batch.passes(minutes=1)
    await takes_back(batch)
    await enters(batch, record="OBR-2")  # the same number: what was taken back is of no batch
    await checks(batch, record="OBR-2")
    assert await status_of(batch) == "UNRESTRICTED"


@on_one_database
async def test_only_what_frees_goods_is_taken_back(seeded: Seeded) -> None:
    batch = await released(seeded)
    assert (await refused(takes_back(batch))).code == Code.NOT_FOUND
    await enters(batch)
    assert (await refused(takes_back(batch, "hana"))).code == Code.NOT_OPEN
    await enters(batch, record="OBR-2", number="2", result="DOES_NOT_COMPLY")
    await checks(batch, record="OBR-2")
    assert (await refused(takes_back(batch, "hana", "OBR-2"))).code == Code.NOT_OPEN


@on_one_database
@pytest.mark.parametrize("laboratory", ["Paul-Ehrlich-Institut, Langen", "ANSM, Lyon"])
async def test_what_does_not_comply_counts_against_what_was_there_before(seeded: Seeded, laboratory: str) -> None:
    batch = await freed(seeded)
    batch.passes(minutes=1)
    await enters(batch, "hana", "OBR-2", number="2", laboratory=laboratory, result="DOES_NOT_COMPLY")
    assert await status_of(batch) == "QUARANTINE"
    assert MISSING in await refusal_of_order(batch)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert f"{laboratory} has not released it officially" in demand.reason
    batch.passes(minutes=1)
    await checks(batch, "rosa", "OBR-2")
    assert await status_of(batch) == "QUARANTINE"
    batch.passes(minutes=1)
    await enters(batch, record="OBR-3", number="3")
    await checks(batch, record="OBR-3")
    assert await status_of(batch) == "UNRESTRICTED"
    assert MISSING not in await refusal_of_order(batch), "the review is still open"


@on_one_database
async def test_what_was_entered_wrongly_counts_against_nothing(seeded: Seeded) -> None:
    batch = await freed(seeded)
    batch.passes(minutes=1)
    await enters(batch, "hana", "OBR-2", number="2", result="DOES_NOT_COMPLY")
    assert await status_of(batch) == "QUARANTINE"
    await checks(batch, "rosa", "OBR-2", agrees=False)
    assert await status_of(batch) == "UNRESTRICTED"


@on_one_database
async def test_a_certificate_counts_in_every_market_that_counts_as_its_own(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded), markets=["EU"])
    await authorises(seeded, at=batch.at, official_batch_release=True)
    await decides(batch, "quentin", "EU", quantity="10")
    async with seeded.database.writing() as session:  # nothing is approved for Finland in this world
        union = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        session.add(BatchMarketRow(**{**union.model_dump(), "market": "FI", "register_number": None}))
    await enters(batch)
    assert [row.awaits_official_release for row in await seeded.rows(BatchMarketRow)] == [True, True]
    await checks(batch)
    assert [row.awaits_official_release for row in await seeded.rows(BatchMarketRow)] == [False, False]
    batch.passes(minutes=1)
    await takes_back(batch)
    assert [row.awaits_official_release for row in await seeded.rows(BatchMarketRow)] == [True, True]
    await enters(batch, record="OBR-2", market="FI")
    await checks(batch, record="OBR-2")
    assert {row.market: row.awaits_official_release for row in await seeded.rows(BatchMarketRow)} == {
        "EU": True,
        "FI": False,
    }
