"""Batches straight through to both their markets, in the calls that the tutorial lists."""

import re
from pathlib import Path

from tests.company import Company
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does

TUTORIAL = (Path(__file__).parents[3] / "docs/tutorials/first-release.md").read_text()
OF_PRODUCT = re.compile(r"^\| `(\w+)` \| `POST /v1/batches/BAT-2/([a-z-]+)` \|", re.MULTILINE)
CALL = re.compile(r"^\| `(\w+)` \| `POST /v1/batches(?:/BAT-1/([a-z-]+))?` \|", re.MULTILINE)


async def test_a_batch_is_released_in_the_calls_of_the_tutorial(company: Company) -> None:
    await fit(company, activity="API_MFG")
    batch = await comes_to_certification(company, "B-001")
    for _market in ("EU", "US"):
        case = await does(company.hana, batch, "release-for-processing", purpose="Tablets of 10 mg")
    assert {each["market"]: each["decision"] for each in case["batch"]["markets"]} == {"EU": "RELEASE", "US": "RELEASE"}
    submitted = [event for event in await company.events(batch) if "form" in event.payload]
    done = [(event.actor.user, event.type.partition(".")[2]) for event in submitted]
    assert [(who, action or "request") for who, action in CALL.findall(TUTORIAL)] == done


async def test_a_finished_batch_ends_in_the_calls_of_the_tutorial(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-002")
    for who, action in OF_PRODUCT.findall(TUTORIAL):
        case = await does(getattr(company, who), batch, action)
    assert {each["market"]: each["decision"] for each in case["batch"]["markets"]} == {"EU": "RELEASE", "US": "RELEASE"}
