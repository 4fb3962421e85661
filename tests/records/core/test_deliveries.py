import asyncio
from datetime import timedelta

import pytest

from records.core.database import Database
from records.core.outgoing.deliveries import Deliveries, Delivery, Outcome, RetrySchedule
from records.core.tables.journal import OutboxRow
from tests.activities.outbox import put, rows

PATIENT = {"mail": RetrySchedule(timedelta(hours=1), timedelta(hours=4), tries=3)}
AT_ONCE = {"mail": RetrySchedule(timedelta(), timedelta(), tries=3)}


def ids(claimed: list[Delivery]) -> list[list[int | None]]:
    return [[row.outbox_id for row in delivery.rows] for delivery in claimed]


@pytest.mark.parametrize(("tries", "hours"), [(1, 1), (2, 2), (3, 4), (4, 4), (4000, 4), (4999, 4), (5000, None)])
def test_the_wait_doubles_up_to_a_limit_and_ends(tries: int, hours: int | None) -> None:
    schedule = RetrySchedule(timedelta(hours=1), timedelta(hours=4), tries=5000)
    assert schedule.wait(tries) == (timedelta(hours=hours) if hours else None)


async def test_each_lane_hands_out_its_oldest_row_only(database: Database) -> None:
    first, second, other = [await put(database, lane) for lane in ("a", "a", "b")]
    deliveries = Deliveries(database)
    claimed = await deliveries.turn("r", [], 10)
    assert ids(claimed) == [[first], [other]]
    assert await deliveries.turn("r", [], 10) == []
    following = await deliveries.turn("r", [Outcome(claimed[0], delivered=True)], 10)
    assert ids(following) == [[second]]


async def test_a_failing_row_blocks_its_own_lane_only(database: Database) -> None:
    first, second, other = [await put(database, lane) for lane in ("a", "a", "b")]
    deliveries = Deliveries(database, retries=PATIENT)
    claimed = await deliveries.turn("r", [], 10)
    failed = [Outcome(claimed[0], delivered=False, error="no route"), Outcome(claimed[1], delivered=True)]
    assert await deliveries.turn("r", failed, 10) == []
    found = await rows(database)
    assert (found[first].tries, found[first].last_error) == (1, "no route")
    assert found[first].not_before is not None
    assert found[second].tries == 0
    assert found[other].delivered_at is not None


async def test_a_row_is_given_up_after_so_many_tries_and_its_lane_goes_on(database: Database) -> None:
    first, second = [await put(database, "a") for _ in range(2)]
    deliveries = Deliveries(database, retries=AT_ONCE)
    claimed = await deliveries.turn("r", [], 10)
    for _ in range(3):
        assert ids(claimed) == [[first]]
        claimed = await deliveries.turn("r", [Outcome(claimed[0], delivered=False, error="no")], 10)
    assert ids(claimed) == [[second]]
    found = await rows(database)
    assert (found[first].tries, found[first].last_error) == (3, "no")
    assert found[first].dead_at is not None


async def test_what_no_try_can_deliver_is_given_up_at_once(database: Database) -> None:
    only = await put(database, "a")
    deliveries = Deliveries(database)
    [delivery] = await deliveries.turn("r", [], 10)
    await deliveries.turn("r", [Outcome(delivery, delivered=False, error="gone", final=True)], 10)
    assert (await rows(database))[only].dead_at is not None


async def test_two_relays_never_hold_the_same_row(database: Database) -> None:
    expected = [await put(database, f"lane-{number % 7}") for number in range(42)]
    deliveries = Deliveries(database)
    got: list[int] = []

    async def relay(name: str) -> None:
        settled: list[Outcome] = []
        while True:
            claimed = await deliveries.turn(name, settled, 3)
            if not claimed and not settled and len(got) >= len(expected):
                return
            got.extend(row.outbox_id or 0 for delivery in claimed for row in delivery.rows)
            await asyncio.sleep(0.001)
            settled = [Outcome(delivery, delivered=True) for delivery in claimed]

    await asyncio.gather(*(relay(f"relay-{number}") for number in range(4)))
    assert sorted(got) == expected
    assert [row.tries for row in (await rows(database)).values()] == [1] * len(expected)
    for number in range(7):
        lane = [outbox_id for outbox_id in got if expected.index(outbox_id) % 7 == number]
        assert lane == sorted(lane)


async def test_the_rows_of_a_killed_relay_are_free_after_the_lease(database: Database) -> None:
    only = await put(database, "a")
    deliveries = Deliveries(database, lease=timedelta(hours=1))
    [delivery] = await deliveries.turn("killed", [], 10)
    assert await deliveries.turn("next", [], 10) == []
    await deliveries.renew("killed", [delivery])
    async with database.writing() as session:
        row = await session.get_one(OutboxRow, only)
        assert row.claimed_until is not None
        assert delivery.head.claimed_until is not None
        assert row.claimed_until > delivery.head.claimed_until
        row.claimed_until -= timedelta(hours=2)
    assert ids(await deliveries.turn("next", [], 10)) == [[only]]
    await deliveries.turn("killed", [Outcome(delivery, delivered=True)], 0)
    assert (await rows(database))[only].claimed_by == "next"
    assert (await rows(database))[only].delivered_at is None


async def test_a_relay_that_stops_gives_its_rows_back(database: Database) -> None:
    only = await put(database, "a")
    deliveries = Deliveries(database)
    claimed = await deliveries.turn("stopping", [], 10)
    await deliveries.release("stopping", claimed)
    assert ids(await deliveries.turn("next", [], 10)) == [[only]]


async def test_the_late_mails_of_a_person_go_together(database: Database) -> None:
    late = [await put(database, "mail:PER-1", ago=timedelta(hours=20 - number)) for number in range(3)]
    late.append(await put(database, "mail:PER-1"))
    punctual = [await put(database, "mail:PER-2") for _ in range(2)]
    deliveries = Deliveries(database)
    claimed = await deliveries.turn("r", [], 10)
    assert ids(claimed) == [late, [punctual[0]]]
    await deliveries.turn("r", [Outcome(claimed[0], delivered=True, error="sent in a digest of 4")], 0)
    found = await rows(database)
    assert all(found[outbox_id].delivered_at for outbox_id in late)


async def test_a_digest_that_fails_is_tried_again_whole(database: Database) -> None:
    late = [await put(database, "mail:PER-1", ago=timedelta(hours=20)) for _ in range(3)]
    deliveries = Deliveries(database, retries=AT_ONCE)
    [delivery] = await deliveries.turn("r", [], 10)
    [again] = await deliveries.turn("r", [Outcome(delivery, delivered=False, error="down")], 10)
    assert ids([again]) == [late]
    assert [row.tries for row in (await rows(database)).values()] == [1, 0, 0]
