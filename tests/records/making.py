"""Batches that are made at the seeded site, which is approved, bound by an agreement and has agreed parameters."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from domain.asl.asl import AslStatus
from domain.batch.supply_stage import SupplyStage, inferred_stage
from domain.core.forms import Process
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute
from domain.site.site import Activity, ProductStage
from records.batch.tables.batches import BatchParentRow, BatchRow
from records.core.database import Database
from records.core.tables.master_data import ScopeRow
from tests.authorised import PACKED, process_is_registered
from tests.domain.filling import filled
from tests.records.agreeing import agrees
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.seeded import START, Seeded

_numbers = itertools.count(1)
_DIVIDED = ("SPLIT", "BLEND", "RELABEL", "REPACK")
NOTIFICATION: dict[str, str] = {
    "oos": "1bd",
    "critical_deviation": "0d",
    "major_deviation": "2bd",
    "inspection_announced": "1bd",
    "inspection_outcome": "3bd",
    "ownership_change": "5bd",
    "change_approval_tier": "90d",
    "batch_package": "5bd",
    "record_on_request": "2bd",
}
TEMPERATURE = filled(Parameter, {"linked_cqas": ["Impurity I-3"]})
"""Coupling temperature: target 40, NOR 35 to 45, PAR 30 to 50 Cel (section 13)."""
IMPURITY = filled(QualityAttribute, {"limit_high": "0.15"})
CONTENT = ParameterContent(parameters=(TEMPERATURE,), attributes=(IMPURITY,))


async def turns_to(database: Database, activity: str) -> None:
    """What the scope of the seeded site does is this from now on, for the market."""
    async with database.writing() as session:
        scope = await session.get_one(ScopeRow, "SC-1")
        scope.activity, scope.stage = activity, "COMMERCIAL"


def packed_as(stage: object, markets: Sequence[str]) -> dict[str, JsonValue]:
    """What a registration says of the pack of a finished product, so that its markets take it."""
    if stage != SupplyStage.FINISHED.value:
        return {}
    british = not {"GB", "XI"}.isdisjoint(markets)
    return {"pack": {"description": PACKED, "marks": ["UK_ONLY"] if british else []}}


async def stage_of(database: Database, scope_id: str, parents: Sequence[Mapping[str, Any]]) -> dict[str, JsonValue]:
    """What a registration says of what comes out of a scope: the last stage that it makes, or what the goods are."""
    same = [each["batch_id"] for each in parents if each["relation"] != "INTERMEDIATE"]
    async with database.reading() as session:
        scope = await session.get_one(ScopeRow, scope_id)
        origin = await session.get(BatchRow, same[0]) if same else None
    if origin is not None and origin.supply_stage is not None:
        known = {"pack": origin.pack} if origin.pack is not None else {}
        return {"supply_stage": origin.supply_stage, "packed_by": None, **known}
    stage = inferred_stage(Activity(scope.activity), ProductStage(scope.stage))
    return {"supply_stage": stage.value, "packed_by": scope_id if stage.reaches_patients else None}


async def ready(seeded: Seeded, activity: str = "DRUG_PRODUCT", **agreement: JsonValue) -> Seeded:
    """The seeded site may make ARL-204: on the list, an agreement in force, parameters effective for 100 days."""
    await turns_to(seeded.database, activity)
    await stands(seeded, AslStatus.APPROVED, markets=["EU", "US"])
    await agrees(seeded, NOTIFICATION, **agreement)
    await seeded.upload()
    await effective(seeded)
    return seeded


async def effective(
    seeded: Seeded,
    content: ParameterContent = CONTENT,
    *,
    scope_id: str = "SC-1",
    at: datetime = START - timedelta(days=100),
    version: tuple[int, int] = (1, 0),
) -> str:
    """A parameter set is agreed and effective. Returns its id."""
    set_id = f"PS-{900 + next(_numbers)}"
    agreed: dict[str, JsonValue] = {
        "scope_id": scope_id,
        "site_id": "VM-02",
        "product": "ARL-204",
        "major": version[0],
        "minor": version[1],
        "content": content.model_dump(mode="json"),
        "sha256": "0" * 64,
        "case_id": "TX-0",
    }
    await seeded.write("parameters.agreed", set_id, agreed, at=at)
    await seeded.write("parameters.effective", set_id, {}, at=at)
    await process_is_registered(seeded.database, set_id)
    return set_id


def with_yields(changes: dict[str, Any]) -> dict[str, Any]:
    """The yields of what a batch is made of, where a test does not say them: as much comes of it as goes into it."""
    parents = changes.get("parents", ())
    made_of = [each for each in parents if each["relation"] == "INTERMEDIATE"]
    if not made_of or any("theoretical_yield" in each for each in parents):
        return {}
    said = [{**each, "theoretical_yield": "1"} if each in made_of else each for each in parents]
    return {"parents": said, "yield_low": "1", "yield_high": "1000"}


async def registered(seeded: Seeded, by: str = "sana", *, at: datetime = START, **changes: Any) -> Qualifying:
    """A batch is registered, by default of the seeded scope for the EU and the US."""
    parts = [
        Decimal(each["quantity"])
        for each in changes.get("parents", ())
        if each["relation"] in _DIVIDED and each.get("quantity")
    ]
    changes = {**changes, **with_yields(changes)}
    stated = await stage_of(seeded.database, changes.get("scope_id", "SC-1"), changes.get("parents", ()))
    if changes.get("supply_stage", stated["supply_stage"]) != stated["supply_stage"]:
        stated = {"packed_by": None}
    form = {
        "site_id": "VM-02",
        "scope_id": "SC-1",
        **packed_as(changes.get("supply_stage", stated.get("supply_stage")), changes.get("markets", ())),
        **stated,
        "number": f"B-{next(_numbers):03}",
        "order_number": "PO-4711",
        "size": str(sum(parts)) if parts else "120",
        "unit": "kg",
        "markets": ["EU", "US"],
        "mbr_version": "MBR-204 v3",
        "planned_start": START.date().isoformat(),
        "planned_end": START.date().isoformat(),
        **changes,
    }
    return await a_case(seeded, Process.BATCH, form, by=by, at=at)


async def in_manufacture(seeded: Seeded, *, begun: Mapping[str, Any] | None = None, **changes: Any) -> Qualifying:
    """A batch whose manufacture has begun; `begun` says more of its beginning."""
    batch = await registered(seeded, **changes)
    batch.passes(days=0, minutes=5)
    await batch.does("wen", "start", started_at=START.isoformat(), **(begun or {}))
    return batch


async def made(seeded: Seeded, value: str = "41.2", **changes: Any) -> Qualifying:
    """A batch that has been made, with one actual value of the coupling temperature."""
    batch = await in_manufacture(seeded, **changes)
    values = [{"parameter": "Coupling temperature", "value": value, "unit": "Cel", "measured_at": START.isoformat()}]
    await batch.answers("wen", "parameters", {"values": values})
    await finishes(batch)
    return batch


async def finishes(batch: Qualifying, **changes: Any) -> None:
    """Manufacture ends; of a batch that comes from others, all that is expected is there."""
    row = await batch_of(batch)
    parents = [each for each in await batch.seeded.rows(BatchParentRow) if each.batch_id == batch.case_id]
    yields = [
        Decimal(each.quantity or 0) * Decimal(each.theoretical_yield) for each in parents if each.theoretical_yield
    ]
    if any(each.relation in _DIVIDED for each in parents):
        changes = {"quantity": row.size, "yield_percent": "100", **changes}
    elif yields:
        changes = {"quantity": str(sum(yields)), "yield_percent": "100", **changes}
    await batch.does("wen", "finish", **{"finished_on": START.date().isoformat(), "expiry_on": "2028-01-31", **changes})


async def batch_of(batch: Qualifying) -> BatchRow:
    return await batch.seeded.row(BatchRow, batch.case_id)
