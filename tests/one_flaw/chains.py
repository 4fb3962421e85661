"""Chains are made through the journal, one thing goes wrong, and every batch of the last layer is decided on.

`python -m tests.one_flaw.chains` tries one seed after another, for at most half an hour; the next run goes on with the
seeds that are left.
"""

import asyncio
import json
import random
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from tests.one_flaw import world as story
from tests.one_flaw.chain_flaws import STEP, flaw_of
from tests.one_flaw.flaws import MADE_AT
from tests.one_flaw.mutate import KEPT, UNFINISHED, state
from tests.one_flaw.past import IMPURITY, TEMPERATURE
from tests.one_flaw.shapes import Case, Shape, a_case, a_shape
from tests.one_flaw.telling import Telling, a_copy, kept_as
from tests.one_flaw.world import INTERMEDIATE, STAGES, World
from tests.records.databases import Databases
from tests.records.making import packed_as
from tests.records.qualifying import Qualifying

TRIES = 5
"""Flaws that are put into copies of one chain."""
UNITS = {"BULK": "{tbl}", "EU_PACK": "{pack}"}
DECIDES = {"BULK": ("bela", "confirm-manufacture"), "EU_PACK": ("quentin", "certify")}
ENOUGH = 400
"""Seeds of the long run."""
FOUND = KEPT.with_name("chains.json")


# ---------------------------------------------------------------------------------- a chain is made


BOUGHT = {
    "name": "ARL-204",
    "lot": "L-T-77",
    "part": "API",
    "manufacturer": "Veldmark Fine Chemistry, Plant 2",
    "maker_site_id": "VM-02",
}
"""The substance of bulk with which a chain begins."""


async def is_made(told: Telling, shape: Shape, case: Case | None = None) -> list[str]:
    """All layers but the last are decided on as well. Returns what was decided otherwise than it must be."""
    told.world = replace(told.world, batches={}, numbers={}, begun=told.at)
    faults: list[str] = []
    for layer in shape.layers:
        for name in layer:
            await _is_made(told, shape, name, case)
        if layer is not shape.last:
            for name in layer:
                faults += await _is_decided(told, shape, name, case)
            told.passes(days=STEP.days)
        else:
            told.passes(hours=2)
    return faults


async def _is_made(told: Telling, shape: Shape, name: str, case: Case | None) -> None:
    stage, place, at = name.partition(" ")[0], MADE_AT[name], told.at
    wrong = case.kind if case is not None and case.at == name else ""
    batch = await told.opens(Process.BATCH, _registration(told, shape, name, stage), by="sana")
    told.world.batches[name], told.world.numbers[name] = batch.case_id, name
    now, lots = at.isoformat(), [{"name": "Material", "lot": f"L-{name}", "manufacturer": "Rheinchem AG"}]
    if stage == "BULK" and not shape.parents[name]:
        lots.append(BOUGHT)
    await batch.answers(place.maker, "start", {"started_at": now, "materials": lots, "equipment": []})
    temperature = "52.6" if wrong == "outside its proven range" else "41.2"
    value = {"parameter": TEMPERATURE, "value": temperature, "unit": "Cel", "measured_at": now}
    await batch.answers(place.maker, "parameters", {"values": [value]})
    batch.passes(minutes=30)
    lasts = told.world.begun + timedelta(days=600 - shape.layer_of(name))
    ends = {"finished_on": batch.at.date().isoformat(), "finished_at": batch.at.isoformat(), "quantity": "990"}
    ends |= {"yield_percent": "99", "expiry_on": lasts.date().isoformat()}
    await batch.answers(place.maker, "finish", ends)
    await _is_tested(told, batch, name, wrong)
    if wrong not in ("not analysed", "outside its specification", "not disposed of by its site"):
        document = await told.uploads(place.quality_head)
        await batch.answers(place.quality_head, "disposition", {"certificate_of_compliance": document})
    gates = {"nora review-results": ("G8", "G9"), "priya review-record": ("G7", "G10", "G12")}
    for review, judged in {**gates, "carla review-process": ("G6",)}.items():
        user, action = review.split()
        verdicts = [{"gate": gate, "verdict": "PASS"} for gate in judged]
        if not (wrong == "not reviewed" and user == "carla"):
            await batch.answers(user, action, {"verdicts": verdicts})


def _registration(told: Telling, shape: Shape, name: str, stage: str) -> dict[str, Any]:
    place, today = MADE_AT[name], told.at.date().isoformat()
    took = [
        {"batch_id": told.world.batches[each], "relation": "INTERMEDIATE", "quantity": "100"}
        for each in shape.parents[name]
    ]
    counted = [{**each, "theoretical_yield": "10"} if number == 0 else each for number, each in enumerate(took)]
    limits = {"yield_low": "90", "yield_high": "101"} if took else {}
    return {
        "site_id": place.site_id,
        "scope_id": told.world.scopes[place.site_id],
        "number": name,
        "order_number": f"PO-{name}",
        "size": "1000",
        "unit": UNITS.get(stage, "kg"),
        "markets": ["EU"],
        "supply_stage": STAGES[stage],
        **packed_as(STAGES[stage], ["EU"]),
        "mbr_version": f"MBR {place.site_id} v3",
        "planned_start": today,
        "planned_end": today,
        "parents": counted,
        **limits,
    }


async def _is_tested(told: Telling, batch: Qualifying, name: str, wrong: str) -> None:
    today, place = batch.at.date().isoformat(), MADE_AT[name]
    own = {"test": IMPURITY, "result": "0.12", "unit": "%"}
    found = {**own, "result": "0.27"} if wrong == "outside its specification" else own
    if wrong != "not analysed":
        certificate = {"number": f"COA-{name}", "results": [found], "issued_on": today}
        await batch.answers(place.quality, "coa", {**certificate, "document": await told.uploads(place.quality)})
    document = await told.uploads("nora")
    await batch.answers("tove", "own-testing", {"results": [own], "tested_on": today, "document": document})


async def _is_decided(told: Telling, shape: Shape, name: str, case: Case | None) -> list[str]:
    """As it must be: released, unless something is wrong with it or with what it comes from."""
    wrong = case.kind if case is not None and case.at == name else ""
    if wrong == "never decided on":
        return []
    return await judged(told, shape, name, case)


async def judged(told: Telling, shape: Shape, name: str, case: Case | None) -> list[str]:
    """What is otherwise than it must be, as a batch is decided on."""
    stops = case is not None and case.stops(shape, name)
    try:
        await _decides(told, name)
    except Refused as refused:
        if refused.refusal.code is not Code.GATE_CLOSED or not stops:
            return [f"{name} was refused: {refused.refusal.fields or refused.refusal.message}"]
        return []
    return [f"{name} was released"] if stops else []


async def _decides(told: Telling, name: str) -> None:
    batch = told.batch(name)
    user, action = DECIDES.get(name.partition(" ")[0], ("hana", "release-for-processing"))
    shown = await batch.asks(action, market="EU")
    given: dict[str, Any] = {**shown, "market": "EU", "decision": "RELEASE", "quantity": "990"}
    if action == "release-for-processing":
        given |= {"sites": [], "purposes": ["FURTHER_PROCESSING"], "purpose": None}
    await batch.answers(user, action, given)


# ---------------------------------------------------------------------------------- and tried


@asynccontextmanager
async def _fresh(world: World) -> AsyncIterator[Telling]:
    """Where nothing has been made yet."""
    async with a_copy(world.copy(INTERMEDIATE), world) as told:
        told.at = world.story(INTERMEDIATE)[0].at
        yield told


async def faults_of_seed(seed: int, world: World) -> list[str]:
    """One chain with several flaws, each in a copy of its own, and one that was flawed as it was made."""
    chance = random.Random(seed)
    shape = a_shape(chance)
    faults: list[str] = []
    cases = [a_case(chance, shape, early=False) for _ in range(TRIES)]
    early = a_case(chance, shape, early=True)
    path = Path(world.folder) / f"chain{seed}.db"
    async with _fresh(world) as told:
        faults += await is_made(told, shape)
        await kept_as(told, path)
        made, at = told.world, told.at
    for case in filter(None, cases):
        async with a_copy(path, made) as told:
            told.at = at
            await flaw_of(case, shape).act(told)
            faults += [f"{case}: {fault}" for name in shape.last for fault in await judged(told, shape, name, case)]
    if early is not None:
        async with _fresh(world) as told:
            found = await is_made(told, shape, early)
            found += [fault for name in shape.last for fault in await judged(told, shape, name, early)]
            faults += [f"{early}: {fault}" for fault in found]
    path.unlink()
    return [f"seed {seed}: {fault}; {shape}" for fault in faults]


# ---------------------------------------------------------------------------------- at length


def _kept() -> int:
    kept = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    return int(kept["next"]) if kept.get("state") == state() else 0


async def _run(minutes: float) -> int:
    until, seed = monotonic() + minutes * 60, _kept()
    with tempfile.TemporaryDirectory(prefix="vetted-") as name:
        world = await story.told(Path(name), Databases(Path(name)))
        while seed < ENOUGH and monotonic() < until:
            faults = await faults_of_seed(seed, world)
            if faults:
                _say("\n".join(faults))
                return 1
            seed += 1
            FOUND.parent.mkdir(exist_ok=True)
            FOUND.write_text(json.dumps({"state": state(), "next": seed}))
    _say(f"{seed} of {ENOUGH} chains with {TRIES} flaws each, and one from the beginning, are as they must be.")
    return 0 if seed >= ENOUGH else UNFINISHED


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Try the seeds that are left; the status is that of the process."""
    parser = ArgumentParser(prog="python -m tests.one_flaw.chains", description="Try chains with a flaw anywhere.")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many (30)")
    return asyncio.run(_run(parser.parse_args().minutes))


if __name__ == "__main__":
    sys.exit(main())
