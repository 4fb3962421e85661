"""Status cases of the seeded scopes, and batches made there."""

from typing import Any

from domain.asl.asl import AslStatus
from domain.asl.request import StatusRequest
from domain.core.entry import Move
from domain.core.forms import Process
from records.asl.statements import statement_in_force
from tests.domain.filling import filled
from tests.records.known import known
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.seeded import START, Seeded

PLACES = {"SC-1": "VM-02", "SC-2": "OB-01"}


def proposal(kind: str, **changes: Any) -> dict[str, Any]:
    """A proposal as a person sends it: by default of the seeded scope SC-1."""
    scope = "NEW_ORDERS_AND_RELEASE" if kind == "SUSPENSION" else None
    return filled(StatusRequest, {"kind": kind, "proposed_scope": scope, **changes}).model_dump(mode="json")


async def a_status_case(seeded: Seeded, kind: str, *, by: str = "ines", **changes: Any) -> Qualifying:
    """A change of status, proposed."""
    return await a_case(seeded, Process.STATUS, proposal(kind, **changes), by=by)


async def approved(seeded: Seeded) -> Seeded:
    """The seeded scope is approved, and the document that forms name as evidence is kept."""
    await stands(seeded, AslStatus.APPROVED)
    await seeded.upload()
    return seeded


async def suspended(seeded: Seeded, **order: Any) -> Qualifying:
    """The seeded scope is suspended by hana, as ines has proposed."""
    case = await a_status_case(await approved(seeded), "SUSPENSION")
    await case.does("hana", "suspend", **order)
    return case


async def evidenced(case: Qualifying) -> None:
    """What a reinstatement rests on: a corrective action of the site is verified, and the impact is assessed."""
    request = {"origin": "SCAR", "site_id": "VM-02", "severity": "MAJOR", "finding": "Late.", "owner": "QC"}
    capa = await a_case(case.seeded, Process.CAPA, request, by="ines", at=case.at)
    await capa.writes(Move(stage="VERIFIED"))
    if (await case.row()).kind == "SUSPENSION":
        await case.does("quentin", "assess-impact")


async def made(seeded: Seeded, batch_id: str, state: str = "OPEN", scope_id: str = "SC-1") -> None:
    """A batch is known."""
    await known(seeded, batch_id, batch_id, state=state, scope_id=scope_id, site_id=PLACES[scope_id])


async def status(seeded: Seeded, scope_id: str = "SC-1", at: Any = None) -> tuple[str, str | None]:
    """The status in force, and how far a suspension reaches."""
    async with seeded.database.reading() as session:
        row = await statement_in_force(session, scope_id, at or START.replace(year=START.year + 1))
    assert row is not None
    return row.status, row.suspension_scope
