"""How decisions on a status are told: proposals in the words of the form, batches as facts of the journal."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.asl.asl import stream_of
from domain.asl.request import StatusRequest
from domain.core.case import Subject
from domain.core.entry import Entry, PlainEvent, Send
from domain.qualification.risk_review import RiskReviewRequest
from records.contexts import load
from records.core.journal import Journal
from records.core.outgoing import outbox
from tests.company import Colleague, Company
from tests.records.known import known_without_procedure
from tests.records.seeded import Seeded
from tests.scenarios.qualifying import does, does_unasked
from tests.scenarios.unchanged import snapshot


async def proposes(who: Colleague, kind: str, **changes: Any) -> str:
    """Propose a change of status of the seeded scope; returns the id of the case."""
    given = {"kind": kind, "proposed_scope": None, **changes}
    body = who.company.fills(StatusRequest, given).model_dump(mode="json")
    answer = await who.post("/v1/status-cases", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["case_id"])


async def suspension_proposed(who: Colleague, scope: str = "NEW_ORDERS_AND_RELEASE") -> str:
    return await proposes(who, "SUSPENSION", proposed_scope=scope)


async def evidenced(company: Company, case_id: str) -> str:
    """What a reinstatement rests on: the impact is assessed, and a corrective action is verified. Returns its id."""
    if await company.open_task(case_id, "assess-impact") is not None:
        await does(company.quentin, case_id, "assess-impact")
    request = {"origin": "SCAR", "site_id": "VM-02", "severity": "MAJOR", "finding": "Late.", "owner": "QC"}
    answer = await company.ines.post("/v1/capas", request, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    capa = str(answer.json()["case_id"])
    await does(company.vito, capa, "plan")
    await does(company.priya, capa, "accept-plan")
    await company.implemented(capa)
    return capa


async def reinstated(
    company: Company, case_id: str, *, by: str = "ines", approve: bool = True, **proposal: Any
) -> dict[str, Any]:
    """Proposed, signed by the head of quality, and by a qualified person if they `approve`. Returns the case."""
    capa = await evidenced(company, case_id)
    document = await getattr(company, by).uploads(case_id)
    shown = {"number": 1, "finding": "Three reviews in a row.", "evidence": [document], "shown_by": [capa]}
    await does_unasked(getattr(company, by), case_id, "propose-reinstatement", **{"criteria": [shown], **proposal})
    await does(company.hana, case_id, "sign-reinstatement")
    return await does(company.quentin, case_id, "co-sign-reinstatement", approve=approve)


async def risk_reviewed(who: Colleague) -> str:
    """Have the risk of the seeded scope scored again; returns the id of the case."""
    body = who.company.fills(RiskReviewRequest).model_dump(mode="json")
    answer = await who.post("/v1/risk-reviews", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def made(company: Company, batch_id: str, state: str = "OPEN") -> None:
    """A batch of the seeded scope is known."""
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await known_without_procedure(seeded, batch_id, f"B-{batch_id.removeprefix('BAT-')}", state=state)


async def confirmed(company: Company, batch_id: str, case_id: str) -> None:
    """The release of a batch that has no procedure is confirmed, for all that a status case has demanded."""
    demanded = [event.number for event in await company.events(batch_id) if event.type == "batch.review_demanded"]
    fact = PlainEvent(type="batch.release_confirmed", payload={"demands": [*demanded], "cause": case_id})
    entry = Entry(stream=batch_id, command_id=f"confirmed:{batch_id}", at=company.now, lines=(fact,))
    await Journal(company.database, load()).write(entry)


async def held(company: Company) -> dict[str, str]:
    """The batches that are on hold, and the case that put them there."""
    holds = (await company.quentin.get("/v1/holds", scope="SC-1", open=True))["items"]
    return {hold["batch_id"]: hold["placed_in"] for hold in holds}


async def at_rest(company: Company) -> None:
    """Wait until the procedures that watch the scope have written what they had to write."""
    before = None
    while (after := await snapshot(company)) != before:
        before = after
        await company.delivered()
        await asyncio.sleep(0.05)


async def states_ahead(company: Company, case_id: str, *, days: int) -> None:
    """Another case has approved the seeded scope from a day on, and the status case is told so."""
    at = (company.now + timedelta(days=days)).isoformat()
    stream = stream_of("SC-1")
    before = (await company.events(stream))[-1].payload
    statement = {**before, "status": "APPROVED", "suspension_scope": None, "effective_from": at, "decided_in": "QC-9"}
    fact = PlainEvent(type="asl.changed", payload=statement)
    entry = Entry(stream=stream, command_id="told:ahead", at=company.now, lines=(fact,))
    await Journal(company.database, load()).write(entry)
    line = Send(to=case_id, subject=Subject.CHANGED)
    async with company.database.writing() as session:
        outbox.signal(session, company.now, case_id, "told:ahead", stream, line)
