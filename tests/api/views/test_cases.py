"""Cases as different people see them."""

from typing import Any

import pytest

from records.audit.tables.audits import AuditRow, CapaRow, FindingRow
from records.core.queries import pages
from records.core.tables.cases import ParticipantRow, RecordRow
from records.core.tables.master_data import PersonRow
from tests.api.core.test_actions import DECISION, accepted
from tests.api.house import House
from tests.cost.counting import Counter


async def put(house: House, *rows: Any) -> None:
    """What later steps of a procedure would have left in the records."""
    async with house.database.writing() as session:
        session.add_all(rows)


def report(house: House, case_id: str, version: int) -> RecordRow:
    from datetime import UTC, datetime

    at = datetime(2030, 1, 1, tzinfo=UTC)
    return RecordRow(
        case_id=case_id,
        action="report",
        version=version,
        number=100 + version,
        audience="SPONSOR",
        form={"summary": f"version {version}"},
        effect={},
        sha256="0" * 64,
        by_person=house.company.person("tom"),
        by_name="Tom Okafor",
        at=at,
        recorded_at=at,
    )


def found(case_id: str, number: int, *, issued: bool) -> FindingRow:
    return FindingRow(
        case_id=case_id,
        number=number,
        finding_id=f"FND-{number}",
        severity="MAJOR",
        area="QC laboratory",
        body={"evidence": "seen"},
        status="ISSUED" if issued else "DRAFT",
        issued=issued,
        site_id="VM-02",
    )


async def test_a_case_says_why_it_waits_for_whom_until_when_and_what_happens_then(house: House) -> None:
    case_id = await house.audit()
    task = await house.as_("hana").task(case_id, "decide")
    case = (await house.as_("ines").get(f"/v1/audits/{case_id}")).json()
    assert case["waiting"].startswith("Waits for HEAD_QA of the sponsor until ")
    assert "Decide on the for-cause audit" in case["waiting"]
    assert task["otherwise"].rstrip(".") in case["waiting"]


async def test_each_person_is_offered_their_own_actions(house: House) -> None:
    case_id = await accepted(house)
    offered = {}
    for user in ("tom", "ines", "hana", "vito", "olga", "adam"):
        answer = await house.as_(user).get(f"/v1/audits/{case_id}")
        offered[user] = sorted({action["action"] for action in answer.json().get("actions", [])})
    assert offered == {
        "tom": ["declare", "wrap-up"],
        "ines": ["hold", "reassign"],
        "hana": ["cancel", "extend", "hold", "reassign"],
        "vito": ["contain", "reassign"],
        "olga": [],
        "adam": [],
    }


async def test_on_hold_only_what_cannot_wait_is_offered_and_the_clocks_stand_still(house: House) -> None:
    case_id = await accepted(house)
    ines = house.as_("ines")
    flood = {"reason": "Site closed by flood"}
    token = await ines.sign(case_id, "hold", flood)
    case = (await ines.post(f"/v1/audits/{case_id}/hold", flood, token=token)).json()
    assert (case["held"], [action["action"] for action in case["actions"]]) == (True, ["resume", "reassign"])
    assert case["waiting"].startswith("On hold since ")
    assert {task["action"]: task["clock"]["stopped"] for task in case["tasks"]} == {"declare": True, "contain": False}
    seen = (await house.as_("vito").get(f"/v1/audits/{case_id}")).json()
    assert "flood" not in str(seen)


async def test_the_site_sees_its_own_tasks_and_nothing_of_the_sponsor(house: House) -> None:
    case_id = await accepted(house)
    vito = house.as_("vito")
    case = (await vito.get(f"/v1/audits/{case_id}")).json()
    assert [task["action"] for task in case["tasks"]] == ["contain"]
    assert [record["action"] for record in case["records"]] == []
    assert "requested_by" not in case or case["requested_by"] is None
    assert case["waiting"].endswith("The sponsor is working on its part too.")
    events = (await vito.get(f"/v1/audits/{case_id}/events")).json()["items"]
    assert {item["audience"] for item in events} == {"SHARED"}
    assert (await vito.get(f"/v1/audits/{case_id}/records/decide/1")).status_code == 404


async def test_the_site_does_not_learn_of_an_audit_before_it_is_announced(house: House) -> None:
    case_id = await house.audit(announced=False)
    vito = house.as_("vito")
    assert (await vito.get(f"/v1/audits/{case_id}")).status_code == 404
    assert case_id not in {case["case_id"] for case in (await vito.get("/v1/audits")).json()["items"]}
    assert case_id not in {event["stream"] for event in (await vito.get("/v1/events")).json()["items"]}


async def test_the_site_gets_the_issued_version_of_the_report_and_no_other(house: House) -> None:
    case_id = await house.audit()
    audit = AuditRow(case_id=case_id, type="FOR_CAUSE", site_id="VM-02", recommendation="CONDITIONAL")
    await put(house, *(report(house, case_id, version) for version in (1, 2, 3)))
    async with house.database.writing() as session:
        present = await session.get(AuditRow, case_id)
        if present is None:
            session.add(audit)
        else:
            present.recommendation = "CONDITIONAL"
    vito = house.as_("vito")
    before = (await vito.get(f"/v1/audits/{case_id}")).json()
    assert before["records"] == []
    assert before["audit"].get("recommendation") is None
    async with house.database.writing() as session:
        (await session.get_one(AuditRow, case_id)).report_version = 2
    case = (await vito.get(f"/v1/audits/{case_id}")).json()
    assert [(record["action"], record["version"]) for record in case["records"]] == [("report", 2)]
    assert case["audit"]["recommendation"] == "CONDITIONAL"
    statuses = [(await vito.get(f"/v1/audits/{case_id}/records/report/{no}")).status_code for no in (1, 2, 3)]
    assert statuses == [404, 200, 404]
    latest = (await house.as_("ines").get(f"/v1/audits/{case_id}")).json()["records"]
    assert [record["version"] for record in latest if record["action"] == "report"] == [3]


@pytest.mark.parametrize(("user", "numbers"), [("ines", [1, 2]), ("vito", [1])])
async def test_findings_are_drafts_until_they_are_issued(house: House, user: str, numbers: list[int]) -> None:
    case_id = await house.audit()
    await put(house, found(case_id, 1, issued=True), found(case_id, 2, issued=False))
    await put(
        house,
        CapaRow(
            capa_id="CAPA-1", origin=case_id, finding_number=1, site_id="VM-02", severity="MAJOR", owner="Head of QC",
            status="PROPOSED",
        ),
    )  # fmt: skip
    case = (await house.as_(user).get(f"/v1/audits/{case_id}")).json()
    assert [finding["number"] for finding in case["findings"]] == numbers
    assert [capa["capa_id"] for capa in case["capas"]] == ["CAPA-1"]


async def test_a_third_party_sees_the_cases_it_takes_part_in(house: House) -> None:
    case_id, other = (
        await house.audit(),
        await house.audit(
            trigger={**house.company.audit_request["trigger"], "reference": "OTHER"}  # type: ignore[dict-item]
        ),
    )
    auditor = house.company.person("ruth")
    async with house.database.writing() as session:
        person = await session.get_one(PersonRow, auditor)
        person.org, person.roles = "THIRD_PARTY", ["THIRD_PARTY_AUDITOR"]
        session.add(ParticipantRow(case_id=case_id, person_id=auditor, role="CO"))
    ruth = house.as_("ruth")
    assert [case["case_id"] for case in (await ruth.get("/v1/audits")).json()["items"]] == [case_id]
    assert (await ruth.get(f"/v1/audits/{case_id}")).status_code == 200
    assert (await ruth.get(f"/v1/audits/{other}")).status_code == 404


async def test_an_inspector_reads_everything_and_may_do_nothing(house: House) -> None:
    case_id = await accepted(house)
    async with house.database.writing() as session:
        person = await session.get_one(PersonRow, house.company.person("ruth"))
        person.org, person.roles = "THIRD_PARTY", ["INSPECTOR"]
    case = (await house.as_("ruth").get(f"/v1/audits/{case_id}")).json()
    assert "decide" in {record["action"] for record in case["records"]}
    assert case["actions"] == []


async def test_lists_are_read_page_by_page_and_filtered(house: House) -> None:
    trigger = house.company.audit_request["trigger"]
    ids = [await house.audit(trigger={**trigger, "reference": f"R-{no}"}) for no in range(5)]  # type: ignore[dict-item]
    ines = house.as_("ines")
    pages: list[list[str]] = []
    cursor = None
    while True:
        page = (await ines.get("/v1/audits", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        pages.append([case["case_id"] for case in page["items"]])
        if (cursor := page.get("next")) is None:
            break
    newest = ids[::-1]
    assert pages == [newest[:2], newest[2:4], newest[4:]]
    for query, count in (
        ({"site": "VM-02"}, 5),
        ({"site": "OB-01"}, 0),
        ({"stage": "CLOSED"}, 0),
        ({"overdue": False}, 5),
        ({"overdue": True}, 0),
        ({"owner": "SITE-VM-02"}, 0),
    ):
        assert len((await ines.get("/v1/audits", **query)).json()["items"]) == count, query


@pytest.mark.parametrize(("path", "most"), [("/v1/audits", 2), ("/v1/tasks", 2), ("/v1/audits/{}/events", 2)])
async def test_a_list_takes_two_statements_with_the_one_of_the_sign_in(house: House, path: str, most: int) -> None:
    case_id = await accepted(house)
    counter = Counter()
    with counter.on(house.database.engine.sync_engine):
        answer = await house.as_("tom").get(path.format(case_id))
    assert answer.status_code == 200
    assert len(answer.json()["items"]) >= 1
    assert counter.statements <= most


async def test_the_journal_of_another_site_is_not_found_and_its_end_is_an_empty_page(house: House) -> None:
    case_id = await house.audit()
    assert (await house.as_("olga").get(f"/v1/audits/{case_id}/events")).status_code == 404
    answer = await house.as_("ines").get(f"/v1/audits/{case_id}/events", cursor=pages.encode((10_000,)))
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_the_journal_of_a_case_tells_everything_in_order(house: House) -> None:
    case_id = await accepted(house)
    ines = house.as_("ines")
    first = (await ines.get(f"/v1/audits/{case_id}/events", limit=3)).json()
    rest = (await ines.get(f"/v1/audits/{case_id}/events", cursor=first["next"])).json()
    events = first["items"] + rest["items"]
    assert [item["number"] for item in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "audit.request"
    decision = next(item for item in events if item["type"] == "audit.decide")
    assert (decision["by_name"], decision["signature"]["meaning"]) == ("Hana Sato", "APPROVED")
    assert decision["payload"]["form"] == DECISION
