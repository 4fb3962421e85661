"""Flaws of goods: what they were made of, how long they last, and how they travelled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.batch.making.package import ALWAYS
from domain.core.forms import Process
from domain.delivery.shipment import ShipmentOrder
from records.agreement.tables import AgreementRow
from tests.domain.filling import filled
from tests.one_flaw.flaws import MADE_AT, Flaw
from tests.one_flaw.making import begun
from tests.one_flaw.past import IMPURITY, TEMPERATURE
from tests.one_flaw.places import Place
from tests.one_flaw.telling import Telling
from tests.one_flaw.world import BULK, EU_PACK
from tests.records.making import packed_as
from tests.records.qualifying import Qualifying

WELL = ("20", "20", "20")
"""What a logger shows of a journey between 15 and 25 Cel."""
TOO_WARM = ("20", "40", "40")


ORIGIN = "ORIGIN"
"""What another batch has come from that stands in its place now."""


def lasted_until(what: str, before: str | None = None, *, days: int = -1) -> Flaw:
    """Its last day is corrected: so many days from now, or from when another batch was begun with it."""

    async def act(told: Telling) -> None:
        user = MADE_AT[EU_PACK if what == ORIGIN else what].quality
        last = (begun(told.world, before) if before is not None else told.at) + timedelta(days=days)
        right = {"expiry_on": last.date().isoformat(), "evidence": [await told.uploads(user)]}
        await told.batch(what).answers(user, "correct-manufacture", right)

    return Flaw(act)


def shipped(what: str, *shown: str, market: str = "EU", assessed: bool = False, to: Place | None = None) -> Flaw:
    """A part travels in quarantine; its logger has shown these values, or nothing is known of it yet."""

    async def act(told: Telling) -> None:
        batch = told.batch(what)
        agreements = [row for row in await told.seeded.rows(AgreementRow) if row.site_id == MADE_AT[what].site_id]
        arranged: dict[str, Any] = {"market": market, "quantity": "100", "agreement": agreements[-1].qta_id}
        if to is not None:
            arranged["destination"] = {"name": to.name, "address": to.address}
        await batch.answers("priya", "arrange-quarantine", arranged)
        await batch.does("quentin", "confirm-quarantine")
        condition = {"kind": "TEMPERATURE", "unit": "Cel", "low": "15", "high": "25", "max_excursion_minutes": 0}
        where: dict[str, Any] = {}
        if to is not None:
            where = {
                "to_site_id": to.site_id,
                "destination": {"name": to.name, "address": to.address},
                "time_zone": None,
            }
        order = filled(
            ShipmentOrder,
            {
                "batch_id": batch.case_id,
                "market": market,
                "quantity": "100",
                "quarantine": True,
                "time_zone": "Europe/Berlin",
                "deliver_by": (told.at + timedelta(days=30)).date().isoformat(),
                "conditions": [condition],
                **where,
            },
        )
        shipment = await told.opens(Process.SHIPMENT, order.model_dump(mode="json"), by="sana")
        left = told.at
        await shipment.does(MADE_AT[what].quality, "dispatch", loggers=["TL-1"])
        if not shown:
            return
        told.passes(hours=len(shown))
        shipment.at = told.at
        await shipment.does("sana", "receive")
        readings = [
            {"at": (left + timedelta(hours=hour)).isoformat(), "value": value} for hour, value in enumerate(shown)
        ]
        series = [{"logger": "TL-1", "kind": "TEMPERATURE", "unit": "Cel", "readings": readings}]
        await shipment.does("sana", "transport-record", series=series)
        if assessed:
            await shipment.does("priya", "assess-transport")

    return Flaw(act)


def sent(what: str, place: Place, market: str, *, logger: bool, during: str | None = None) -> Flaw:
    """A part that is released for processing is on its way to a site, perhaps without a logger.

    It was sent now, or while another batch was made.
    """

    async def act(told: Telling) -> None:
        now = told.at
        if during is not None:
            told.at = begun(told.world, during) + timedelta(minutes=1)
        condition = {"kind": "TEMPERATURE", "unit": "Cel", "low": "15", "high": "25", "max_excursion_minutes": 0}
        order = filled(
            ShipmentOrder,
            {
                "batch_id": told.batch(what).case_id,
                "market": market,
                "quantity": "1",
                "to_site_id": place.site_id,
                "destination": {"name": place.name, "address": place.address},
                "time_zone": None,
                "deliver_by": (told.at + timedelta(days=30)).date().isoformat(),
                "conditions": [{**condition, "logger_required": logger}],
            },
        )
        shipment = await told.opens(Process.SHIPMENT, order.model_dump(mode="json"), by="sana")
        await shipment.does(MADE_AT[what].quality, "dispatch", loggers=["TL-2"] if logger else [])
        told.at = now

    return Flaw(act)


def became_an_own_batch(place_of: str, number: str) -> Flaw:
    """A batch is registered whose number a lot had borne, at the place where another one is made."""

    async def act(told: Telling) -> None:
        await registers(told, place_of, number, (), quantity="1", unit="kg", stage="INTERMEDIATE")

    return Flaw(act)


def held_as_it_was_used(what: str, child: str) -> Flaw:
    """A batch was held as another one was made of it; both holds are lifted since."""

    async def act(told: Telling) -> None:
        told.at = told.world.story(child)[0].at
        parent = told.batch(what)
        await parent.answers("priya", "place-hold", {"hold_type": "LEGAL"})
        await told.goes_on(child, lambda entry: (entry,), only=[child])

    return Flaw(act, child)


def comes_anew(relation: str, *, released_before: bool = True, rejected: bool = False, **changes: Any) -> Flaw:
    """The pack for the Union is decided on, and another one that comes from it is decided on in its place."""

    async def act(told: Telling) -> None:
        if released_before:
            await told.decides("EU")
        elif rejected:
            await _is_rejected(told, EU_PACK)
        took = {"batch_id": told.world.batches[EU_PACK], "relation": relation}
        whole = relation in ("REPROCESS", "REWORK", "CORRECTION")
        parents = [took if whole else {**took, "quantity": "1000"}]
        quantity = "14850" if whole else "1000"
        batch = await registers(told, EU_PACK, "P-2001", parents, quantity=quantity, unit="{pack}", stage="FINISHED")
        await is_made(told, batch, EU_PACK, quantity)
        await is_ready(told, batch, EU_PACK)
        stands_for(told, batch, EU_PACK)

    return Flaw(act)


def blended_too_early() -> Flaw:
    """Packs are blended before their site has disposed of them; they are certified later, and the blend after them."""

    async def act(told: Telling) -> None:
        took = {"batch_id": told.world.batches[BULK], "relation": "INTERMEDIATE", "quantity": "100000"}
        parents = [{**took, "theoretical_yield": "0.01"}]
        limits = {"yield_low": "90", "yield_high": "101"}
        first = await registers(
            told, EU_PACK, "P-2001", parents, quantity="1000", unit="{pack}", stage="FINISHED", **limits
        )
        await is_made(told, first, EU_PACK, "1000")
        parents = [{"batch_id": first.case_id, "relation": "BLEND", "quantity": "1000"}]
        blend = await registers(told, EU_PACK, "P-2002", parents, quantity="1000", unit="{pack}", stage="FINISHED")
        await is_made(told, blend, EU_PACK, "1000")
        for batch in (first, blend):
            await is_ready(told, batch, EU_PACK)
            stands_for(told, batch, EU_PACK)
            if batch is first:
                await told.decides("EU")

    return Flaw(act)


async def _is_rejected(told: Telling, what: str) -> None:
    await told.batch(what).answers("priya", "redirect", {"way": "REJECT", "grounds": ["OTHER"]})
    await told.batch(what).closes("REJECTED")


def stands_for(told: Telling, batch: Qualifying, what: str) -> None:
    """It is decided on in the place of one of the story."""
    batches = told.world.batches
    told.world = replace(told.world, batches={**batches, ORIGIN: batches[what], what: batch.case_id})


async def registers(
    told: Telling,
    what: str,
    number: str,
    parents: Sequence[Mapping[str, Any]],
    *,
    quantity: str,
    unit: str,
    stage: str,
    **more: Any,
) -> Qualifying:
    place, today = MADE_AT[what], told.at.date().isoformat()
    registration = {
        "site_id": place.site_id,
        "scope_id": told.world.scopes[place.site_id],
        "number": number,
        "order_number": f"PO-{number}",
        "size": quantity,
        "unit": unit,
        "markets": ["EU"],
        "supply_stage": stage,
        **packed_as(stage, ["EU"]),
        "mbr_version": f"MBR {place.site_id} v3",
        "planned_start": today,
        "planned_end": today,
        "parents": [*parents],
        **more,
    }
    return await told.opens(Process.BATCH, registration, by="sana")


async def is_made(told: Telling, batch: Qualifying, what: str, quantity: str) -> None:
    """It is begun, and ends an hour later."""
    maker, now = MADE_AT[what].maker, told.at.isoformat()
    await batch.does(maker, "start", started_at=now, materials=[], equipment=[])
    value = {"parameter": TEMPERATURE, "value": "41.2", "unit": "Cel", "measured_at": now}
    await batch.answers(maker, "parameters", {"values": [value]})
    told.passes(hours=1)
    batch.at = told.at
    await batch.does(
        maker,
        "finish",
        finished_on=told.at.date().isoformat(),
        finished_at=told.at.isoformat(),
        quantity=quantity,
        yield_percent="100",
        expiry_on=(told.at + timedelta(days=500)).date().isoformat(),
    )


async def is_ready(told: Telling, batch: Qualifying, what: str) -> None:
    """Analysed, disposed of by its site, packed up and reviewed; the decision is asked for."""
    place, today, batch.at = MADE_AT[what], told.at.date().isoformat(), told.at
    results = [{"test": IMPURITY, "result": "0.12", "unit": "%"}]
    certificate = {"number": f"COA-{batch.case_id}", "results": results, "issued_on": today}
    await batch.answers(place.quality, "coa", {**certificate, "document": await told.uploads(place.quality)})
    head = place.quality_head
    await batch.does(head, "disposition", certificate_of_compliance=await told.uploads(head))
    document = await told.uploads(place.quality)
    items = [*ALWAYS, "REPROCESSING_RECORD"]
    await batch.does(place.quality, "package", documents=[{"item": item, "document": document} for item in items])
    await batch.does("ines", "completeness")
    for user, review in (("nora", "review-results"), ("priya", "review-record"), ("carla", "review-process")):
        await batch.does(user, review)
    await batch.asks("certify", market="EU")


def replaced(what: str, result: str, **said: str) -> Flaw:
    """The certificate is corrected."""

    async def act(told: Telling) -> None:
        batch, user = told.batch(what), MADE_AT[what].quality
        results = [{"test": IMPURITY, "result": result, "unit": "%"}]
        corrects: dict[str, Any] = {"number": "COA-2", "correction_of": f"COA-{told.world.numbers[what]}"}
        corrects |= {"correction_reason": "A typing error.", "document": await told.uploads(user)}
        issued = {"issued_on": told.at.date().isoformat(), "results": results}
        await batch.answers(user, "coa", {**issued, **corrects, **said})

    return Flaw(act)


def comes_from_more_than(most: int) -> Flaw:
    """No gate looks at all that a pack comes from."""

    async def act(told: Telling) -> None:
        told.most_ancestors = most

    return Flaw(act)
