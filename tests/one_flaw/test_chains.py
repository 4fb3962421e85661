"""Chains of any shape, one flaw anywhere: what must be refused is refused, and nothing else.

A sample; `python -m tests.one_flaw.chains` tries hundreds. What must happen is said in `shapes`, which knows no gate.
"""

import ast
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.one_flaw import shapes
from tests.one_flaw.chain_flaws import AT_SITES, OF_BATCHES
from tests.one_flaw.chains import TRIES, faults_of_seed
from tests.one_flaw.shapes import KINDS, WIDEST, Case, Shape, Where, a_case, a_shape
from tests.one_flaw.world import World

SAMPLE = 6
MANY = range(400)
A_CHAIN = Shape(
    [["API 0.0", "API 0.1"], ["BULK 1.0"], ["EU_PACK 2.0", "EU_PACK 2.1"]],
    {"API 0.0": [], "API 0.1": [], "BULK 1.0": ["API 0.0"], "EU_PACK 2.0": ["BULK 1.0"], "EU_PACK 2.1": ["BULK 1.0"]},
)


@pytest.mark.parametrize("seed", range(SAMPLE))
async def test_a_flaw_stops_exactly_what_it_must(seed: int, world: World) -> None:
    assert await faults_of_seed(seed, world) == []


def test_chains_are_of_every_length_and_of_every_width_in_every_layer() -> None:
    chains = [a_shape(random.Random(seed)) for seed in MANY]
    assert {len(each.layers) for each in chains} == {2, 3, 4, 5, 6}
    widths = {(len(layer), layer[0].partition(" ")[0]) for each in chains for layer in each.layers}
    assert widths == {(width, stage) for width in range(1, WIDEST + 1) for stage in shapes.MAKES}


def test_every_kind_of_flaw_is_tried_at_every_depth_where_it_may_lie() -> None:
    tried: Counter[str] = Counter()
    for seed in MANY:
        chance = random.Random(seed)
        shape = a_shape(chance)
        cases = [a_case(chance, shape, early=False) for _ in range(TRIES)]
        tried.update(each.kind for each in (*cases, a_case(chance, shape, early=True)) if each is not None)
    assert set(tried) == set(KINDS)
    assert min(tried.values()) > 10
    assert {*OF_BATCHES, *AT_SITES} == {name for name, each in KINDS.items() if not each.early} - {_DATED}
    assert {name for name, each in KINDS.items() if each.where is Where.SITE} == set(AT_SITES)


_DATED = "used after its last day"
"""It depends on when the batch was used."""


@pytest.mark.parametrize(
    ("kind", "at", "stopped"),
    [
        ("held", "API 0.0", {"EU_PACK 2.0", "EU_PACK 2.1"}),
        ("held", "API 0.1", set()),
        ("held", "EU_PACK 2.0", {"EU_PACK 2.0"}),
        ("a major deviation", "EU_PACK 2.0", {"EU_PACK 2.0", "EU_PACK 2.1"}),
        ("a major deviation", "API 0.1", set()),
        ("disqualified", "TB-01", {"EU_PACK 2.0", "EU_PACK 2.1"}),
        ("disqualified", "LR-01", set()),
        ("on probation", "PK-01", set()),
        ("other parameters were effective", "BULK 1.0", set()),
    ],
)
def test_the_oracle_knows_whom_a_flaw_stops(kind: str, at: str, stopped: set[str]) -> None:
    case = Case(kind, at)
    assert {name for name in A_CHAIN.last if case.stops(A_CHAIN, name)} == stopped


def test_the_oracle_knows_neither_gates_nor_records() -> None:
    tree = ast.parse(Path(shapes.__file__).read_text())
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert modules == {"random", "collections.abc", "dataclasses", "enum", "typing"}
