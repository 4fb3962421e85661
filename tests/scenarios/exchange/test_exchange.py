"""Process detail is settled with the site in rounds: once by agreement, once by the steering pair."""

import asyncio
from datetime import timedelta

from domain.exchange.parameter_forms import ParameterDraft
from tests.company import Company
from tests.domain.filling import filled
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios.days import MONDAY, evening, the_next
from tests.scenarios.exchanging import QUESTION, judges, opened, signs, the_set
from tests.scenarios.qualifying import does, does_unasked


async def test_five_items_are_settled_in_two_rounds_and_four_people_sign_what_comes_of_them(company: Company) -> None:
    first = the_next(MONDAY, company.today, 1)
    await company.comes_on(first)
    tx = await opened(company)
    await company.asked(tx, "open-round")
    assert (await company.carla.sees(tx))["stage"] == "DRAFT"
    assert (await company.wen.attempts(tx, "respond")).status_code == 404  # the site does not know of it yet
    await does(company.carla, tx, "open-round", items=[QUESTION] * 5)
    assert (await company.asked(tx, "respond")).due_at == evening(first, 14)

    await company.comes_on(first + timedelta(days=11))
    both = await asyncio.gather(*(company.wen.attempts(tx, "respond") for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert "already_answered" in "".join(answer.text for answer in both)
    assert (await company.asked(tx, "review")).due_at == evening(first, 18)

    await company.comes_on(first + timedelta(days=17))
    await judges(company, tx, "AGREED", "OPEN", "AGREED", "DEFERRED", "OPEN")
    await does(company.carla, tx, "open-round")
    task = await company.asked(tx, "respond")
    assert (task.due_at, [each["number"] for each in task.prefill["responses"]]) == (evening(first, 31), [2, 5])
    await company.comes_on(first + timedelta(days=30))
    await does(company.wen, tx, "respond")
    await does_unasked(company.vito, tx, "raise-concern")
    blocked = await company.carla.attempts(tx, "review", then="AGREEMENT")
    assert (blocked.status_code, blocked.json()["fields"]) == (422, {"then": "concern 1 stands"})
    await does_unasked(company.vito, tx, "settle-concern")

    await company.comes_on(first + timedelta(days=35))
    case = await judges(company, tx, "AGREED", "AGREED", then="AGREEMENT")
    assert (case["stage"], case["exchange"]["deferred"]) == ("AGREED_PENDING_SIGN", [4])
    compared = await company.vito.get(f"/v1/exchanges/{tx}/difference", **{"from": 1, "to": 2})
    assert [item["fate"] for item in compared["items"]] == ["SETTLED", "CARRIED", "SETTLED", "SETTLED", "CARRIED"]

    draft = await company.asked(tx, "draft-parameters")
    assert draft.due_at == evening(first, 42)
    await does(company.carla, tx, "draft-parameters", **registered())
    await signs((company.carla, "sign-parameters"), (company.wen, "sign-parameters-for-site"), case_id=tx)
    barred = (await company.asked(tx, "approve-parameters")).barred
    assert set(barred) == {company.carla.person, company.wen.person}
    approvals = ((company.priya, "approve-parameters"), (company.vito, "approve-parameters-for-site"))
    case = await signs(*approvals, case_id=tx)
    agreed = await the_set(company)
    assert (case["stage"], agreed["version"], agreed["status"]) == ("FILING", "1.0", "AGREED")

    await company.comes_on(first + timedelta(days=37))
    assert (await the_set(company))["status"] == "AGREED"
    case = await does(company.rosa, tx, "state-filing")
    assert (case["stage"], case["outcome"]) == ("CLOSED_AGREED", "CLOSED_AGREED")
    effective = await the_set(company, status="EFFECTIVE")
    assert (effective["set_id"], effective["effective_at"][:10]) == (agreed["set_id"], str(company.today))
    path = f"/v1/parameter-sets/{agreed['set_id']}"
    assert (await company.vito.get(path))["content"]["parameters"][0]["target"] == "40"
    assert (await company.http.get(path, headers=company.olga.headers)).status_code == 404
    await is_rebuilt_identically(company.database, "exchanges", "exchange_items", "parameter_sets")


def registered() -> dict[str, object]:
    """The example of the form, as a part of the registration."""
    form = filled(ParameterDraft).model_dump(mode="json")
    return {**form, "parameters": [{**form["parameters"][0], "registered": True}]}


async def test_when_the_rounds_are_used_up_the_steering_pair_decides(company: Company) -> None:
    tx = await opened(company, max_rounds=1)
    await does(company.carla, tx, "open-round", items=[QUESTION] * 2)
    await does(company.wen, tx, "respond")
    case = await judges(company, tx, "AGREED", "OPEN")
    assert case["stage"] == "ESCALATED"

    await does(company.erik, tx, "steer", decision="COMMISSION_STUDY")
    await does(company.gustav, tx, "steer-for-site")
    assert (await company.asked(tx, "steer-for-site")).prefill == {"verdicts": [{"number": 2}]}
    await does(company.gustav, tx, "steer-for-site", decision="COMMISSION_STUDY")
    await does(company.erik, tx, "steer", decision="COMMISSION_STUDY")
    await does(company.carla, tx, "open-round")
    await does(company.wen, tx, "respond")
    await judges(company, tx, "OPEN")
    await does(company.erik, tx, "steer")
    case = await does(company.gustav, tx, "steer-for-site")
    assert (case["stage"], case["exchange"]["items"][1]["verdict"]) == ("AGREED_PENDING_SIGN", "AGREED")

    await does(company.carla, tx, "draft-parameters")
    await company.asked(tx, "sign-parameters")
    no = {"approve": False, "reason": "The lower end is not shown."}
    await does(company.wen, tx, "sign-parameters-for-site", **no)
    task = await company.asked(tx, "draft-parameters")
    assert await company.open_task(tx, "sign-parameters") is None
    narrower = [{**task.prefill["parameters"][0], "nor_low": "38"}]
    await does(company.carla, tx, "draft-parameters", parameters=narrower)
    case = await signs(
        (company.carla, "sign-parameters"),
        (company.wen, "sign-parameters-for-site"),
        (company.vito, "approve-parameters-for-site"),
        (company.priya, "approve-parameters"),
        case_id=tx,
    )
    effective = await the_set(company)
    assert (case["outcome"], effective["status"]) == ("CLOSED_AGREED", "EFFECTIVE")
    same = await company.carla.get(f"/v1/parameter-sets/{effective['set_id']}/difference", to=effective["set_id"])
    assert same == {"rows": []}

    cancelled = await opened(company, base_parameter_set=case["exchange"]["parameter_set"])
    await does(company.carla, cancelled, "open-round")
    await company.asked(cancelled, "respond")
    await does_unasked(company.carla, cancelled, "cancel")
    late = await company.wen.attempts(cancelled, "respond", responses=[{"number": 1, "response": "Late."}])
    assert (late.status_code, late.json()["code"]) == (409, "case_closed")

    ended = await opened(company, max_rounds=1)
    await does(company.carla, ended, "open-round")
    await does(company.wen, ended, "respond")
    await judges(company, ended, "OPEN")
    for who, action in ((company.erik, "steer"), (company.gustav, "steer-for-site")):
        case = await does(who, ended, action, decision="CLOSE_NO_AGREEMENT")
    assert (case["outcome"], case["exchange"]["parameter_set"]) == ("CLOSED_NO_AGREEMENT", None)
