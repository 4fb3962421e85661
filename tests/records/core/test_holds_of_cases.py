"""A case on hold in the records: which clocks stand, and who is told."""

from domain.core.forms import Process
from records.core.tables.cases import TaskRow
from records.core.tables.journal import OutboxRow
from tests.records.qualifying import Qualifying, a_case
from tests.records.seeded import Seeded


async def an_audit(seeded: Seeded) -> Qualifying:
    return await a_case(seeded, Process.AUDIT, dict(seeded.result.audit_request), by="ines")


async def mailed(seeded: Seeded, subject: str) -> list[str]:
    """To whom a mail of this subject went."""
    rows = [row.payload for row in await seeded.rows(OutboxRow) if row.kind == "mail"]
    return [str(payload["to"]) for payload in rows if payload["subject"] == subject]


async def test_only_what_protects_is_asked_for_on_hold_with_a_clock_that_runs(seeded: Seeded) -> None:
    audit = await an_audit(seeded)
    await audit.answers("ines", "hold", reason="Flood at the site")
    await audit.asks("plan")
    await audit.asks("decide-suspension")
    plan, suspension = [await seeded.row(TaskRow, audit.tasks[name]) for name in ("plan", "decide-suspension")]
    assert (plan.remaining is not None, suspension.remaining) == (True, None)
    audit.passes(days=40)
    resumed = await audit.answers("hana", "resume", reason="Dry again")
    deadlines = resumed.effect["deadlines"]
    assert isinstance(deadlines, dict)
    assert set(deadlines) == {plan.task_id}
    assert (await seeded.row(TaskRow, suspension.task_id)).due_at == suspension.due_at


async def test_a_hold_is_signed_and_the_head_of_quality_is_told_unless_it_is_hers(seeded: Seeded) -> None:
    audit = await an_audit(seeded)
    await audit.answers("ines", "hold", reason="Flood at the site")
    (held,) = await seeded.events(audit.case_id, "audit.hold")
    assert held.signature is not None
    assert len(await mailed(seeded, f"{audit.case_id} is on hold")) == 1
    await audit.answers("hana", "resume", reason="Dry again")
    assert await mailed(seeded, f"{audit.case_id} is resumed") == []
    await audit.answers("hana", "hold", reason="Flood again")
    assert len(await mailed(seeded, f"{audit.case_id} is on hold")) == 1
