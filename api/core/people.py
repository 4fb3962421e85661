"""People, their accounts, absences, qualifications and delegations."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, IfMatch, Limit, Recording, created, tag
from api.core.tools import ToolsOf
from domain.core.delegation import Delegation, DelegationAcceptance, DelegationEnd, DelegationOffer
from domain.core.people import Actor, Role
from domain.core.personnel import (
    Absence,
    Account,
    AuditorQualified,
    NewPassword,
    PasswordChange,
    PersonChange,
    PersonRecord,
    PersonRegistration,
)
from records.core.people.accounts import authenticate, change_password, set_first_password
from records.core.policies import limits_in_force
from records.core.queries.people import DelegationList, PersonList, delegations, one_delegation, one_person, people

router = APIRouter(prefix="/v1", tags=["people"], responses=declared(401, 403, 422))

Holding = Annotated[Role | None, Query(description="Only people who hold this role.")]


@router.get("/me")
async def show_me(caller: Caller) -> Actor:
    """Who you are signed in as, with your roles of this moment."""
    return caller


@router.put("/me/password", status_code=204)
async def choose_password(form: NewPassword, caller: Caller, tools: ToolsOf, recording: Recording) -> None:
    """Choose another password for the account in use."""
    async with tools.database.reading() as session:
        limits = await limits_in_force(session, tools.clock())
    await authenticate(tools.database, caller.user, form.password, limits)
    # In this order: if the second write fails, the old password still lets the person repeat the request.
    await recording.note("person.password_changed", caller.person, PasswordChange(), {"user": caller.user})
    await change_password(tools.database, caller.user, form.new_password)


@router.get("/people")
async def list_people(
    caller: Caller, tools: ToolsOf, role: Holding = None, cursor: Cursor = None, limit: Limit = 50
) -> PersonList:
    """People by id."""
    async with tools.database.reading() as session:
        return await people(session, caller, role=role, cursor=cursor, limit=limit)


@router.post("/people", status_code=201, responses=declared(409))
async def register_person(
    form: PersonRegistration, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> PersonRecord:
    """Register a person with a first account."""
    person_id = await recording.register("person.registered", form, prefix="PER")
    await set_first_password(tools.database, form.user, person_id, form.password)
    person = await show_person(person_id, caller, tools, response)
    created(response, f"/v1/people/{person_id}", person.version)
    return person


@router.get("/people/{person_id}", responses=declared(404))
async def show_person(person_id: str, caller: Caller, tools: ToolsOf, response: Response) -> PersonRecord:
    """One person."""
    async with tools.database.reading() as session:
        person = await one_person(session, caller, person_id)
    tag(response, person.version)
    return person


@router.patch("/people/{person_id}", responses=declared(404, 412, 428))
async def change_person(
    person_id: str,
    form: PersonChange,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> PersonRecord:
    """Change roles, sites, manager, deputy, or disable; fields that are left out stay."""
    await show_person(person_id, caller, tools, response)
    await recording.change("person.changed", person_id, form, version)
    return await show_person(person_id, caller, tools, response)


@router.put("/people/{person_id}/absence", responses=declared(404, 412, 428))
async def record_absence(
    person_id: str,
    form: Absence,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> PersonRecord:
    """Say until when a person is away. The person, the manager or an administrator may."""
    await show_person(person_id, caller, tools, response)
    await recording.change("person.absent", person_id, form, version)
    return await show_person(person_id, caller, tools, response)


@router.put("/people/{person_id}/auditor", responses=declared(404, 412, 428))
async def qualify_auditor(
    person_id: str,
    form: AuditorQualified,
    version: IfMatch,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
) -> PersonRecord:
    """Record or withdraw a qualification as auditor."""
    await show_person(person_id, caller, tools, response)
    await recording.change("person.qualified", person_id, form, version)
    return await show_person(person_id, caller, tools, response)


@router.post("/people/{person_id}/accounts", status_code=201, responses=declared(404, 409))
async def add_account(
    person_id: str, form: Account, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> PersonRecord:
    """Give a person another account. Both count as one human (S12)."""
    person = await show_person(person_id, caller, tools, response)
    await recording.note("person.account_added", person_id, form, {"user": form.user})
    await set_first_password(tools.database, form.user, person_id, form.password)
    return person


@router.get("/people/{person_id}/delegations", responses=declared(404))
async def list_delegations(person_id: str, caller: Caller, tools: ToolsOf) -> DelegationList:
    """The delegations a person gave or received."""
    async with tools.database.reading() as session:
        return await delegations(session, caller, person_id)


@router.post("/people/{person_id}/delegations", status_code=201, responses=declared(404))
async def offer_delegation(
    person_id: str, form: DelegationOffer, caller: Caller, tools: ToolsOf, recording: Recording, response: Response
) -> Delegation:
    """Delegate own roles for some days. It counts once it is accepted."""
    await show_person(person_id, caller, tools, response)
    delegation_id = await recording.register("delegation.offered", form, stream=person_id)
    response.headers["Location"] = f"/v1/people/{person_id}/delegations/{delegation_id}"
    return await show_delegation(person_id, delegation_id, caller, tools)


@router.get("/people/{person_id}/delegations/{delegation_id}", responses=declared(404))
async def show_delegation(person_id: str, delegation_id: str, caller: Caller, tools: ToolsOf) -> Delegation:
    """One delegation."""
    async with tools.database.reading() as session:
        return await one_delegation(session, caller, person_id, delegation_id)


@router.post("/people/{person_id}/delegations/{delegation_id}/accept", responses=declared(404, 409))
async def accept_delegation(
    person_id: str, delegation_id: str, caller: Caller, tools: ToolsOf, recording: Recording
) -> Delegation:
    """Accept a delegation, as the delegate."""
    await show_delegation(person_id, delegation_id, caller, tools)
    await recording.note("delegation.accepted", person_id, DelegationAcceptance(), {"delegation_id": delegation_id})
    return await show_delegation(person_id, delegation_id, caller, tools)


@router.post("/people/{person_id}/delegations/{delegation_id}/end", responses=declared(404, 409))
async def end_delegation(
    person_id: str, delegation_id: str, form: DelegationEnd, caller: Caller, tools: ToolsOf, recording: Recording
) -> Delegation:
    """End a delegation before its last day, as one of the two."""
    await show_delegation(person_id, delegation_id, caller, tools)
    payload = {"delegation_id": delegation_id, "reason": form.reason}
    await recording.note("delegation.ended", person_id, form, {**payload})
    return await show_delegation(person_id, delegation_id, caller, tools)
