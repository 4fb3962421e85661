import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from api.views import events as feed
from tests.api.core.test_actions import accepted
from tests.api.house import Colleague, House
from tests.api.serving import served
from tests.patience import PATIENCE


async def whole_feed(person: Colleague, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = await person.get("/v1/events", **query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        if not page["items"]:
            return found
        found += page["items"]
        query["cursor"] = page["next"]


async def supplier(house: House, name: str) -> None:
    answer = await house.as_("ines").post("/v1/suppliers", {"name": name, "country": "DE"})
    assert answer.status_code == 201, answer.text


async def test_the_feed_shows_every_event_once_in_order(house: House) -> None:
    found = await whole_feed(house.as_("ines"), limit=7)
    positions = [event["position"] for event in found]
    assert positions == sorted(set(positions))
    assert len(found) > 20
    streams: dict[str, list[int]] = {}
    for event in found:
        streams.setdefault(event["stream"], []).append(event["number"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in streams.values())


async def test_a_cursor_goes_on_where_it_was_even_at_the_end(house: House) -> None:
    ines = house.as_("ines")
    last = (await whole_feed(ines))[-1]["position"]
    cursor = (await ines.get("/v1/events", limit=100)).json()["next"]
    while (page := (await ines.get("/v1/events", limit=100, cursor=cursor)).json())["items"]:
        cursor = page["next"]
    assert page["next"] == cursor
    await supplier(house, "Nordfjord")
    page = (await ines.get("/v1/events", cursor=cursor)).json()
    assert [(event["type"], event["position"] > last) for event in page["items"]] == [("supplier.registered", True)]


async def test_the_feed_is_filtered_by_type_and_stream(house: House) -> None:
    case_id = await house.audit()
    ines = house.as_("ines")
    assert {event["type"] for event in await whole_feed(ines, type="person.registered")} == {"person.registered"}
    found = await whole_feed(ines, stream=case_id)
    assert {event["stream"] for event in found} == {case_id}
    assert found[0]["type"] == "audit.request"
    assert await whole_feed(ines, stream=case_id, type="audit.report") == []


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "e30", "!"])
async def test_a_cursor_of_another_list_is_refused(house: House, cursor: str) -> None:
    answer = await house.as_("ines").get("/v1/events", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid")


async def test_a_cdmo_sees_what_is_shared_with_its_own_sites(house: House) -> None:
    case_id = await accepted(house)
    await house.as_("vito").task(case_id, "contain")
    everything = await whole_feed(house.as_("ines"))
    shared = [e for e in everything if e["audience"] == "SHARED" and e["site_id"] == "VM-02"]
    assert shared
    theirs = await whole_feed(house.as_("vito"))
    assert [event["position"] for event in theirs] == [event["position"] for event in shared]
    assert not [event for event in theirs if {"offers", "barred", "order"} & set(event["payload"])]
    assert await whole_feed(house.as_("olga")) == []
    assert await whole_feed(house.as_("olga"), stream=case_id) == []


class Listener:
    """Reads server-sent events line by line."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> tuple[int, dict[str, Any]]:
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                fields[name] = value
                if not line and "data" in fields:
                    return int(fields["id"]), json.loads(fields["data"])
        raise AssertionError("the stream has ended")

    async def opened(self) -> None:
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line == "":
                    return


@asynccontextmanager
async def listening(port: int, person: Colleague, last: int | None = None, **query: str) -> AsyncIterator[Listener]:
    headers = person.headers | ({"Last-Event-ID": str(last)} if last is not None else {})
    url = f"http://127.0.0.1:{port}/v1/events/stream"
    async with (
        httpx2.AsyncClient(timeout=20) as client,
        client.stream("GET", url, headers=headers, params=query) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Listener(answer)


async def test_the_stream_tells_events_as_they_happen(house: House) -> None:
    async with served(house.app) as port, listening(port, house.as_("ines")) as listener:
        await listener.opened()
        await asyncio.sleep(2 * feed.POLL)
        await supplier(house, "Nordfjord")
        position, event = await listener.next()
    assert (event["type"], event["position"]) == ("supplier.registered", position)


async def test_a_reader_that_comes_back_has_missed_nothing(house: House) -> None:
    everything = await whole_feed(house.as_("ines"))
    missed = everything[-5:]
    async with (
        served(house.app) as port,
        listening(port, house.as_("ines"), last=everything[-6]["position"]) as listener,
    ):
        assert [(await listener.next())[1] for _ in missed] == missed


async def test_the_stream_shows_a_cdmo_only_what_is_shared_with_it(house: House) -> None:
    await accepted(house)
    async with served(house.app) as port, listening(port, house.as_("vito"), last=0) as listener:
        _, event = await listener.next()
    assert (event["audience"], event["site_id"]) == ("SHARED", "VM-02")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer x"}, 401),
        ({"Last-Event-ID": "new"}, 422),
        ({"Last-Event-ID": "-1"}, 422),
        ({"Last-Event-ID": str(2**63)}, 422),
        ({"Last-Event-ID": "9" * 23}, 422),
    ],
)
async def test_a_stream_needs_rights_and_a_position(house: House, headers: dict[str, str], status: int) -> None:
    sent = {**(house.as_("ines").headers if status == 422 else {}), **headers}
    async with served(house.app) as port, httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/v1/events/stream", headers=sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_stream_ends_after_a_while_so_that_rights_are_checked_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "STREAM_FOR", 0.2)
    async with served(house.app) as port, httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/v1/events/stream", headers=house.as_("ines").headers)
    assert answer.status_code == 200
    assert "retry: 2000" in answer.text
