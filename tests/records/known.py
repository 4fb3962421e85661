"""Batches that a test knows of without following their procedures."""

from datetime import date

from pydantic import JsonValue

from domain.batch.disposition import Redirection
from domain.batch.holds.holds import BatchState
from domain.batch.making.request import BatchRegistration
from domain.core.case import CaseOrder
from domain.core.forms import Form, Process
from domain.core.people import SYSTEM
from domain.release.certification import QcuApproval
from records.batch.tables.batches import BatchRow
from records.core.database import Database
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded


async def row_of_batch(
    database: Database,
    batch_id: str,
    number: str,
    *,
    state: str = "OPEN",
    scope_id: str = "SC-1",
    site_id: str = "VM-02",
    made_on: str | None = None,
) -> None:
    """A row of the test's own, which no journal gives again; of a certified batch something is released."""
    row = BatchRow(
        batch_id=batch_id,
        number=number,
        site_id=site_id,
        scope_id=scope_id,
        state=state,
        released=state == BatchState.CERTIFIED,
        made_on=date.fromisoformat(made_on) if made_on else None,
    )
    async with database.writing() as session:
        session.add(row)


async def known(
    seeded: Seeded, batch_id: str, number: str, *, state: str = "OPEN", scope_id: str = "SC-1", site_id: str = "VM-02"
) -> None:
    """A batch for the US as its events have left it: registered, and approved or rejected since."""
    form = filled(BatchRegistration, number=number, site_id=site_id, scope_id=scope_id, markets=["US"])
    order = CaseOrder(
        case_id=batch_id,
        process=Process.BATCH,
        title=f"Batch {number}",
        supplier_id="SUP-1",
        site_id=site_id,
        scope_ids=(scope_id,),
        requested_by=SYSTEM,
        requested_at=START,
        policy_version=1,
        request=form.model_dump(mode="json"),
    )
    registered: dict[str, JsonValue] = {
        "order": order.model_dump(mode="json"),
        "effect": {"product": "ARL-204", "approved_steps": {}, "inherits": []},
    }
    await _says(seeded, batch_id, form, registered)
    if state == BatchState.CERTIFIED:
        numbers: dict[str, JsonValue] = {"register": "QCU-US", "register_number": int(batch_id.partition("-")[2])}
        effect: JsonValue = {"market": "US", "certificate_number": f"US-{batch_id}", **numbers}
        await _says(seeded, batch_id, filled(QcuApproval, market="US"), {"effect": effect})
    elif state == BatchState.CLOSED:
        await _says(seeded, batch_id, filled(Redirection, way="REJECT"), {"effect": {}})


async def known_without_procedure(
    seeded: Seeded, batch_id: str, number: str, *, state: str = "OPEN", scope_id: str = "SC-1", site_id: str = "VM-02"
) -> None:
    """The same where procedures run: its own has come to an end, so that nobody waits to tell it anything."""
    await known(seeded, batch_id, number, state=state, scope_id=scope_id, site_id=site_id)
    closed: dict[str, JsonValue] = {"stage": "REGISTERED", "offers": [], "outcome": None}
    await seeded.write("case.closed", batch_id, closed)


async def _says(seeded: Seeded, batch_id: str, form: Form, more: dict[str, JsonValue]) -> None:
    said: dict[str, JsonValue] = {"form": form.model_dump(mode="json"), "sha256": "0" * 64, "version": 1, **more}
    await seeded.write(form.action.event_type(Process.BATCH), batch_id, said)
