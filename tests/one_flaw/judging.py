"""Whether a row of the table holds: the flaw is put into a copy of the world, and the decision is tried."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.core.entry import Written
from domain.core.refusals import Code, Refusal
from domain.core.refusals import Refused as NotTaken
from tests.one_flaw.flaws import Flaw
from tests.one_flaw.page import codes_in, page_of
from tests.one_flaw.rows import Barred, Judged, Refused, Row, Seen
from tests.one_flaw.telling import DECIDED_BY, Telling, a_copy, kept_as
from tests.one_flaw.world import END, World

RATIONALE = "Looked into, with the evidence on file: no risk for this batch."


async def faults_of(
    row: Row, world: World, *, aside: Callable[[], AbstractContextManager[None]] | None = None
) -> list[str]:
    """What is otherwise than the row expects, in words; empty if it holds.

    Who reads the gate page before and after the decision finds no code on it; if nothing was written in between, it is
    the same page. It is read `aside`, where what the gates say is not the row's; not at all without that.
    """
    async with _flawed(row.flaw, world.of(row.market)) as told:
        if aside is None or isinstance(told, Refusal):
            return await _faults(told, row)
        with aside():
            before = codes_in(await page_of(told, row.market))
        known = await told.reached()
        faults = await _faults(told, row)
        if await told.reached() == known:
            return [*before, *faults]
        with aside():
            return [*before, *faults, *codes_in(await page_of(told, row.market))]


async def _faults(told: Telling | Refusal, row: Row) -> list[str]:
    if isinstance(told, Refusal):
        return _barred(row, told)
    if isinstance(row.expects, Barred) and told.refused and not row.decision:
        return _barred(row, told.refused[0])
    if isinstance(row.expects, Seen):
        return await _seen(told, row.market, row.expects)
    first = await _tried(told, row)
    match row.expects:
        case Refused(gate=gate, words=words, also=also):
            return _closed(first, {gate: words}, also)
        case Judged(gate=gate, words=words) as judged:
            return _closed(first, {gate: words}, frozenset()) or await _judged(told, row, judged)
        case Barred():
            return _barred(row, first) if isinstance(first, Refusal) else ["nobody was barred"]
        case _:
            return _released(first)


_retold: dict[tuple[str, int], tuple[Path, datetime, list[Refusal]]] = {}
"""Where the story was told again with a flaw, and the instant it then had come to."""


@asynccontextmanager
async def _flawed(flaw: Flaw, world: World) -> AsyncIterator[Telling | Refusal]:
    """A copy of the world with a flaw in it; the refusal, if the flaw is not taken."""
    story, at, refusals = await told_again(flaw, world) or (world.copy(END), world.now, [])
    async with a_copy(story, world) as told:
        told.at, told.refused = at, [*refusals]
        try:
            if flaw is not flaw.in_story:
                await flaw.act(told)
        except NotTaken as refused:
            yield refused.refusal
            return
        yield told


async def told_again(flaw: Flaw, world: World) -> tuple[Path, datetime, list[Refusal]] | None:
    """The story with a flaw in it, told once: where it is kept; `None` if nothing in the story is otherwise."""
    if flaw.in_story is None:
        return None
    key = (world.folder, id(flaw.in_story))
    if key not in _retold:
        path = Path(world.folder) / f"retold{os.getpid()}-{len(_retold)}.db"
        async with a_copy(world.copy(flaw.in_story.mark), world) as told:
            await flaw.in_story.act(told)
            await kept_as(told, path)
            _retold[key] = path, told.at, told.refused
    return _retold[key]


async def _tried(told: Telling, row: Row, **more: Any) -> Written | Refusal:
    try:
        return await told.decides(row.market, **{**row.decision, **more})
    except NotTaken as refused:
        return refused.refusal


async def _seen(told: Telling, market: str, expected: Seen) -> list[str]:
    what, action, _ = DECIDED_BY[market]
    lines = str((await told.batch(what).asks(action, market=market))["gates_seen"]).split("\n")
    said = next(line for line in lines if line.startswith(f"{expected.gate} "))
    fits = said.startswith(f"{expected.gate} FAIL: ") and expected.words in said
    return [] if fits else [f"is seen as {said!r}"]


async def _judged(told: Telling, row: Row, judged: Judged) -> list[str]:
    """The right person writes why, and names what it rests on: it is released as judged."""
    gate, named = judged.gate, await judged.on(told)
    if named:
        bare = await _tried(told, row, judgements=[{"gate": gate, "rationale": RATIONALE}])
        if isinstance(bare, Written):
            return ["was released on a judgement that names no record"]
    found = await _tried(told, row, judgements=[{"gate": gate, "rationale": RATIONALE, **named}])
    if faults := _released(found):
        return faults
    assert isinstance(found, Written)
    gates = found.effect["gates"]
    assert isinstance(gates, list)
    verdicts = {each["gate"]: each["verdict"] for each in gates if isinstance(each, dict)}
    return [] if verdicts[gate] == "JUDGED" else [f"{gate} is {verdicts[gate]}, not JUDGED"]


def _closed(found: Written | Refusal, words: dict[str, str], also: frozenset[str]) -> list[str]:
    if isinstance(found, Written):
        return [f"was released as {found.effect['certificate_number']}"]
    if found.code is not Code.GATE_CLOSED:
        return [f"refused as {found.code}: {found.message} {found.fields}"]
    wanted = {*words, *also}
    faults = [f"{gate} is open" for gate in sorted(wanted - set(found.fields))]
    faults += [f"{gate} is closed: {found.fields[gate]}" for gate in sorted(set(found.fields) - wanted)]
    faults += [
        f"{gate} says {found.fields[gate]!r}, not {part!r}"
        for gate, part in words.items()
        if gate in found.fields and part not in found.fields[gate]
    ]
    return faults


def _released(found: Written | Refusal) -> list[str]:
    if isinstance(found, Refusal):
        return [f"refused as {found.code}: {found.fields or found.message}"]
    return [] if found.effect["decision"] == "RELEASE" else ["was not released"]


def _barred(row: Row, refusal: Refusal) -> list[str]:
    wanted = row.expects
    if not isinstance(wanted, Barred):
        return [f"the flaw was not taken: {refusal.code}: {refusal.fields or refusal.message}"]
    told = f"{refusal.code}: {refusal.fields or refusal.message} {refusal.rule}"
    fits = refusal.code.value == wanted.code and wanted.words in f"{refusal.message} {refusal.fields}"
    return [] if fits and wanted.rule in (None, refusal.rule) else [f"refused as {told}"]
