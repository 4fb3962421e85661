"""Records beside the cases in stories: entered, signed and approved over their routes, as people do it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx2

from domain.appointment.appointment import AppointmentApproval, AppointmentProposal
from domain.authorisation.forms import AuthorisationApproval, AuthorisationProposal
from domain.core.people import Role
from records.installation.seed import SeededPerson
from tests.authorised import SINCE
from tests.company import Colleague, Company
from tests.scenarios.duties import SECOND_PASSWORD, Capacity
from tests.scenarios.qualifying import PLACEHOLDER

Registered = Mapping[str, Sequence[Mapping[str, Any]]]
"""What an authorisation registers, each without its days."""


async def enters(who: Colleague, path: str, action: str, form: Mapping[str, Any], *, then: str = "") -> httpx2.Response:
    """Sign a form for the record at a path, and send it there: put, or posted behind it, against what is read."""
    form = {name: await _with_files(who, value) for name, value in form.items()}
    record = path.rsplit("/", 1)[1]
    request = {"password": who.password, "record": record, "action": action, "form": form}
    signed = await who.post("/v1/signatures", request)
    if signed.status_code != 201:
        return signed
    headers = who.headers | {"Signature-Token": signed.json()["token"], "Idempotency-Key": str(uuid4())}
    method = "POST" if then else "PUT"
    if then and (tag := (await who.company.http.get(path, headers=who.headers)).headers.get("ETag")) is not None:
        headers |= {"If-Match": tag}
    return await who.company.http.request(method, f"{path}{then}", json=form, headers=headers)


async def _with_files(who: Colleague, value: Any) -> Any:
    if isinstance(value, list):
        return [await _with_files(who, each) for each in value]
    is_example = isinstance(value, Mapping) and PLACEHOLDER.items() <= value.items()
    return await who.uploads() if is_example else value


async def is_entered(answer: httpx2.Response) -> dict[str, Any]:
    """What was entered, as it is then shown; a refusal fails the story."""
    assert answer.status_code in {200, 201}, answer.text
    return dict(answer.json())


async def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal; success fails the story."""
    assert answer.status_code >= 400, f"It was let through: {answer.text}"
    return answer.status_code, str(answer.json()["code"])


async def posts(who: Colleague, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Register what nobody signs."""
    return await is_entered(await who.post(path, dict(body), **{"Idempotency-Key": str(uuid4())}))


async def joins(company: Company, user: str, role: Role, site_id: str, supplier_id: str) -> None:
    """An administrator registers a person of a site, who signs in from now on."""
    of_a_site = {"org": "CDMO", "supplier_id": supplier_id, "sites": [site_id]}
    await _is_registered(company, user, role, email=f"{user}@{site_id.lower()}.example", **of_a_site)


async def is_hired(company: Company, user: str, role: Role) -> None:
    """The same of a person of the sponsor."""
    await _is_registered(company, user, role, email=f"{user}@aurelia.example", org="SPONSOR")


async def _is_registered(company: Company, user: str, role: Role, **more: Any) -> None:
    form = {"user": user, "password": SECOND_PASSWORD, "name": user.title(), "roles": [role.value], **more}
    person_id = (await posts(company.adam, "/v1/people", form))["person_id"]
    known = SeededPerson(user=user, name=user.title(), roles=(role,), person_id=person_id)
    company.seeded = company.seeded.model_copy(update={"people": (*company.seeded.people, known)})
    company.colleagues[user] = Capacity(company, user, account=user)


# ---------------------------------------------------------------------------------- people on licences

MARKETS_OF = {Role.RP_IMPORT: ["GB"], Role.FVP: ["CH"], Role.QCU_RELEASER: ["US"]}
"""For which market people in these roles are appointed; others for the Union."""


def appointment(company: Company, user: str, role: Role, licence: Mapping[str, str], **given: Any) -> dict[str, Any]:
    """The form by which a person is proposed for a licence, since a year ago."""
    since = company.today.replace(year=company.today.year - 1, day=1).isoformat()
    known: dict[str, Any] = {
        "person": company.seeded.person(user),
        "role": role.value,
        "licence": dict(licence),
        "valid_from": since,
    }
    known["markets"] = MARKETS_OF.get(role, ["EU"])
    return company.fills(AppointmentProposal, {**known, **given}).model_dump(mode="json")


async def reads(who: Colleague, path: str) -> dict[str, Any]:
    """The form by which what was proposed at a path is approved as it was read."""
    shown = await who.get(path)
    newest = shown["versions"][0] if "versions" in shown else shown
    kind, name = (
        (AuthorisationApproval, "authorisation") if "versions" in shown else (AppointmentApproval, "appointment")
    )
    read = {"version": newest.get("version", 1), "sha256": newest["sha256"]}
    return who.company.fills(kind, {name: read}).model_dump(mode="json")


async def is_named(
    company: Company, user: str, role: Role, number: str, licence: Mapping[str, str], **given: Any
) -> None:
    """A person is named on a licence: rosa proposes it, hana approves it."""
    path = f"/v1/appointments/{number}"
    await is_entered(await enters(company.rosa, path, "propose", appointment(company, user, role, licence, **given)))
    form = await reads(company.hana, path)
    await is_entered(await enters(company.hana, path, "approve", form, then="/approval"))


# ---------------------------------------------------------------------------------- authorisations


def authorisation(company: Company, market: str, product: str, registered: Registered, **given: Any) -> dict[str, Any]:
    """The form by which what is authorised in a market is proposed, in force for years."""
    holding = {name: [{**each, **SINCE} for each in rows] for name, rows in registered.items()}
    known = {
        "type": "MA",
        "market": market,
        "product": product,
        "strength": None,
        "dosage_form": None,
        "trial": None,
        "number": f"{market}/1/27/1801",
        "standing": [{"status": "IN_FORCE", **SINCE}],
        "evidence": [PLACEHOLDER],
        **holding,
    }
    return company.fills(AuthorisationProposal, {**known, **given}).model_dump(mode="json")


async def is_authorised(company: Company, record: str, form: Mapping[str, Any]) -> None:
    """A product is authorised: rosa proposes the record, hana approves it."""
    path = f"/v1/authorisations/{record}"
    await is_entered(await enters(company.rosa, path, "propose", form))
    await is_entered(await enters(company.hana, path, "approve", await reads(company.hana, path), then="/approval"))
