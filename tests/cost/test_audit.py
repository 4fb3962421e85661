"""What an audit costs the database. Figures are exact: whoever makes a step dearer raises its ceiling with a reason.

The columns: SQL statements on SQLite until everything that follows from a step is done, and until the person is
answered; the same on PostgreSQL, which is asked for its clock and locks the feed; write transactions, and events of the
history of the case, the same on both. The signature token is part of its step. How it is counted: `counting.py`.
"""

from collections.abc import AsyncIterator

import pytest

from tests.cost.audit import Cost, CountedAudit, counted_audit
from tests.records.databases import Databases

pytestmark = pytest.mark.timeout(600)  # a whole audit is told before the first test

CEILINGS = """
step                 SQLite  answered  PostgreSQL  answered  writes  events
request                  67        39          74        42       5       7
decide                   80        69          91        74       8       8
plan                     80        69          92        75       8       8
approve-plan             88        77          99        82       8       8
team                     75        64          84        67       6       8
declare                  81        70          92        75       8       8
notice                   79        68          91        74       8       8
confirm                  87        76          96        79       8       8
prepare                  62        51          72        55       6       8
open                     72        61          81        64       6       8
log-evidence             36        30          41        32       3       6
close-meeting            88        77          95        78       6       9
report                   85        74          96        79       8      10
approve-report          108        94         117        96       9       8
acknowledge-report       53        47          60        51       5       6
respond                  82        71          93        76       8       8
review-response          77        66          89        72       8       8
accept-response         123        80         135        85      10       8
implement                88        75          97        78       8      10
verify                  113        76         128        83      11      10
close                    72        66          81        72       6      10
whole audit            1667      1369        1875      1458     153     172
"""

VIEWS = {
    "/v1/audits/{}": 9,
    "/v1/audits/{}/events": 2,
    "/v1/audits": 2,
    "/v1/events": 2,
    "/v1/sites": 2,
    "/v1/tasks": 2,
}
"""Statements of one evaluation, with the one of the sign-in; the same on both databases."""

SLACK = Cost(statements=2, before_answer=2, writes=0, events=0)
"""How far a figure may be below its ceiling."""


def ceilings(kind: str) -> dict[str, Cost]:
    """The table as one database has it."""
    costs = {}
    for line in CEILINGS.strip().splitlines()[1:]:
        step, (*sqlite, writes, events) = line[:19].strip(), map(int, line[19:].split())
        statements, before_answer = sqlite[:2] if kind == "sqlite" else sqlite[2:]
        costs[step] = Cost(statements, before_answer, writes, events)
    return costs


def judged(step: str, cost: Cost, ceiling: Cost) -> list[str]:
    """What is wrong with the cost of a step."""
    faults = []
    for name, is_, may_be, slack in zip(Cost._fields, cost, ceiling, SLACK, strict=True):
        if is_ > may_be:
            faults.append(f"{step}: {name} rose from {may_be} to {is_}")
        elif is_ < may_be - slack:
            faults.append(f"{step}: {name} fell from {may_be} to {is_}; lower the ceiling")
    return faults


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def counted(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, CountedAudit]]:
    """The kind of database, and an audit from its request to its closure."""
    url = await databases.seeded(request.param)
    async with counted_audit(tmp_path_factory.mktemp("cost"), url) as audit:
        yield request.param, audit


async def test_no_step_of_an_audit_costs_more_than_it_did(counted: tuple[str, CountedAudit]) -> None:
    kind, audit = counted
    whole = Cost(*map(sum, zip(*audit.costs.values(), strict=True)))
    costs = {**audit.costs, "whole audit": whole}
    assert list(costs) == list(ceilings(kind))
    faults = [fault for step, ceiling in ceilings(kind).items() for fault in judged(step, costs[step], ceiling)]
    assert not faults, "\n".join([kind, *faults])


async def test_no_evaluation_costs_more_than_it_did(counted: tuple[str, CountedAudit]) -> None:
    _, audit = counted
    assert audit.views == VIEWS, "lower the ceiling if fewer are needed now"


def test_a_figure_is_at_fault_above_its_ceiling_and_well_below_it() -> None:
    ceiling = Cost(statements=80, before_answer=69, writes=8, events=8)
    assert judged("decide", ceiling, ceiling) == []
    assert judged("decide", Cost(78, 67, 8, 8), ceiling) == []
    assert judged("decide", Cost(81, 69, 8, 9), ceiling) == [
        "decide: statements rose from 80 to 81",
        "decide: events rose from 8 to 9",
    ]
    assert judged("decide", Cost(77, 69, 7, 8), ceiling) == [
        "decide: statements fell from 80 to 77; lower the ceiling",
        "decide: writes fell from 8 to 7; lower the ceiling",
    ]
