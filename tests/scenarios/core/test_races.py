"""Two hands at once: one effect, and whoever came second is told who was first."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from domain.core.people import Role
from tests.company import Colleague, Company, company_at
from tests.records.databases import Databases

ROUNDS = 20
DECISION = {"accept": True, "reason": "The allegation concerns data that released batches rely on."}
HOLD = {"reason": "Site closed by flood until further notice"}

_references = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def company(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases
) -> AsyncIterator[Company]:
    """A company with two heads of QA."""
    async with company_at(tmp_path_factory.mktemp("races"), databases.migrated(str(request.param))) as company:
        person = f"/v1/people/{company.quentin.person}"
        version = (await company.http.get(person, headers=company.adam.headers)).headers["ETag"]
        change = {"roles": [Role.QP, Role.HEAD_QA], "reason": "Deputises for the head of QA"}
        headers = company.adam.headers | {"If-Match": version}
        changed = await company.http.patch(person, json=change, headers=headers)
        assert changed.status_code == 200, changed.text
        yield company


def trigger() -> dict[str, Any]:
    return {"reason": "DI_BREACH", "reference": f"H-{next(_references)}", "description": "Injections were deleted."}


async def requested(company: Company) -> str:
    audit = await company.ines.requests(trigger=trigger())
    await company.asked(audit, "decide")
    return audit


async def signature(colleague: Colleague, audit: str) -> str:
    password = colleague.company.settings.dev_password
    request = {"password": password, "record": audit, "action": "decide", "form": DECISION}
    answer = await colleague.post("/v1/signatures", request)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


async def decides(colleague: Colleague, audit: str, token: str, key: str) -> httpx2.Response:
    headers = {"Signature-Token": token, "Idempotency-Key": key}
    return await colleague.post(f"/v1/audits/{audit}/decide", DECISION, **headers)


async def test_of_two_people_who_answer_one_task_at_once_one_is_told_who_was_first(company: Company) -> None:
    for _ in range(ROUNDS):
        audit = await requested(company)
        pair = (company.hana, company.quentin)
        tokens = await asyncio.gather(*(signature(colleague, audit) for colleague in pair))
        answers = await asyncio.gather(
            *(decides(colleague, audit, token, str(uuid4())) for colleague, token in zip(pair, tokens, strict=True))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
        (event,) = await company.events(audit, "audit.decide")
        second = next(answer.json() for answer in answers if answer.status_code == 409)
        assert (second["code"], second["who"]) == ("already_answered", event.actor.name)
        assert datetime.fromisoformat(second["when"]) == event.occurred_at
        first = next(answer.json() for answer in answers if answer.status_code == 200)
        assert first["receipt"]["number"] == event.number
        assert len(await company.events(audit, "attempt.refused")) == 1


async def test_one_command_sent_ten_times_at_once_has_one_effect_and_one_answer(company: Company) -> None:
    audit, key = await requested(company), str(uuid4())
    token = await signature(company.hana, audit)
    answers = await asyncio.gather(*(decides(company.hana, audit, token, key) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10, [answer.text for answer in answers]
    assert len({str(answer.json()["receipt"]) for answer in answers}) == 1
    assert len(await company.events(audit, "audit.decide")) == 1
    assert await company.events(audit, "attempt.refused") == []


async def test_one_request_sent_ten_times_at_once_opens_one_case(company: Company) -> None:
    request, key = company.seeded.audit_request | {"trigger": trigger()}, str(uuid4())
    answers = await asyncio.gather(
        *(company.ines.post("/v1/audits", request, **{"Idempotency-Key": key}) for _ in range(10))
    )
    assert [answer.status_code for answer in answers] == [201] * 10, [answer.text for answer in answers]
    (audit,) = {answer.json()["case_id"] for answer in answers}
    assert {answer.json()["merged"] for answer in answers} == {False}
    await company.asked(audit, "decide")
    assert len(await company.events(audit, "audit.request")) == 1


async def test_of_two_requests_on_one_trigger_at_once_the_second_joins_the_first(company: Company) -> None:
    for _ in range(ROUNDS // 2):
        request = company.seeded.audit_request | {"trigger": trigger()}
        answers = await asyncio.gather(
            *(
                colleague.post("/v1/audits", request, **{"Idempotency-Key": str(uuid4())})
                for colleague in (company.ines, company.tom, company.priya)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 201], [a.text for a in answers]
        (audit,) = {answer.json()["case_id"] for answer in answers}
        assert len(await company.events(audit, "audit.request")) == 1
        assert len(await company.events(audit, "audit.merged")) == 2


async def test_a_hold_and_an_answer_at_once_happen_one_after_the_other(company: Company) -> None:
    for _ in range(ROUNDS // 2):
        audit = await requested(company)
        await company.hana.does(audit, "decide")
        await company.asked(audit, "plan")
        held, planned = await asyncio.gather(
            company.hana.sends(audit, "hold", HOLD), company.ines.attempts(audit, "plan")
        )
        assert held.status_code == 200, held.text
        (hold,) = await company.events(audit, "audit.hold")
        plans = await company.events(audit, "audit.plan")
        if planned.status_code == 200:
            assert [plan.number < hold.number for plan in plans] == [True]
        else:
            assert (planned.status_code, planned.json()["code"]) == (409, "case_on_hold")
            assert plans == []
        assert (await company.ines.sees(audit))["held"]
        await company.ines.does(audit, "resume", reason="Site open again")
        if not plans:
            await company.ines.does(audit, "plan")
