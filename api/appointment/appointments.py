"""People on licences: proposed, approved by another person, listed, ended."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.appointment.appointment import (
    APPOINTMENT,
    AppointmentNumber,
)
from domain.core.people import Role
from records.appointment.queries import AppointmentDetail, AppointmentList, appointments, one_appointment
from records.core.queries.people import one_person

router = APIRouter(prefix="/v1", tags=["appointments"], responses=declared(401, 403, 422))

Number = Annotated[AppointmentNumber, Path(examples=["APT-2026-004"])]


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


add_forms(router, APPOINTMENT, "/appointments/{number}", Number, show_appointment)
