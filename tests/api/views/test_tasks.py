"""The inbox, and a stranger who knows nothing but it and `openapi.json`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.core.tables.cases import TaskRoleRow, TaskRow
from tests.api.core.test_actions import accepted
from tests.api.house import Colleague, House


async def put_task(house: House, task_id: str, case_id: str, hours: int, **changes: Any) -> None:
    """A task as the journal would open it, for the order and the filters of the inbox."""
    due = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    role = changes.pop("role", "LEAD_AUDITOR")
    values = {
        "task_id": task_id,
        "case_id": case_id,
        "process": "audits",
        "action": "wrap-up",
        "title": "Hold the daily wrap-up",
        "site_id": "VM-02",
        "org": "SPONSOR",
        "barred": {},
        "prefill": {},
        "concerns": [],
        "roles": [role],
        "opened_at": due,
        "sort_due": due,
        **changes,
    }
    async with house.database.writing() as session:
        session.add(TaskRow(**values))
        session.add(TaskRoleRow(role=role, task_id=task_id, site_id=values["site_id"], sort_due=due))


async def inbox(colleague: Colleague, **query: Any) -> list[str]:
    return [task["task_id"] for task in (await colleague.get("/v1/tasks", **query)).json()["items"]]


async def test_the_inbox_is_read_page_by_page_soonest_first(house: House) -> None:
    for number in (5, 3, 1, 4, 2):
        await put_task(house, f"T{number}", "AUD-1", hours=number // 2)
    tom = house.as_("tom")
    pages, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await tom.get("/v1/tasks", **query)).json()
        pages.append([task["task_id"] for task in page["items"]])
        if (cursor := page["next"]) is None:
            break
    assert pages == [["T1", "T2"], ["T3", "T4"], ["T5"]]


async def test_a_person_with_two_roles_of_a_task_sees_it_once(house: House) -> None:
    await put_task(house, "T1", "AUD-1", 1)
    async with house.database.writing() as session:
        task = await session.get_one(TaskRow, "T1")
        task.roles = [*task.roles, "CO_AUDITOR"]
        session.add(TaskRoleRow(role="CO_AUDITOR", task_id="T1", site_id="VM-02", sort_due=task.sort_due))
    answer = (await house.as_("ruth").get("/v1/tasks")).json()["items"]
    assert [(task["task_id"], task["roles"]) for task in answer] == [("T1", ["CO_AUDITOR", "LEAD_AUDITOR"])]


@pytest.mark.parametrize(
    ("changes", "user", "sees"),
    [
        ({}, "tom", True),
        ({}, "ines", False),
        ({"assignee": "tom"}, "tom", True),
        ({"assignee": "ruth"}, "tom", False),
        ({"barred": {"tom": "S2"}}, "tom", False),
        ({"barred": {"ruth": "S2"}}, "tom", True),
        ({"role": "CDMO_QA", "org": "CDMO"}, "vito", True),
        ({"role": "CDMO_QA", "org": "CDMO"}, "olga", False),
        ({"role": "CDMO_QA", "org": "CDMO", "site_id": "OB-01"}, "olga", True),
        ({"role": "CDMO_QA", "org": "SPONSOR"}, "vito", False),
        ({"role": "SYSTEM_ADMIN"}, "adam", False),
    ],
)
async def test_the_inbox_holds_what_a_person_may_answer(
    house: House, changes: dict[str, Any], user: str, *, sees: bool
) -> None:
    changes = dict(changes)
    if "assignee" in changes:
        changes["assignee"] = house.company.person(changes["assignee"])
    if "barred" in changes:
        changes["barred"] = {house.company.person(who): rule for who, rule in changes["barred"].items()}
    await put_task(house, "T1", "AUD-1", 1, **changes)
    assert await inbox(house.as_(user)) == (["T1"] if sees else [])


@pytest.mark.parametrize(
    ("org", "user", "status"),
    [
        ("CDMO", "vito", 200),
        ("CDMO", "wen", 200),
        ("CDMO", "olga", 404),
        ("CDMO", "ines", 200),
        ("SPONSOR", "vito", 404),
        ("SPONSOR", "carla", 200),
    ],
)
async def test_a_single_task_is_read_by_the_sponsor_and_its_own_site(
    house: House, org: str, user: str, status: int
) -> None:
    await put_task(house, "T1", "AUD-1", 1, org=org)
    assert (await house.as_(user).get("/v1/tasks/T1")).status_code == status


async def test_a_task_names_everything_that_is_needed_to_answer_it(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    found = await hana.task(case_id, "decide")
    task = (await hana.get(found["url"])).json()
    assert (task["method"], task["signature_meaning"], task["signature_url"]) == ("POST", "APPROVED", "/v1/signatures")
    assert task["action_url"].startswith(f"/v1/audits/{case_id}/decide")
    assert set(task["form_schema"]["properties"]) == {"accept", "reason"}
    assert (task["clock"]["policy_key"], task["clock"]["policy_version"]) == ("fc.decision", 1)
    assert task["clock"]["upcoming"]
    assert task["otherwise"]
    assert (await house.http.get(task["schema_url"])).json()["properties"].keys() == {"accept", "reason"}


async def test_what_is_known_already_stands_in_the_schema(house: House) -> None:
    read = {"plan": {"version": 1, "sha256": "0" * 64}}
    await put_task(house, "T1", "AUD-1", 1, action="approve-plan", prefill={**read, "approve": True})
    task = (await house.as_("tom").get("/v1/tasks/T1")).json()
    assert task["prefill"] == read
    assert task["form_schema"]["properties"]["plan"]["default"] == read["plan"]
    assert "default" not in task["form_schema"]["properties"]["approve"]


async def test_a_task_that_is_done_says_who_did_it(house: House) -> None:
    case_id = await accepted(house)
    tasks = [task for task in await house.events(case_id, "task.opened") if task.payload["action"] == "decide"]
    answer = await house.as_("hana").get(f"/v1/tasks/{tasks[0].payload['task']}")
    assert (answer.status_code, answer.json()["who"]) == (409, "Hana Sato")


async def test_a_stranger_drives_a_case_with_the_inbox_alone(house: House) -> None:
    case_id = await house.audit()
    colleagues = [house.as_(person.user) for person in house.company.people]
    for _ in range(60):
        case = (await house.as_("ines").get(f"/v1/audits/{case_id}")).json()
        if case["closed_at"] is not None:
            break
        for colleague in colleagues:
            for task in (await colleague.get("/v1/tasks")).json()["items"]:
                await _answer(colleague, task["url"])
    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE")
    assert case["waiting"].startswith("Waits for nobody: CLOSED")


async def _answer(colleague: Colleague, url: str) -> None:
    """Answer a task knowing only what it says of itself."""
    task = (await colleague.get(url)).json()
    if "form_schema" not in task:
        return
    fields = task["form_schema"]["properties"]
    form = {
        name: fields[name].get("default", fields[name].get("examples", [None])[0])
        for name in task["form_schema"]["required"]
    }
    token = None
    if task["signature_url"]:
        token = await colleague.sign(task["case_id"], task["action"], form)
    answer = await colleague.post(task["action_url"], form, token=token)
    assert answer.status_code == 200, answer.text
