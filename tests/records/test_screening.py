from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.document import RecordVersion
from domain.refusals import Code
from domain.screening import Screening, ScreeningOverride
from records.tables import TaskRow
from tests.domain.filling import filled
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import START

REGISTERS = ["EUDRAGMDP", "FDA_INSPECTIONS", "FDA_WARNING_LETTERS", "FDA_IMPORT_ALERT", "SANCTIONS"]
ALERT: dict[str, JsonValue] = {
    "kind": "IMPORT_ALERT",
    "concerns_scope": True,
    "valid": True,
    "description": "Import alert 66-40.",
    "reference": "66-40",
}


async def screened(qualifying: Qualifying, task: TaskRow, *, found: JsonValue = None, **changes: Any) -> Any:
    """Ines fills the task in as it suggests; `found` is a hit in the list of import alerts. Returns the effect."""
    evidence = await qualifying.uploads()
    checks = [{**check, "result": "CLEAR", "evidence": evidence} for check in task.prefill["checks"]]
    if found is not None:
        checks[3] |= {"result": "HIT", "hit": found}
    form = filled(Screening, {"checks": checks}, **changes)
    return (await qualifying.answers("ines", task.case_id, form, task=task)).effect


async def test_the_task_names_the_registers_of_the_markets(qualifying: Qualifying) -> None:
    task = await qualifying.asks(await qualifying.requests(), Screening)
    assert [check["register_name"] for check in task.prefill["checks"]] == REGISTERS
    assert {check["checked_at"] for check in task.prefill["checks"]} == {START.isoformat()}
    assert await screened(qualifying, task) == {"blocked_by": [], "facts": []}


async def test_a_hit_blocks_until_it_is_overridden(qualifying: Qualifying) -> None:
    case_id = await qualifying.requests()
    task = await qualifying.asks(case_id, Screening)
    assert await screened(qualifying, task, found=ALERT) == {"blocked_by": ["IMPORT_ALERT"], "facts": ["IMPORT_ALERT"]}
    decision = await qualifying.asks(case_id, ScreeningOverride)
    written = await qualifying.answers("hana", case_id, filled(ScreeningOverride, decision.prefill), task=decision)
    assert written.effect == {}


async def test_a_screening_is_overridden_as_it_was_read(qualifying: Qualifying) -> None:
    case_id = await qualifying.requests()
    task = await qualifying.asks(case_id, Screening)
    await screened(qualifying, task, found=ALERT)
    other = RecordVersion(version=1, sha256="1" * 64)
    refusal = await refused(
        qualifying.answers("hana", case_id, filled(ScreeningOverride, screening=other.model_dump()))
    )
    assert (refusal.code, set(refusal.fields)) == (Code.VERSION_STALE, {"screening"})


async def test_a_clean_screening_is_not_overridden(qualifying: Qualifying) -> None:
    case_id = await qualifying.requests()
    await screened(qualifying, await qualifying.asks(case_id, Screening))
    decision = await qualifying.asks(case_id, ScreeningOverride)
    refusal = await refused(qualifying.answers("hana", case_id, filled(ScreeningOverride, decision.prefill)))
    assert refusal.code is Code.NOT_OPEN


@pytest.mark.parametrize("user", ["paul", "priya", "vito"])
async def test_supplier_quality_screens(qualifying: Qualifying, user: str) -> None:
    case_id = await qualifying.requests()
    task = await qualifying.asks(case_id, Screening)
    evidence = await qualifying.uploads()
    form = filled(Screening, {"checks": [{**check, "evidence": evidence} for check in task.prefill["checks"]]})
    assert (await refused(qualifying.answers(user, case_id, form, task=task))).code is Code.WRONG_ROLE


async def test_a_check_grows_old_by_the_policy(qualifying: Qualifying) -> None:
    case_id = await qualifying.requests()
    task = await qualifying.asks(case_id, Screening)
    evidence = await qualifying.uploads()
    form = filled(Screening, {"checks": [{**check, "evidence": evidence} for check in task.prefill["checks"]]})
    late = START + timedelta(days=31)
    refusal = await refused(qualifying.answers("ines", case_id, form, task=task, at=late))
    assert set(refusal.fields) == {f"checks.{index}.checked_at" for index in range(5)}
    await qualifying.answers("ines", case_id, form, task=task, at=late - timedelta(days=1))


async def test_a_check_from_an_extract_names_one_that_was_imported(qualifying: Qualifying) -> None:
    ines = await qualifying.seeded.actor("ines")
    extract = await qualifying.uploads("1" * 64, media_type="text/csv")
    record: JsonValue = {"document": extract, "as_of": "2025-01-10"}
    payload: dict[str, JsonValue] = {"record": record, "register_name": "SANCTIONS", "rows": 7}
    await qualifying.seeded.write("register.imported", "REG-SANCTIONS", payload, by=ines)
    task = await qualifying.asks(await qualifying.requests(), Screening)
    evidence = await qualifying.uploads()
    checks = [{**check, "result": "CLEAR", "evidence": evidence} for check in task.prefill["checks"]]
    checks[4] |= {"source": "EXTRACT"}
    form = filled(Screening, {"checks": checks})
    refusal = await refused(qualifying.answers("ines", task.case_id, form, task=task))
    assert set(refusal.fields) == {"checks.4.evidence"}
    checks[4] |= {"evidence": extract, "checked_at": "2025-01-10T00:00:00Z"}
    await qualifying.answers("ines", task.case_id, filled(Screening, {"checks": checks}), task=task)
    assert await qualifying.rebuilt_rows_differ_in() == set()
