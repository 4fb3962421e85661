"""The inbox and the lists of cases on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.people import Actor, Org, Role
from domain.core.refusals import Refused
from records.core.database import Database
from records.core.tables.cases import CaseRow, TaskRoleRow, TaskRow
from records.views.cases import list_cases, one_case
from records.views.tasks import inbox

NOW = datetime(2030, 1, 1, tzinfo=UTC)
TOM = Actor(
    person="tom",
    user="tom",
    name="Tom Okafor",
    org=Org.SPONSOR,
    roles=frozenset({Role.LEAD_AUDITOR, Role.CO_AUDITOR}),
)
VITO = Actor(
    person="vito",
    user="vito",
    name="Vito Ferrante",
    org=Org.CDMO,
    roles=frozenset({Role.CDMO_QA}),
    sites=frozenset({"VM-02"}),
)
NOBODY = VITO.model_copy(update={"person": "new", "sites": frozenset()})


def case(case_id: str) -> CaseRow:
    return CaseRow(
        case_id=case_id,
        process="audits",
        title="For-cause audit",
        supplier_id="SUP-1",
        site_id="VM-02",
        scope_ids=[],
        stage="PREPARING",
        offers=[],
        open_tasks={},
        number=int(case_id.removeprefix("AUD-")),
        shared=True,
        requested_by="ines",
        requested_at=NOW,
        order={},
    )


def task(task_id: str, hours: int, *, cdmo: bool = False, **changes: object) -> list[object]:
    due = NOW + timedelta(hours=hours)
    values: dict[str, Any] = {
        "task_id": task_id,
        "case_id": "AUD-1",
        "process": "audits",
        "action": "contain" if cdmo else "declare",
        "title": "A step",
        "site_id": "VM-02",
        "org": "CDMO" if cdmo else "SPONSOR",
        "barred": {},
        "prefill": {},
        "concerns": [],
        "roles": ["CDMO_QA"] if cdmo else ["CO_AUDITOR", "LEAD_AUDITOR"],
        "opened_at": NOW,
        "sort_due": due,
        **changes,
    }
    roles = ["CDMO_QA"] if cdmo else ["LEAD_AUDITOR", "CO_AUDITOR"]
    return [
        TaskRow(**values),
        *(TaskRoleRow(role=role, task_id=task_id, site_id="VM-02", sort_due=due) for role in roles),
    ]


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.writing() as session:
        session.add_all([case("AUD-1"), case("AUD-2")])
        session.add_all(task("T3", 3) + task("T1", 1) + task("T2", 1) + task("T4", 4, cdmo=True))
        session.add_all(task("T5", 5, barred={"tom": "S2"}) + task("T6", 6, assignee="ruth"))
        session.add_all(task("T7", 7, assignee="tom", barred={'o\'neil "x"': "S2"}))
    return database


async def test_every_task_comes_once_in_the_order_of_its_due_date(filled: Database) -> None:
    async with filled.reading() as session:
        first = await inbox(session, TOM, NOW, limit=3)
        rest = await inbox(session, TOM, NOW, limit=3, cursor=first.next)
    assert [item.task_id for item in first.items] == ["T1", "T2", "T3"]
    assert [item.task_id for item in rest.items] == ["T7"]
    assert rest.next is None
    assert first.items[0].roles == (Role.CO_AUDITOR, Role.LEAD_AUDITOR)


async def test_a_site_has_an_inbox_of_its_own(filled: Database) -> None:
    async with filled.reading() as session:
        assert [item.task_id for item in (await inbox(session, VITO, NOW, limit=9)).items] == ["T4"]
        assert (await inbox(session, NOBODY, NOW, limit=9)).items == ()


async def test_a_strange_person_id_breaks_nothing(filled: Database) -> None:
    strange = TOM.model_copy(update={"person": 'o\'neil "x"'})
    async with filled.reading() as session:
        found = await inbox(session, strange, NOW, limit=9)
    assert [item.task_id for item in found.items] == ["T1", "T2", "T3", "T5"]


async def test_cases_are_listed_and_read(filled: Database) -> None:
    async with filled.reading() as session:
        page = await list_cases(session, VITO, Process.AUDIT, limit=1)
        following = await list_cases(session, VITO, Process.AUDIT, limit=1, cursor=page.next)
        assert [item.case_id for item in (*page.items, *following.items)] == ["AUD-2", "AUD-1"]
        assert (await list_cases(session, NOBODY, Process.AUDIT, limit=9)).items == ()
        seen = await one_case(session, VITO, Process.AUDIT, "AUD-1", NOW)
        assert [item.task_id for item in seen.tasks] == ["T4"]
        with pytest.raises(Refused):
            await one_case(session, NOBODY, Process.AUDIT, "AUD-1", NOW)
        with pytest.raises(Refused):
            await one_case(session, VITO, Process.CAPA, "AUD-1", NOW)
