"""One identity of names (section 22): what is taken, merged or refused in the records, however it is written."""

from typing import Any

import pytest
from pydantic import JsonValue

from domain.audit.request import AuditRequest
from domain.core.forms import Process
from domain.core.refusals import Code
from domain.inspection.inspection import InspectionNotice
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import SiteRow
from tests.domain.filling import filled
from tests.records.making import ready, registered
from tests.records.qualifying import a_case, refused
from tests.records.seeded import Seeded


@pytest.mark.parametrize("number", ["C12 0417", "c12-0417", "C12\u20110417", "C\u200b12 - 0417"])
async def test_a_number_of_a_batch_is_used_once(seeded: Seeded, number: str) -> None:
    await ready(seeded)
    batch = await registered(seeded, number="C12-0417")
    refusal = await refused(registered(seeded, number=number))
    assert (refusal.code, refusal.fields) == (Code.CONFLICT, {"number": f"is {batch.case_id}"})


@pytest.mark.parametrize("site_id", ["vm-02", "VM02", "VM\u201302"])
async def test_a_code_of_a_site_is_used_once(seeded: Seeded, site_id: str) -> None:
    site = await seeded.row(SiteRow, "VM-02")
    record: dict[str, JsonValue] = {"supplier_id": site.supplier_id, "calendar_id": site.calendar_id, "tz": site.tz}
    again = seeded.write("site.registered", site_id, {"record": record, "site_id": site_id})
    assert (await refused(again)).fields == {"site_id": "taken"}


async def test_a_name_of_an_account_is_used_once(seeded: Seeded) -> None:
    record: dict[str, JsonValue] = {
        "user": "Ines",
        "name": "Ines Other",
        "email": "other@aurelia.example",
        "org": "SPONSOR",
        "roles": [],
        "sites": [],
    }
    assert (await refused(seeded.write("person.registered", "PER-99", {"record": record}))).fields == {"user": "taken"}


def _because_of(reference: str) -> dict[str, Any]:
    request = filled(AuditRequest, type="FOR_CAUSE", trigger={"reference": reference}).model_dump(mode="json")
    return {**request, "site_id": "VM-02", "scope_ids": ["SC-1"]}


async def _forget_the_key(seeded: Seeded, case_id: str, older: str) -> None:
    """As a release wrote it that compared otherwise."""
    async with seeded.database.writing() as session:
        (await session.get_one(CaseRow, case_id)).trigger = older


async def test_a_second_request_on_the_same_trigger_joins_whatever_key_the_first_was_opened_with(
    seeded: Seeded,
) -> None:
    first = await a_case(seeded, Process.AUDIT, _because_of("HOTLINE-2026 017"), by="ines")
    await _forget_the_key(seeded, first.case_id, "hotline-2026017")
    again = await a_case(seeded, Process.AUDIT, _because_of("hotline 2026-017"), by="ines")
    assert again.case_id == first.case_id
    assert (await a_case(seeded, Process.AUDIT, _because_of("HOTLINE-2026-018"), by="ines")).case_id != first.case_id


async def test_an_inspection_is_one_case_whatever_key_it_was_opened_with(seeded: Seeded) -> None:
    def told(authority: str, reference: str) -> dict[str, Any]:
        notice = filled(InspectionNotice, authority=authority, reference=reference, announced_on="2025-01-13")
        return notice.model_dump(mode="json")

    first = await a_case(seeded, Process.INSPECTION, told("FDA", "FEI-300 17"), by="vito")
    await _forget_the_key(seeded, first.case_id, "VM-02/fda/fei-30017")
    assert (await a_case(seeded, Process.INSPECTION, told("F.D.A.", "fei 300-17"), by="ines")).case_id == first.case_id
    assert (await a_case(seeded, Process.INSPECTION, told("FDA", "FEI-30017"), by="ines")).case_id != first.case_id
