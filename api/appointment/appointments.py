"""People on licences: proposed, approved by another person, listed, ended."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.appointment.appointment import (
    AppointmentApproval,
    AppointmentEnd,
    AppointmentNumber,
    AppointmentProposal,
)
from domain.core.people import Role
from records.appointment.queries import AppointmentDetail, AppointmentList, appointments, one_appointment
from records.core.queries.people import one_person

router = APIRouter(prefix="/v1", tags=["appointments"], responses=declared(401, 403, 422))

Number = Annotated[AppointmentNumber, Path(examples=["APT-2026-004"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record APT-{number}.")]


@router.get("/appointments")
async def list_appointments(
    caller: Caller,
    tools: ToolsOf,
    person: Annotated[str | None, Query(max_length=60, description="Only those of this person.")] = None,
    role: Annotated[Role | None, Query(description="Only those for this role.")] = None,
    site: Annotated[str | None, Query(max_length=60, description="Only those on a licence of this site.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AppointmentList:
    """Every appointment, with whether it carries a signature today. Outside of the sponsor people see their own."""
    async with tools.database.reading() as session:
        return await appointments(
            session, caller, tools.clock().date(), person=person, role=role, site=site, cursor=cursor, limit=limit
        )


@router.get("/people/{person_id}/appointments", responses=declared(404))
async def list_appointments_of_a_person(person_id: str, caller: Caller, tools: ToolsOf) -> AppointmentList:
    """The appointments of one person."""
    async with tools.database.reading() as session:
        await one_person(session, caller, person_id)
        return await appointments(session, caller, tools.clock().date(), person=person_id)


@router.get("/appointments/{number}", responses=declared(404))
async def show_appointment(number: Number, caller: Caller, tools: ToolsOf) -> AppointmentDetail:
    """One appointment, with what was signed under it."""
    async with tools.database.reading() as session:
        return await one_appointment(session, caller, number, tools.clock().date())


@router.put("/appointments/{number}", responses=declared(409))
async def propose_appointment(
    number: Number,
    form: AppointmentProposal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AppointmentDetail:
    """Propose it. Signed as AUTHORED: get a token for the number as record, action propose."""
    await recording.sign("appointment", number, form, version=1, token=signature_token)
    return await show_appointment(number, caller, tools)


@router.post("/appointments/{number}/approval", responses=declared(404, 409, 412))
async def approve_appointment(
    number: Number,
    form: AppointmentApproval,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AppointmentDetail:
    """Approve it, or send it back. Signed as APPROVED or REJECTED: get a token, action approve."""
    await recording.sign("appointment", number, form, version=1, token=signature_token)
    return await show_appointment(number, caller, tools)


@router.post("/appointments/{number}/end", responses=declared(404, 409))
async def end_appointment(
    number: Number,
    form: AppointmentEnd,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AppointmentDetail:
    """End it at once. Signed as AUTHORED: get a token for the number as record, action end."""
    known = await show_appointment(number, caller, tools)
    await recording.sign("appointment", number, form, version=known.ended_times + 1, token=signature_token)
    return await show_appointment(number, caller, tools)
