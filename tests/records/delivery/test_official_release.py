"""Official batch release: goods of a market whose authorisation demands it are free only with that certificate."""

from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow
from records.delivery.queries.official_releases import official_releases
from tests.records.authorising import authorises
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.delivering import order_of, ordered, released
from tests.records.making import made
from tests.records.officially import OBR, checks, enters
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
