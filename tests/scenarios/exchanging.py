"""How a technical exchange is told."""

from typing import Any
from uuid import uuid4

from domain.exchange.exchange import ExchangeRequest
from tests.company import Colleague, Company
from tests.scenarios.qualifying import does

QUESTION = {"kind": "QUESTION", "topic": "Hold time", "text": "How long may the intermediate be held?"}


async def opened(company: Company, **given: Any) -> str:
    """An exchange with the seeded site; returns the id of the case."""
    body = company.fills(ExchangeRequest, given).model_dump(mode="json")
    answer = await company.carla.post("/v1/exchanges", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def judges(company: Company, case_id: str, *verdicts: str, then: str = "ANOTHER_ROUND") -> dict[str, Any]:
    """The sponsor's verdicts on the items of the round, in their order. Returns the case as it then is."""
    task = await company.asked(case_id, "review")
    pairs = zip(task.prefill["verdicts"], verdicts, strict=True)
    given = [{**item, "verdict": verdict, "reason": "As discussed."} for item, verdict in pairs]
    return await does(company.carla, case_id, "review", verdicts=given, then=then)


async def signs(*signatures: tuple[Colleague, str], case_id: str) -> dict[str, Any]:
    """Each signs in turn. Returns the case as it then is."""
    case: dict[str, Any] = {}
    for who, action in signatures:
        case = await does(who, case_id, action)
    return case


async def the_set(company: Company, **query: Any) -> dict[str, Any]:
    """The newest parameter set of the seeded scope, as the site sees it."""
    (newest, *_) = (await company.vito.get("/v1/parameter-sets", scope="SC-1", **query))["items"]
    return dict(newest)
