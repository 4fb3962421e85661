"""What stories about the separation of duties share: double roles, capacities, refusals on record, what is shown."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from api.core.auth import issue
from domain.core.people import Role
from records.contexts import load
from records.core.journal import Journal
from tests.company import Colleague, Company
from tests.records.appointing import appointed
from tests.records.seeded import Seeded
from tests.scenarios.unchanged import Told, names, refused

SECOND_PASSWORD = "another password"
SECRET = "for the sponsor alone"


@dataclass
class Capacity(Colleague):
    """A colleague who acts under another account, or with a delegation of another person."""

    account: str = ""
    for_user: str = ""

    @property
    def password(self) -> str:
        return SECOND_PASSWORD if self.account else super().password

    @property
    def headers(self) -> dict[str, str]:
        secret, account = self.company.settings.token_secret, self.account or self.user
        headers = {"Authorization": f"Bearer {issue(secret, account, self.person, timedelta(hours=1))}"}
        return headers | ({"On-Behalf-Of": self.company.seeded.person(self.for_user)} if self.for_user else {})


async def second_account(company: Company, user: str) -> Capacity:
    """The person under another account (S12)."""
    colleague: Colleague = getattr(company, user)
    account = {"user": f"{user}.two", "password": SECOND_PASSWORD}
    added = await company.adam.post(f"/v1/people/{colleague.person}/accounts", account)
    assert added.status_code == 201, added.text
    signed_in = await company.http.post("/v1/token", json=account)
    assert signed_in.json()["person_id"] == colleague.person
    return Capacity(company, user, account=account["user"])


async def changed(company: Company, by: Colleague, path: str, method: str = "PATCH", **body: Any) -> httpx2.Response:
    """A change of a master record under the version that was just read."""
    record = path if method == "PATCH" else path.rsplit("/", 1)[0]
    version = (await company.http.get(record, headers=by.headers)).headers["ETag"]
    body = {"reason": "As agreed", **body}
    return await company.http.request(method, path, json=body, headers=by.headers | {"If-Match": version})


async def holds(company: Company, user: str, *roles: Role, by: Colleague | None = None) -> None:
    """An administrator gives a person these roles and no others."""
    path = f"/v1/people/{company.seeded.person(user)}"
    answer = await changed(company, by or company.adam, path, roles=[role.value for role in roles])
    assert answer.status_code == 200, answer.text


async def named_on_licences(company: Company, *people: tuple[str, Role, str | None]) -> None:
    """People are recorded on licences for a role, of a site on record where one is given."""
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    for user, role, site_id in people:
        licence = {"site_id": site_id} if site_id is not None else {}
        number = f"APT-{user}-{role.value.replace('_', '-')}".upper()
        await appointed(seeded, user, role.value, number, licence=licence, at=company.now)


async def delegates(
    company: Company, giver: str, taker: str, role: Role, *, first: int = 0, accepts: bool = True
) -> str:
    """One person delegates a role to another for a fortnight. Returns the delegation's id."""
    delegator, delegate = getattr(company, giver), getattr(company, taker)
    offer = {
        "delegate": delegate.person,
        "roles": [role.value],
        "valid_from": (company.today + timedelta(days=first)).isoformat(),
        "valid_to": (company.today + timedelta(days=first + 14)).isoformat(),
        "reason": "Annual leave",
    }
    answer = await delegator.post(f"/v1/people/{delegator.person}/delegations", offer)
    assert answer.status_code == 201, answer.text
    url = answer.headers["Location"]
    if accepts:
        accepted = await delegate.post(f"{url}/accept", {})
        assert accepted.status_code == 200, accepted.text
    return str(answer.json()["delegation_id"])


async def is_barred(company: Company, colleague: Colleague, case_id: str, action: str, rule: str) -> Told:
    """The person does not find the task in the inbox, and is refused with the rule's name, on record."""
    task = await company.asked(case_id, action)
    assert await colleague.task(case_id, action) is None
    form = dict(task.prefill)
    told = await refused(company, colleague.attempts(case_id, action, **form))
    assert (told.status, told.code, told.rule) == (403, "segregation_of_duties", rule), told.problem
    names(told, company, colleague.user, case_id, action)
    return told


async def seen(colleague: Colleague, case_id: str) -> dict[str, Any]:
    """Everything that the API shows a person about a case."""
    company = colleague.company
    process = company.process(case_id)
    url = f"/v1/{process.value}/{case_id}"
    records = [
        (event.type.removeprefix(f"{process.noun}."), event.payload["version"])
        for event in await company.events(case_id)
        if "version" in event.payload and "form" in event.payload
    ]
    paths = {
        "case": url,
        "list": f"/v1/{process.value}",
        "events": f"{url}/events",
        "feed": "/v1/events?limit=100",
        "documents": f"/v1/documents?case_id={case_id}",
        "inbox": "/v1/tasks",
        "people": "/v1/people",
    }
    shown: dict[str, Any] = {name: await colleague.get(path) for name, path in paths.items()}
    shown["tasks"] = [await colleague.get(task["url"]) for task in shown["inbox"]["items"]]
    shown["records"] = []
    for action, version in records:
        answer = await company.http.get(f"{url}/records/{action}/{version}", headers=colleague.headers)
        assert answer.status_code in (200, 404)
        shown["records"] += [answer.json()] if answer.status_code == 200 else []
    return shown


def leaks(shown: dict[str, Any], *words: str) -> set[str]:
    """Where one of the words is shown; PER-1 is not shown by PER-14."""
    return {
        f"{name}: {word}"
        for name, part in shown.items()
        for word in words
        if re.search(rf"{re.escape(word)}(?!\w)", json.dumps(part))
    }
