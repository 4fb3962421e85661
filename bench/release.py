"""`python -m bench.release [batches]`: so many batches, by default 64, certified at once; takes some ten minutes.

The embedded program runs as for anybody. Every batch is made, analysed, released by its site and reviewed over HTTP;
then all are certified in the same moment. Afterwards the register must count them without gap or double, and every
procedure must have gone on. Exits with 1 if it does not.
"""

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx2
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select
from temporalio.testing import WorkflowEnvironment

from bench.__main__ import own_settings
from domain.batch.batch import BatchStage
from domain.processes import form_of
from embedded.claims import local_address
from embedded.dev import start
from embedded.processes import Family
from embedded.progress import Waiting
from records.batch.tables.decisions import BatchMarketRow
from records.contexts import load
from records.core.database import Database
from records.core.tables.cases import CaseRow
from records.installation.seed import seed
from settings import Settings
from tests.authorised import all_is_authorised
from tests.company import Company
from tests.domain.filling import filled
from tests.scenarios.making import comes_to_certification, fit

BATCHES = 64
AT_ONCE = 4
"""Batches that are brought to certification side by side."""


async def _certified_at_once(settings: Settings, batches: int) -> bool:
    """Print the times and what the records hold afterwards; says whether all is there once."""
    database, console = Database(settings.database_url), Console(highlight=False)
    seeded = await seed(database, load(), settings)
    await all_is_authorised(database)
    async with httpx2.AsyncClient(base_url=local_address(settings), timeout=120) as http:
        none = cast("WorkflowEnvironment", None)
        company = Company(none, database, settings, seeded, http, [timedelta(0)], Path(), AsyncExitStack())
        await fit(company)
        began = time.perf_counter()
        ready = await _ready(company, batches)
        prepared = time.perf_counter() - began
        requests = [await _signed(company, batch) for batch in ready]
        began = time.perf_counter()
        sent = await asyncio.gather(*(_sent(company, *request) for request in requests))
        released = time.perf_counter() - began
        numbers, stages = await _found(database, ready, within=60)
    await database.close()
    seconds = [each for each, _ in sent]
    table = Table("what", "measured")
    table.add_row(f"{batches} batches made, analysed and reviewed", f"{prepared:.0f} s")
    table.add_row("all certified at once", f"{released:.1f} s, {batches / released:.1f} a second")
    table.add_row("one certification", f"p50 {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s")
    table.add_row("requests repeated, since their outcome was unknown", f"{sum(repeats for _, repeats in sent)}")
    table.add_row("entries of the register", f"{len(numbers)}, from {min(numbers)} to {max(numbers)}")
    table.add_row("procedures that have gone on", f"{stages.count(BatchStage.RELEASED)} of {batches}")
    console.print(table)
    return numbers == list(range(1, batches + 1)) and stages == [BatchStage.RELEASED] * batches


async def _ready(company: Company, batches: int) -> list[str]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def prepared(number: int) -> str:
        async with limit:
            return await comes_to_certification(company, f"B-{number:03}", markets=["EU"])

    return list(await asyncio.gather(*(prepared(number) for number in range(batches))))


async def _signed(company: Company, batch: str) -> tuple[str, str, dict[str, Any], str]:
    """A certification, signed but not yet sent: batch, task, form and token."""
    task = await company.asked(batch, "certify")
    form = filled(form_of(company.process(batch), "certify"), task.prefill).model_dump(mode="json")
    request = {"password": company.settings.dev_password, "record": batch, "action": "certify", "form": form}
    answer = await company.quentin.post("/v1/signatures", request)
    return batch, task.task_id, form, str(answer.raise_for_status().json()["token"])


async def _sent(company: Company, batch: str, task: str, form: dict[str, Any], token: str) -> tuple[float, int]:
    """Seconds until the certification is acknowledged, and how often it was repeated until then."""
    headers = {"Idempotency-Key": str(uuid4()), "Signature-Token": token}
    began = time.perf_counter()
    for repeats in itertools.count():
        answer = await company.quentin.post(f"/v1/batches/{batch}/certify?task={task}", form, **headers)
        if answer.status_code not in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}:
            answer.raise_for_status()
            return time.perf_counter() - began, repeats
    raise AssertionError  # it is counted without end


async def _found(database: Database, batches: list[str], *, within: float) -> tuple[list[int], list[str]]:
    """The numbers of the register, and the stages once the procedures have gone on, or after so many seconds."""
    entries = select(BatchMarketRow.register_number).where(col(BatchMarketRow.register_number).is_not(None))
    cases = select(CaseRow.stage).where(col(CaseRow.case_id).in_(batches))
    ends = time.perf_counter() + within
    while True:
        async with database.reading() as session:
            numbers = sorted(number for number in (await session.exec(entries)).all() if number is not None)
            stages = list((await session.exec(cases)).all())
        if stages.count(BatchStage.RELEASED) == len(batches) or time.perf_counter() > ends:
            return numbers, stages
        await asyncio.sleep(0.2)


def main() -> None:
    """Start everything in a folder of its own, measure, stop."""
    batches = int(sys.argv[1]) if len(sys.argv) > 1 else BATCHES
    with tempfile.TemporaryDirectory(prefix="vetted-bench-") as name:
        folder = Path(name)
        settings, family = own_settings(folder), Family(folder / "children.json")
        try:
            start(settings, family, Waiting(print))
            whole = asyncio.run(_certified_at_once(settings, batches))
        finally:
            family.stop()
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
