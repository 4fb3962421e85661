"""How the years of a watched site are told."""

import asyncio
from datetime import date, datetime
from itertools import count
from typing import Any

from pydantic import JsonValue

from domain.asl.asl import stream_of
from domain.core.entry import Entry, PlainEvent, StartCase
from domain.core.forms import Process
from domain.core.people import SYSTEM
from domain.oversight.oversight import OversightRequest
from domain.qualification.document_forms import DocumentSubmission
from records.asl.tables.oversight import OversightRow
from records.contexts import load
from records.core.journal import Journal
from tests.company import Company
from tests.patience import PATIENCE
from tests.scenarios import qualifying as tell

CLEAN = [{"severity": "RECOMMENDATION", "area": "Warehouse", "summary": "Labels could be larger."}]
_numbers = count(1)


async def watched(company: Company, *, scope: str = "SC-1", site: str = "VM-02", **statement: JsonValue) -> str:
    """The site is approved for the scope since today, and watched. Returns the id of the oversight case."""
    stated: dict[str, JsonValue] = {
        "scope_id": scope,
        "site_id": site,
        "supplier_id": company.seeded.suppliers[site],
        "status": "APPROVED",
        "suspension_scope": None,
        "effective_from": company.now.isoformat(),
        "reason_code": "QUALIFICATION",
        "reason": "As decided.",
        "decided_in": "QC-0",
        "decided_by": [],
        "oversight_model": None,
        "valid_to": None,
        "next_requal_due": None,
        "next_audit_due": None,
        "markets": ["EU", "US"],
    }
    await writes(company, stream_of(scope), PlainEvent(type="asl.changed", payload=stated | statement))
    request = OversightRequest(site_id=site, scope_id=scope)
    (case_id,) = await writes(company, "", StartCase(process=Process.OVERSIGHT, form=request.model_dump(mode="json")))
    await company.delivered()
    await company.recorded(case_id, "site.looked")
    return case_id


async def writes(company: Company, stream: str, line: PlainEvent | StartCase) -> tuple[str, ...]:
    """The program writes one line to the journal; returns the cases that it has started."""
    entry = Entry(stream=stream, command_id=f"told/{next(_numbers)}", at=company.now, actor=SYSTEM, lines=(line,))
    return (await Journal(company.database, load(), web=company.settings.public_url).write(entry)).started


async def as_seen(company: Company, case_id: str) -> OversightRow:
    """What the last evaluation has left."""
    async with company.database.reading() as session:
        return await session.get_one(OversightRow, case_id)


async def evaluated(company: Company, case_id: str, condition: Any) -> OversightRow:
    """Wait until an evaluation has left what is expected."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if condition(row := await as_seen(company, case_id)):
                return row
            await asyncio.sleep(0.02)


async def qualified(company: Company, ends: dict[str, date], **proposal: Any) -> tuple[str, date]:
    """The site is qualified in full, with certificates that end on these days.

    Returns the oversight case and the last day on site.
    """
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.questioned(company, case_id)
    task = await company.asked(case_id, "submit-documents")
    documents = company.fills(DocumentSubmission, task.prefill).model_dump(mode="json")["documents"]
    documents = [each for each in documents if each["certificate"] is None or each["certificate"]["type"] in ends]
    for sent in documents:
        if sent["certificate"] is not None:
            sent["certificate"]["valid_to"] = ends[sent["certificate"]["type"]].isoformat()
    await tell.documented(company, case_id, documents=documents)
    await tell.rated(company, case_id)
    await tell.agreed(company, case_id)
    audit = await tell.audited(company, case_id, CLEAN)
    await tell.decided(company, case_id, **proposal)
    await company.delivered()
    await company.recorded("SITE-1", "site.looked")
    return "SITE-1", tell.day((await company.ines.sees(audit))["audit"]["last_day"])


async def done_in(company: Company, case_id: str) -> dict[str, datetime]:
    """What the evaluations of an oversight have done, and when first: ids of cases, and statuses."""
    return await _first(company, case_id, "done")


async def _first(company: Company, case_id: str, part: str) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for event in await company.events(case_id, "site.looked"):
        effect = event.payload["effect"]
        assert isinstance(effect, dict)
        named = effect.get(part, [])
        assert isinstance(named, list)
        for each in named:
            found.setdefault(str(each), event.occurred_at.replace(microsecond=0))
    return found


async def flagged_in(company: Company, case_id: str) -> dict[str, datetime]:
    """When each flag stood for the first time."""
    return await _first(company, case_id, "flags")


async def stopped_in(company: Company, case_id: str) -> dict[str, datetime]:
    """When each reason stopped new orders for the first time."""
    return await _first(company, case_id, "orders_stopped_by")


async def shortens(company: Company, case_id: str, key: str, *, months: int) -> dict[str, Any]:
    """The head of quality shortens the audit interval, under a key of her own."""
    form = {"months": months, "reason": "Three batches in a row needed a deviation."}
    request = {"password": company.hana.password, "record": case_id, "action": "shorten-interval", "form": form}
    token = (await company.hana.post("/v1/signatures", request)).json()["token"]
    headers = {"Idempotency-Key": key, "Signature-Token": token}
    answer = await company.hana.post(f"/v1/oversight/{case_id}/shorten-interval", form, **headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def runs(company: Company, case_id: str) -> list[int]:
    """How many events the history of each run has, the newest first."""
    lengths, run_id = [], None
    while run_id != "":
        handle = company.environment.client.get_workflow_handle(case_id, run_id=run_id)
        events = (await handle.fetch_history()).events
        lengths.append(len(events))
        run_id = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return lengths
