"""One form is one action is one route: what happens to what people submit."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.api.house import House

DECISION = {"accept": True, "reason": "The allegation concerns data that released batches rely on."}
WRAP_UP = {"day": "2027-04-01", "summary": "Production and QC seen."}


async def accepted(house: House) -> str:
    """An audit whose cause has been accepted; two declarations and a containment are awaited."""
    case_id = await house.audit()
    hana = house.as_("hana")
    task = await hana.task(case_id, "decide")
    token = await hana.sign(case_id, "decide", DECISION)
    answer = await hana.post(task["action_url"], DECISION, token=token)
    assert answer.status_code == 200, answer.text
    await house.as_("tom").task(case_id, "declare")
    return case_id


async def test_a_request_opens_a_case_and_says_where_it_is(house: House) -> None:
    answer = await house.as_("ines").post("/v1/audits", house.company.audit_request, key="k1")
    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/audits/{case['case_id']}" == case["url"]
    assert (case["started"], case["merged"], case["requested_by"]) == (True, False, house.company.person("ines"))


async def test_a_repeated_request_opens_no_second_case(house: House) -> None:
    ines = house.as_("ines")
    first = await ines.post("/v1/audits", house.company.audit_request, key="k1")
    again = await ines.post("/v1/audits", house.company.audit_request, key="k1")
    assert (again.status_code, again.json()["case_id"]) == (201, first.json()["case_id"])
    assert len((await ines.get("/v1/audits")).json()["items"]) == 1


async def test_the_same_key_belongs_to_each_person_alone(house: House) -> None:
    first = await house.as_("ines").post("/v1/audits", house.company.audit_request, key="k1")
    request: dict[str, Any] = dict(house.company.audit_request)
    other = {**request, "trigger": {**request["trigger"], "reference": "H-2"}}
    second = await house.as_("priya").post("/v1/audits", other, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["case_id"] != second.json()["case_id"]


async def test_another_request_under_the_same_key_is_refused(house: House) -> None:
    ines = house.as_("ines")
    await ines.post("/v1/audits", house.company.audit_request, key="k1")
    answer = await ines.post("/v1/audits", {**house.company.audit_request, "due_on": "2030-01-01"}, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_request_needs_a_key(house: House) -> None:
    answer = await house.as_("ines").post("/v1/audits", house.company.audit_request)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")
    assert list(answer.json()["fields"]) == ["Idempotency-Key"]


async def test_a_second_request_for_the_same_cause_joins_the_first(house: House) -> None:
    case_id = await house.audit()
    answer = await house.as_("priya").post("/v1/audits", house.company.audit_request, key="k2")
    assert (answer.status_code, answer.json()["case_id"], answer.json()["merged"]) == (200, case_id, True)


async def test_a_signed_action_is_answered_with_the_case_and_its_receipt(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    task = await hana.task(case_id, "decide")
    token = await hana.sign(case_id, "decide", DECISION)
    case = (await hana.post(task["action_url"], DECISION, token=token)).json()
    receipt = case["receipt"]
    record = next(record for record in case["records"] if record["action"] == "decide")
    signature = record["signature"]
    assert (signature["printed_name"], signature["meaning"]) == ("Hana Sato", "APPROVED")
    assert signature["record_hash"] == record["sha256"]
    assert (record["sha256"], record["number"]) == (receipt["record_hash"], receipt["number"])
    assert not [task for task in case["tasks"] if task["action"] == "decide"]


async def test_a_repeat_with_the_used_token_gets_the_first_receipt(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    task = await hana.task(case_id, "decide")
    token = await hana.sign(case_id, "decide", DECISION)
    answers = [await hana.post(task["action_url"], DECISION, key="k", token=token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({str(answer.json()["receipt"]) for answer in answers}) == 1
    assert len(await house.events(case_id, "audit.decide")) == 1


async def test_another_form_under_the_same_key_is_refused(house: House) -> None:
    case_id = await accepted(house)
    tom = house.as_("tom")
    url = f"/v1/audits/{case_id}/wrap-up"
    assert (await tom.post(url, WRAP_UP, key="k")).status_code == 200
    answer = await tom.post(url, {**WRAP_UP, "summary": "Something else."}, key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_without_a_key_every_submission_counts(house: House) -> None:
    case_id = await accepted(house)
    tom = house.as_("tom")
    numbers = [(await tom.post(f"/v1/audits/{case_id}/wrap-up", WRAP_UP)).json()["receipt"]["number"] for _ in range(2)]
    assert len(set(numbers)) == 2
    record = await tom.get(f"/v1/audits/{case_id}/records/wrap-up/2")
    assert record.json()["number"] == numbers[1]


async def test_a_missing_signature_is_told_at_once(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    await hana.task(case_id, "decide")
    answer = await hana.post(f"/v1/audits/{case_id}/decide", DECISION)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature_missing")


async def test_a_signature_does_not_fit_another_form(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    await hana.task(case_id, "decide")
    token = await hana.sign(case_id, "decide", DECISION)
    answer = await hana.post(f"/v1/audits/{case_id}/decide", {**DECISION, "reason": "Other."}, token=token)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature_other_hash")


async def test_the_role_is_looked_at_before_the_signature(house: House) -> None:
    case_id = await house.audit()
    await house.as_("hana").task(case_id, "decide")
    answer = await house.as_("tom").post(f"/v1/audits/{case_id}/decide", DECISION)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")


async def test_two_auditors_answer_two_tasks_of_one_action(house: House) -> None:
    case_id = await accepted(house)
    declaration = {"independent": True}
    left = []
    for user in ("tom", "ruth"):
        colleague = house.as_(user)
        token = await colleague.sign(case_id, "declare", declaration)
        answer = await colleague.post(f"/v1/audits/{case_id}/declare", declaration, token=token)
        assert answer.status_code == 200, answer.text
        left.append([task["about"] for task in answer.json()["tasks"] if task["action"] == "declare"])
    assert left == [["auditor 2"], []]


async def test_the_task_asked_for_is_the_one_answered(house: House) -> None:
    case_id = await accepted(house)
    tom, declaration = house.as_("tom"), {"independent": True}
    tasks = (await tom.get(f"/v1/audits/{case_id}")).json()["tasks"]
    second = next(task for task in tasks if task["about"] == "auditor 2")
    token = await tom.sign(case_id, "declare", declaration)
    answer = await tom.post(second["action_url"], declaration, token=token)
    assert [task["about"] for task in answer.json()["tasks"] if task["action"] == "declare"] == ["auditor 1"]


async def test_an_answered_task_says_who_was_first_and_when(house: House) -> None:
    case_id = await house.audit()
    hana = house.as_("hana")
    task = await hana.task(case_id, "decide")
    token = await hana.sign(case_id, "decide", DECISION)
    await hana.post(task["action_url"], DECISION, token=token)
    for url in (task["action_url"], f"/v1/audits/{case_id}/decide"):
        late = await hana.post(url, DECISION, token=await hana.sign(case_id, "decide", DECISION))
        assert (late.status_code, late.json()["code"], late.json()["who"]) == (409, "already_answered", "Hana Sato")
        assert late.json()["when"]


async def test_a_closed_case_says_so(house: House) -> None:
    case_id = await house.audit()
    hana, form = house.as_("hana"), {"reason": "The allegation was withdrawn in writing."}
    await hana.task(case_id, "decide")
    answer = await hana.post(f"/v1/audits/{case_id}/cancel", form, token=await hana.sign(case_id, "cancel", form))
    assert answer.status_code == 200, answer.text
    handed = {"task_id": f"{case_id}.1", "to": house.company.person("priya"), "reason": "too late"}
    late = await house.as_("ines").post(f"/v1/audits/{case_id}/reassign", handed)
    assert (late.status_code, late.json()["code"]) == (409, "case_closed")
    assert late.json()["when"]


@pytest.mark.parametrize(("minutes", "status"), [(-600, 200), (4, 200), (6, 422)])
async def test_a_clock_that_is_ahead_is_refused(house: House, minutes: int, status: int) -> None:
    case_id = await house.audit()
    await house.as_("hana").task(case_id, "decide")
    ines, flood = house.as_("ines"), {"reason": "Site closed by flood"}
    answer = await ines.post(
        f"/v1/audits/{case_id}/hold",
        flood,
        token=await ines.sign(case_id, "hold", flood),
        **{"Occurred-At": (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()},
    )
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"accept": True}, {"reason"}),
        ({**DECISION, "accept": "perhaps"}, {"accept"}),
        ({**DECISION, "colour": "red"}, {"colour"}),
        ({}, {"accept", "reason"}),
        ([], {"body"}),
    ],
)
async def test_an_invalid_form_is_refused_field_by_field(house: House, form: Any, fields: set[str]) -> None:
    case_id = await house.audit()
    answer = await house.as_("hana").post(f"/v1/audits/{case_id}/decide", form)
    assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid")
    assert set(answer.json()["fields"]) == fields


async def test_a_case_that_nobody_has_is_not_found(house: House) -> None:
    answer = await house.as_("ines").post(f"/v1/audits/AUD-{uuid4()}/hold", {"reason": "no such case"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_request_names_each_scope_once(house: House) -> None:
    known = house.company.scopes["VM-02"]
    request = {**house.company.audit_request, "scope_ids": [known, known]}
    answer = await house.as_("ines").post("/v1/audits", request, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "rule_broken")
    assert answer.json()["fields"] == {"scope_ids.1": "is named twice"}
