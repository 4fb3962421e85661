"""Somebody else holds the records: who asks is told to repeat it, who works waits, and nothing is half done."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel, func, select

from api.core.problems import MEDIA_TYPE
from records.core.tables.journal import AccountRow, CommandRow, EventRow, OutboxRow, SignatureTokenRow
from tests.api.conftest import Opens
from tests.api.core.test_actions import DECISION
from tests.api.house import House

MOMENT = timedelta(milliseconds=50)
HOLD = {"reason": "Site closed by flood"}
PASSWORD = {"password": "vetted", "new_password": "correct horse battery"}
KEPT: tuple[type[SQLModel], ...] = (EventRow, CommandRow, OutboxRow, SignatureTokenRow)


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Another process is writing until the block ends."""
    with closing(sqlite3.connect(str(house.database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def kept(house: House) -> list[Any]:
    """How many rows there are of what is written, and the accounts as they are."""
    async with house.database.reading() as session:
        counts = [(await session.exec(select(func.count()).select_from(table))).one() for table in KEPT]
        accounts = (await session.exec(select(AccountRow))).all()
    return [counts, sorted((row.user, row.password_hash, row.wrong_passwords) for row in accounts)]


@pytest.mark.parametrize(
    ("user", "method", "path", "body", "later"),
    [
        ("ines", "POST", "/v1/audits", "request", 200),
        ("ines", "POST", "/v1/calendar-feed", {}, 201),
        ("ines", "POST", "/v1/token", {"user": "ines", "password": "vetted"}, 200),
        ("ines", "POST", "/v1/token", {"user": "ines", "password": "guess"}, 401),
        ("ines", "PUT", "/v1/me/password", PASSWORD, 204),
        ("hana", "POST", "/v1/signatures", "signature", 201),
        ("ines", "POST", "/v1/documents?title=Plan&filename=plan.txt", "file", 201),
    ],
)
async def test_who_asks_while_the_records_are_locked_is_told_to_repeat_it(
    opens: Opens, user: str, method: str, path: str, body: Any, later: int
) -> None:
    async with opens(works=False) as house:
        case_id = await house.audit()
    content: dict[str, Any] = {"json": body}
    if body == "request":
        content["json"] = house.company.audit_request
    elif body == "signature":
        content["json"] = {"password": "vetted", "record": case_id, "action": "decide", "form": DECISION}
    elif body == "file":
        content = {"content": b"plan"}
    async with opens(works=False, patience=MOMENT) as house:
        headers = house.as_(user).headers | {"Idempotency-Key": "k"}
        headers |= {"Content-Type": "text/plain"} if body == "file" else {}
        before = await kept(house)
        with locked(house):
            answer = await house.http.request(method, path, headers=headers, **content)
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, MEDIA_TYPE), answer.text
            assert answer.json()["code"] == "unavailable"
            assert answer.headers["Retry-After"]
            assert await kept(house) == before
        again = await house.http.request(method, path, headers=headers, **content)
        assert again.status_code == later, again.text


async def test_who_reads_does_not_notice_a_lock(opens: Opens) -> None:
    async with opens(works=False, patience=MOMENT) as house:
        with locked(house):
            assert (await house.as_("ines").get("/v1/audits")).status_code == 200


async def test_a_refusal_stays_clear_when_a_lock_keeps_it_off_the_record(opens: Opens) -> None:
    async with opens(works=False, patience=MOMENT) as house:
        with locked(house):
            answer = await house.as_("tom").post("/v1/audits", {}, key="k")
        assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid")


async def test_a_procedure_that_meets_a_lock_tries_again_until_it_is_gone(opens: Opens) -> None:
    async with opens(queue="locked") as house:
        case_id = await house.audit()
        await house.as_("hana").task(case_id, "decide")
    refused: list[str] = []
    twice = asyncio.Event()

    def note(context: Any) -> None:
        refused.append(str(context.original_exception))
        if len(refused) > 1:
            twice.set()

    async with opens(queue="locked", patience=MOMENT) as house:
        ines = house.as_("ines")
        token = await ines.sign(case_id, "hold", HOLD)
        event.listen(house.database.engine.sync_engine, "handle_error", note)
        with locked(house):
            holding = asyncio.create_task(ines.post(f"/v1/audits/{case_id}/hold", HOLD, key="k", token=token))
            await twice.wait()
        answer = await holding
        assert (answer.status_code, answer.json()["held"]) == (200, True)
        assert set(refused) == {"database is locked"}
        assert len(await house.events(case_id, "audit.hold")) == 1


async def test_a_case_that_is_on_record_is_told_as_opened_whatever_is_locked_afterwards(
    opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opens(works=False, patience=MOMENT) as house:
        path = str(house.database.engine.url.database)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:

            async def locks(*_: Any) -> None:
                other.execute("BEGIN IMMEDIATE")

            monkeypatch.setattr("api.core.commands.start_case", locks)
            answer = await house.as_("ines").post("/v1/audits", house.company.audit_request, key="k")
        assert (answer.status_code, answer.json()["started"]) == (201, True), answer.text
