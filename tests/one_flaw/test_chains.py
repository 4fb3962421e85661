"""Chains of any shape, one flaw anywhere: what comes from the flawed batch is refused, and nothing else.

What must happen is reckoned from the shape alone.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest

from domain.core.refusals import Code, Refused
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying
from tests.records.seeded import START, Seeded

_STEP = timedelta(minutes=20)
_CHAINS = 6


class Kind(StrEnum):
    """What may be wrong with one batch of a chain."""

    NONE = "NONE"
    UNDECIDED = "UNDECIDED"
    """It is used, and never released."""
    REJECTED = "REJECTED"
    DEVIATION = "DEVIATION"
    """A grave deviation is reported after its release."""
    OOS = "OOS"


@dataclass(frozen=True)
class Chain:
    """Batches by number, each with those that it comes from; the last one is decided on in the end."""

    parents: Mapping[int, Sequence[int]]
    layer: Mapping[int, int]
    flawed: int
    kind: Kind

    @property
    def last(self) -> int:
        return max(self.parents)

    def origin(self, number: int) -> set[int]:
        """A batch, and all that it comes from."""
        found = {number}
        for parent in self.parents[number]:
            found |= self.origin(parent)
        return found

    def is_refused(self, number: int) -> bool:
        """Whether a batch must not be certified: it or something that it comes from is flawed."""
        return self.kind is not Kind.NONE and self.flawed in self.origin(number)


def a_chain(chance: random.Random) -> Chain:
    """One to five layers, one to three batches wide, each batch made of some of the layer before."""
    parents: dict[int, list[int]] = {}
    layer: dict[int, int] = {}
    before: list[int] = []
    for depth in range(chance.randint(1, 5)):
        width = chance.randint(1, 3 if depth < 2 else 1)
        numbers = list(range(len(parents), len(parents) + width))
        for number in numbers:
            parents[number] = sorted(chance.sample(before, chance.randint(1, len(before)))) if before else []
            layer[number] = depth
        before = numbers
    return Chain(parents, layer, chance.choice(sorted(parents)), chance.choice(list(Kind)))


@on_one_database
@pytest.mark.parametrize("seed", range(_CHAINS))
async def test_a_flaw_stops_exactly_what_comes_from_it(seed: int, seeded: Seeded) -> None:
    chain = a_chain(random.Random(seed))
    await fit(seeded)
    made: dict[int, Qualifying] = {}
    for number in sorted(chain.parents):
        made[number] = await _made(seeded, chain, number, made)
        if number != chain.last:
            await _decided(chain, number, made[number])
    after = START + _STEP * (len(chain.parents) + 1)
    if chain.kind in (Kind.DEVIATION, Kind.OOS):
        await _reported(made[chain.flawed], chain.kind)
    last = made[chain.last]
    last.at = after
    if chain.flawed == chain.last and chain.kind in (Kind.UNDECIDED, Kind.REJECTED):
        return  # nobody has asked for more
    assert await _is_certified(last) is not chain.is_refused(chain.last), chain


async def _made(seeded: Seeded, chain: Chain, number: int, made: Mapping[int, Qualifying]) -> Qualifying:
    at = START + _STEP * number
    parents = [
        {"batch_id": made[each].case_id, "relation": "INTERMEDIATE", "quantity": "5"} for each in chain.parents[number]
    ]
    return await reviewed(seeded, at=at, started_at=at, parents=parents, markets=["EU"])


async def _decided(chain: Chain, number: int, batch: Qualifying) -> None:
    """Released, unless it is the flawed one or comes from it: then it is refused."""
    if number == chain.flawed and chain.kind is Kind.UNDECIDED:
        return
    if number == chain.flawed and chain.kind is Kind.REJECTED:
        no: dict[str, Any] = {
            "decision": "REJECT",
            "quantity": None,
            "reason": "Particles were found.",
            "grounds": ["DATA_INTEGRITY"],
        }
        await decides(batch, "quentin", "EU", **no)
        return
    early = chain.kind in (Kind.UNDECIDED, Kind.REJECTED)
    assert await _is_certified(batch) is not (early and chain.is_refused(number)), chain


async def _is_certified(batch: Qualifying) -> bool:
    try:
        return bool((await decides(batch, "quentin", "EU")).effect["certificate_number"])
    except Refused as refused:
        if refused.refusal.code is Code.GATE_CLOSED:
            return False
        raise


async def _reported(batch: Qualifying, kind: Kind) -> None:
    batch.passes(minutes=1)
    if kind is Kind.DEVIATION:
        given = {"deviation_id": "DEV-1", "deviation_class": "MAJOR", "parameter": None}
        await batch.answers("vito", "deviation", {**given, "detected_at": START.isoformat()})
    else:
        await batch.answers("vito", "oos", {"oos_id": "OOS-1", "detected_at": START.isoformat()})


def test_chains_have_up_to_five_layers() -> None:
    layers = {max(a_chain(random.Random(seed)).layer.values()) + 1 for seed in range(40)}
    assert layers == {1, 2, 3, 4, 5}
