"""Rounds of a technical exchange in the records: what is carried over, who may say what, when it goes up."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from records.core.queries.events import events_after
from records.core.tables.cases import TaskRow
from records.core.tables.journal import OutboxRow
from records.exchange.queries.exchanges import difference_of_rounds
from records.exchange.tables.exchanges import ExchangeItemRow
from records.views.cases import one_case
from tests.records.databases import on_one_database
from tests.records.exchanging import ITEM, drafted, exchange, judged, opened, row_of, settled, signed
from tests.records.qualifying import Qualifying, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded


async def items(tx: Qualifying) -> list[tuple[int, int, int | None, str | None]]:
    rows = await tx.seeded.rows(ExchangeItemRow)
    return [(row.round, row.number, row.carried_from, row.verdict) for row in rows]


async def test_only_open_items_are_carried_over_and_numbers_are_never_used_again(seeded: Seeded) -> None:
    tx = await opened(seeded, items=4)
    assert await judged(tx, "AGREED", "OPEN", "REJECTED", "DEFERRED") == "ROUND"
    suggested = await tx.asks("open-round")
    assert suggested == {"items": [], "carried": [{"number": 2, "comment": "See above."}]}
    assert list((await refused(tx.answers("carla", "open-round", {"items": [ITEM], "carried": []}))).fields) == [
        "carried"
    ]
    await tx.answers("carla", "open-round", {**suggested, "items": [ITEM]})
    assert await judged(tx, "AGREED", "AGREED", then="AGREEMENT") == "AGREEMENT"
    assert await items(tx) == [
        (1, 1, None, "AGREED"),
        (1, 2, None, "OPEN"),
        (1, 3, None, "REJECTED"),
        (1, 4, None, "DEFERRED"),
        (2, 2, 1, "AGREED"),
        (2, 5, None, "AGREED"),
    ]
    async with seeded.database.reading() as session:
        vito = await seeded.actor("vito")
        view = await one_case(session, vito, Process.EXCHANGE, tx.case_id, tx.at)
        told = await difference_of_rounds(session, vito, tx.case_id, 1, 2)
        with pytest.raises(Refused) as caught:
            await difference_of_rounds(session, vito, tx.case_id, 1, 3)
        with pytest.raises(Refused):
            await difference_of_rounds(session, await seeded.actor("olga"), tx.case_id, 1, 2)
    assert view.exchange is not None
    assert [(item.number, item.verdict) for item in view.exchange.items][1] == (2, "AGREED")
    assert (view.exchange.deferred, view.exchange.round) == ((4,), 2)
    assert [(item.number, item.fate) for item in told.items if item.fate != "SETTLED"] == [(2, "CARRIED"), (5, "NEW")]
    assert caught.value.refusal.fields == {"to": "no such round"}
    await is_rebuilt_identically(seeded.database, "exchanges", "exchange_rounds", "exchange_items")


@on_one_database
async def test_an_answer_is_to_the_current_round_and_to_each_item_once(seeded: Seeded) -> None:
    tx = await opened(seeded, items=2)
    both = [{"number": number, "response": "Shown."} for number in (1, 2)]
    given: list[tuple[dict[str, Any], str]] = [
        ({"round": 2, "responses": both}, "round"),
        ({"round": 1, "responses": both[:1]}, "responses"),
        ({"round": 1, "responses": [*both, both[0]]}, "responses.2.number"),
        ({"round": 1, "responses": [*both, both[0] | {"number": 3}]}, "responses.2.number"),
    ]
    for form, fault in given:
        assert list((await refused(tx.answers("wen", "respond", form))).fields) == [fault]
    form = await tx.asks("respond")
    answers = await asyncio.gather(*(tx.answers("wen", "respond", form) for _ in range(2)), return_exceptions=True)
    (late,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert late.refusal.code is Code.ALREADY_ANSWERED


async def test_after_the_last_round_the_steering_pair_decides_together(seeded: Seeded) -> None:
    tx = await opened(seeded, max_rounds=1)
    assert await judged(tx, "OPEN") == "ESCALATION"
    decide = {"decision": "DECIDE", "verdicts": [{"number": 1, "verdict": "DEFERRED"}]}
    assert list((await refused(tx.does("erik", "steer", decision="DECIDE", verdicts=[]))).fields) == ["verdicts"]
    assert (await tx.does("erik", "steer", **decide)).effect == {}
    study = await tx.does("gustav", "steer-for-site", decision="COMMISSION_STUDY")
    assert study.effect == {"next": "ESCALATION", "agreed": False}
    await tx.does("gustav", "steer-for-site", decision="COMMISSION_STUDY")
    assert (await tx.does("erik", "steer", decision="COMMISSION_STUDY")).effect["next"] == "ROUND"
    assert (await row_of(tx)).rounds_max == 2
    await tx.does("carla", "open-round")
    assert await judged(tx, "OPEN") == "ESCALATION"
    await tx.does("erik", "steer", **decide)
    assert (await tx.does("gustav", "steer-for-site", **decide)).effect["next"] == "AGREEMENT"
    assert (await items(tx))[-1] == (2, 1, 1, "DEFERRED")
    await is_rebuilt_identically(seeded.database, "exchanges")


@on_one_database
async def test_the_last_round_may_end_with_an_item_deferred(seeded: Seeded) -> None:
    tx = await opened(seeded, items=2, max_rounds=1)
    await tx.does("wen", "respond")
    verdicts = [{"number": 1, "verdict": "AGREED"}, {"number": 2, "verdict": "DEFERRED"}]
    form: dict[str, Any] = {"round": 1, "verdicts": verdicts, "then": "ANOTHER_ROUND"}
    assert set((await refused(tx.answers("carla", "review", form))).fields) == {"verdicts.1.reason", "then"}
    verdicts[1]["reason"] = "Needs stability data."
    written = await tx.answers("carla", "review", {**form, "then": "AGREEMENT"})
    assert written.effect["next"] == "AGREEMENT"


@on_one_database
async def test_a_concern_stands_until_its_own_side_settles_it(seeded: Seeded) -> None:
    tx = await opened(seeded)
    await tx.answers("vito", "raise-concern")
    await tx.does("wen", "respond")
    verdict = [{"number": 1, "verdict": "AGREED"}]
    form: dict[str, Any] = {"round": 1, "verdicts": verdict, "then": "AGREEMENT"}
    assert (await refused(tx.answers("carla", "review", form))).fields == {"then": "concern 1 stands"}
    assert (await refused(tx.answers("ines", "settle-concern"))).code is Code.WRONG_ORGANISATION
    assert (await refused(tx.answers("vito", "settle-concern", number=2))).fields == {"number": "unknown"}
    assert (await refused(tx.answers("wen", "settle-concern"))).code is Code.WRONG_ROLE
    await tx.answers("vito", "settle-concern")
    assert (await refused(tx.answers("vito", "settle-concern"))).code is Code.ALREADY_ANSWERED
    await tx.answers("carla", "review", form)
    await drafted(tx)
    await signed(tx, 3)
    await tx.answers("quentin", "raise-concern")
    refusal = await refused(tx.does("vito", "approve-parameters-for-site"))
    assert (refusal.code, refusal.rule) == (Code.GATE_CLOSED, "section 7, concern")


async def test_a_full_suspension_stops_answering_and_agreeing_but_probation_does_not(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.PROBATION)
    tx, waiting = await opened(seeded), await settled(seeded)
    await drafted(waiting)
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="FULL")
    attempts = (tx.does("wen", "respond"), waiting.does("carla", "sign-parameters"), exchange(seeded))
    for attempt in attempts:
        refusal = await refused(attempt)
        assert (refusal.code, refusal.rule) == (Code.NOT_OPEN, "section 7")
    await tx.answers("carla", "cancel")
    await waiting.does("carla", "sign-parameters", approve=False, reason="The site stands still.")
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope="NEW_ORDERS_AND_RELEASE")
    await exchange(seeded)


@on_one_database
async def test_what_cannot_be_opened_is_refused_by_name(seeded: Seeded) -> None:
    given: dict[str, dict[str, Any]] = {
        "site_id": {"site_id": "XX-01"},
        "scope_id": {"scope_id": "SC-2"},
        "base_parameter_set": {"base_parameter_set": "PS-1"},
        "max_rounds": {"max_rounds": 6},
    }
    for fault, changes in given.items():
        assert list((await refused(exchange(seeded, **changes))).fields) == [fault]
    assert (await refused(exchange(seeded, by="wen"))).code is Code.WRONG_ROLE
    tx = await exchange(seeded)
    assert set((await refused(tx.does("carla", "open-round", items=[]))).fields) == {"items"}
    proposal = ITEM | {"kind": "PROPOSAL"}
    assert set((await refused(tx.does("carla", "open-round", items=[proposal]))).fields) == {"items.0.proposed"}


@on_one_database
async def test_answers_and_reviews_are_due_as_in_the_worked_scenario(seeded: Seeded) -> None:
    tx = await exchange(seeded, at=datetime(2025, 6, 9, 9, tzinfo=UTC))

    async def due(action: str) -> str:
        await tx.asks(action)
        row = await seeded.row(TaskRow, tx.tasks[action])
        return f"{row.due_at:%m-%d %H:%M:%S}"

    await tx.does("carla", "open-round", items=[ITEM] * 5)
    assert await due("respond") == "06-23 23:59:59"
    tx.at = datetime(2025, 6, 20, 15, tzinfo=UTC)
    await tx.does("wen", "respond")
    assert await due("review") == "06-27 23:59:59"
    tx.at = datetime(2025, 6, 26, 15, tzinfo=UTC)
    verdicts = [{"number": n, "verdict": "OPEN" if n > 3 else "AGREED"} for n in range(1, 6)]
    await tx.answers("carla", "review", {"round": 1, "verdicts": verdicts, "then": "ANOTHER_ROUND"})
    opening = await tx.asks("open-round")
    assert [each["number"] for each in opening["carried"]] == [4, 5]
    await tx.answers("carla", "open-round", opening)
    assert await due("respond") == "07-10 23:59:59"


@on_one_database
async def test_the_steering_pair_gets_a_note_as_a_late_round_opens(seeded: Seeded) -> None:
    tx = await opened(seeded)
    for _ in range(3):
        await judged(tx, "OPEN")
        await tx.does("carla", "open-round")
    notes = [row for row in await seeded.rows(OutboxRow) if "round 4" in str(row.payload.get("subject"))]
    told = {seeded.result.person("erik"), seeded.result.person("gustav")}
    assert {row.payload["person"] for row in notes} == told
    assert len(notes) == 2


@on_one_database
async def test_a_restricted_exchange_is_read_by_those_who_take_part(seeded: Seeded) -> None:
    tx = await exchange(seeded, confidentiality="RESTRICTED")
    async with seeded.database.reading() as session:
        for user in ("carla", "priya", "erik"):
            actor = await seeded.actor(user)
            await one_case(session, actor, Process.EXCHANGE, tx.case_id, START)
            assert await events_after(session, actor, 0, limit=9, type_=None, stream=tx.case_id) != []
        for user in ("sana", "paul", "tom", "vito"):
            actor = await seeded.actor(user)
            assert await events_after(session, actor, 0, limit=9, type_=None, stream=tx.case_id) == []
            with pytest.raises(Refused):
                await one_case(session, actor, Process.EXCHANGE, tx.case_id, START)
