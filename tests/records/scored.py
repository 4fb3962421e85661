"""What a scorecard is computed from: batches, CAPAs and answers of a site, on days that a test chooses."""

import itertools
from datetime import UTC, date, datetime, time

from domain.asl.asl import AslStatus
from domain.core.entry import Entry, OpenTask, StartCase
from domain.core.forms import Process
from domain.core.people import Role
from domain.event.site_event import SiteEventReport
from tests.domain.filling import filled
from tests.records.known import row_of_batch
from tests.records.qualifying import Qualifying, a_case, stands
from tests.records.seeded import START, Seeded

SCAR = {"origin": "SCAR", "site_id": "VM-02", "severity": "MAJOR", "finding": "Impurity.", "owner": "Head of QC"}

_numbers = itertools.count(1)


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)


async def watched(seeded: Seeded, scope_id: str = "SC-1", site_id: str = "VM-02", **dates: str) -> Qualifying:
    """A scope is approved, and its oversight runs."""
    await stands(seeded, AslStatus.APPROVED, scope_id=scope_id, site_id=site_id, **dates)
    line = StartCase(process=Process.OVERSIGHT, form={"site_id": site_id, "scope_id": scope_id})
    entry = Entry(stream="", command_id=f"watch/{scope_id}", at=START, lines=(line,))
    (case_id,) = (await seeded.journal.write(entry)).started
    return Qualifying(seeded, case_id, START, Process.OVERSIGHT)


async def makes_batches(seeded: Seeded, *made_on: str | None, scope_id: str = "SC-1") -> None:
    """A batch was made on each of these days; of some the day is not known."""
    for day in made_on:
        name = f"{scope_id}-{next(_numbers)}"
        await row_of_batch(seeded.database, f"BAT-{name}", name, scope_id=scope_id, made_on=day)


async def a_capa(seeded: Seeded, *, due_on: str, done_on: str | None = None, asked_on: str = "2025-01-13") -> str:
    """A CAPA that is to be implemented by a day, and is on another, if at all."""
    capa = await a_case(seeded, Process.CAPA, SCAR, by="ines", at=noon(asked_on))
    capa.tasks["implement"] = f"{capa.case_id}.1"
    await capa.writes(
        OpenTask(
            task_id=capa.tasks["implement"],
            action="implement",
            by=frozenset({Role.CDMO_QA}),
            clock="capa.due.major",
            since=capa.at,
            due_on=date.fromisoformat(due_on),
        )
    )
    if done_on is not None:
        capa.at = noon(done_on)
        await capa.answers(
            "vito", "implement", completed_on=done_on, evidence=[await seeded.upload(by=await seeded.actor("vito"))]
        )
    return capa.case_id


async def an_event(seeded: Seeded, number: int, type_: str, severity: str, received_on: str) -> str:
    """The site reports an event on the day on which it was detected."""
    at = noon(received_on)
    form = filled(SiteEventReport, type=type_, severity=severity, event_id=f"E-{number}", detected_at=at.isoformat())
    return (await a_case(seeded, Process.EVENT, form.model_dump(mode="json"), by="vito", at=at)).case_id
