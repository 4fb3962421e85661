"""A calendar shows what its person may know, without signing in, to whoever holds its address."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from icalendar import Calendar

from domain.core.forms import Process
from records.asl.tables.oversight import OversightRow
from records.audit.tables.audits import AuditRow
from records.core.tables.calendar_feeds import CalendarFeedRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow
from tests.api.calling import Api
from tests.records.qualifying import a_case
from tests.records.scored import SCAR, watched
from tests.records.seeded import Seeded

NEXT_MONTH = datetime.now(UTC).date() + timedelta(days=30)


async def opens(api: Api, user: str) -> str:
    """The path of the person's calendar."""
    url = str((await api.post(user, "/v1/calendar-feed"))["url"])
    assert url.endswith(".ics")
    return url[url.index("/v1/") :]


async def reads(api: Api, path: str, expects: int = 200, **headers: str) -> httpx2.Response:
    """Read a calendar as a program does, which has no bearer token."""
    answer = await api.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == expects, answer.text
    return answer


async def entries(api: Api, user: str) -> dict[str, Any]:
    """First days by UID."""
    text = (await reads(api, await opens(api, user))).text
    return {str(event["UID"]): event.DTSTART for event in Calendar.from_ical(text).events}


async def an_audit(seeded: Seeded, *, stage: str = "CONFIRMED", shared: bool = True, reference: str = "H-1") -> str:
    request: dict[str, Any] = dict(seeded.result.audit_request)
    trigger = {**request["trigger"], "reference": reference}
    audit = (await a_case(seeded, Process.AUDIT, {**request, "trigger": trigger}, by="ines")).case_id
    async with seeded.database.writing() as session:
        row = await session.get_one(AuditRow, audit)
        row.first_day, row.last_day = NEXT_MONTH, NEXT_MONTH + timedelta(days=2)
        case = await session.get_one(CaseRow, audit)
        case.stage, case.shared = stage, shared
    return audit


async def test_audits_are_shown_to_those_who_may_know_of_them(api: Api) -> None:
    told = await an_audit(api.seeded)
    secret = await an_audit(api.seeded, stage="PLANNED", shared=False, reference="H-2")
    await an_audit(api.seeded, stage="CANCELLED", reference="H-3")
    both = {f"{audit}@vetted": NEXT_MONTH for audit in (told, secret)}
    for user in ("ines", "tom", "priya", "hana"):
        assert await entries(api, user) == both
    assert await entries(api, "vito") == {f"{told}@vetted": NEXT_MONTH}
    assert await entries(api, "olga") == {}


async def test_due_tasks_stand_on_their_day_and_due_audits_are_the_sponsors_matter(api: Api) -> None:
    oversight = await watched(api.seeded)
    async with api.seeded.database.writing() as session:
        (await session.get_one(OversightRow, oversight.case_id)).next_audit_due = NEXT_MONTH
    capa = await a_case(api.seeded, Process.CAPA, SCAR, by="ines")
    await capa.asks("plan")
    (task,) = (await api.get("vito", "/v1/tasks"))["items"]
    due = datetime.fromisoformat(task["due_at"]).date()
    assert await entries(api, "vito") == {f"{task['task_id']}@vetted": due}
    assert await entries(api, "tom") == {f"{oversight.case_id}-audit-due@vetted": NEXT_MONTH}
    text = (await reads(api, await opens(api, "vito"))).text
    assert SCAR["finding"] not in text


async def test_a_calendar_is_told_from_the_one_before_by_its_tag(api: Api) -> None:
    path = await opens(api, "ines")
    first = await reads(api, path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (await reads(api, path, 304, If_None_Match=first.headers["etag"])).content == b""
    await an_audit(api.seeded)
    assert (await reads(api, path, If_None_Match=first.headers["etag"])).headers["etag"] != first.headers["etag"]


async def test_a_new_address_ends_the_one_before_and_only_its_hash_is_kept(api: Api) -> None:
    old = await opens(api, "ines")
    new = await opens(api, "ines")
    assert (await reads(api, old, 404)).json()["code"] == "not_found"
    await reads(api, new)
    (row,) = await api.seeded.rows(CalendarFeedRow)
    token = new.removeprefix("/v1/calendar-feed/").removesuffix(".ics")
    assert len(token) >= 43
    assert token not in str(row.model_dump())


async def test_nobody_reads_a_calendar_by_guessing_and_who_has_left_has_none(api: Api) -> None:
    assert (await api.client.post("/v1/calendar-feed")).status_code == 401
    path = await opens(api, "tom")
    for token in ("x" * 43, "..", "%00"):
        guessed = await reads(api, f"/v1/calendar-feed/{token}.ics", 404)
        assert guessed.headers["content-type"].startswith("application/problem+json")
    async with api.seeded.database.writing() as session:
        (await session.get_one(PersonRow, api.person("tom"))).disabled = True
    await reads(api, path, 404)
