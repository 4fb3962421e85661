from typing import Any

import pytest
from pydantic import JsonValue

from domain.core.refusals import Code
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import Seeded

REGISTERS = ["EUDRAGMDP", "FDA_INSPECTIONS", "FDA_WARNING_LETTERS", "FDA_IMPORT_ALERT", "SANCTIONS"]
ALERT: dict[str, JsonValue] = {
    "kind": "IMPORT_ALERT",
    "concerns_scope": True,
    "valid": True,
    "description": "Import alert 66-40.",
    "reference": "66-40",
}


async def checks(case: Qualifying, result: str = "CLEAR") -> list[dict[str, Any]]:
    """The checks that the task asks for, made now, with a result."""
    suggested = (await case.asks("screen"))["checks"]
    evidence = await case.seeded.upload()
    said = {"result": result, "evidence": evidence, "checked_at": case.at.isoformat()}
    return [{**check, **said} for check in suggested]


async def screened(case: Qualifying, *, found: JsonValue = None) -> Any:
    """Ines fills the task in as it suggests; `found` is a hit in the list of import alerts. Returns the effect."""
    screening = await checks(case)
    if found is not None:
        screening[3] |= {"result": "HIT", "hit": found}
    return (await case.answers("ines", "screen", checks=screening)).effect


@on_one_database
async def test_the_task_names_the_registers_of_the_markets(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    suggested = (await case.asks("screen"))["checks"]
    assert [check["register_name"] for check in suggested] == REGISTERS
    assert {name for check in suggested for name in check} == {"register_name"}
    assert await screened(case) == {"blocked_by": [], "facts": []}


async def test_a_hit_blocks_until_it_is_overridden(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert await screened(case, found=ALERT) == {"blocked_by": ["IMPORT_ALERT"], "facts": ["IMPORT_ALERT"]}
    assert (await case.does("hana", "override-screening")).effect == {}


@on_one_database
async def test_a_screening_is_overridden_as_it_was_read(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await screened(case, found=ALERT)
    other = {"version": 1, "sha256": "1" * 64}
    refusal = await refused(case.answers("hana", "override-screening", screening=other))
    assert (refusal.code, set(refusal.fields)) == (Code.VERSION_STALE, {"screening"})


@on_one_database
async def test_a_clean_screening_is_not_overridden(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await screened(case)
    assert (await refused(case.does("hana", "override-screening"))).code is Code.NOT_OPEN


@on_one_database
@pytest.mark.parametrize("user", ["paul", "priya", "vito"])
async def test_supplier_quality_screens(seeded: Seeded, user: str) -> None:
    case = await a_qualification(seeded)
    assert (await refused(case.answers(user, "screen", checks=await checks(case)))).code is Code.WRONG_ROLE


@on_one_database
async def test_a_check_grows_old_by_the_policy(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    screening = await checks(case)
    case.passes(days=31)
    refusal = await refused(case.answers("ines", "screen", checks=screening))
    assert set(refusal.fields) == {f"checks.{index}.checked_at" for index in range(5)}
    case.passes(days=-1)
    await case.answers("ines", "screen", checks=screening)


async def test_a_check_from_an_extract_names_one_that_was_imported(seeded: Seeded) -> None:
    ines = await seeded.actor("ines")
    extract = await seeded.upload("1" * 64, media_type="text/csv")
    record: JsonValue = {"document": extract, "as_of": "2025-01-10"}
    payload: dict[str, JsonValue] = {"record": record, "register_name": "SANCTIONS", "rows": 7}
    await seeded.write("register.imported", "REG-SANCTIONS", payload, by=ines)
    case = await a_qualification(seeded)
    screening = await checks(case)
    screening[4] |= {"source": "EXTRACT"}
    refusal = await refused(case.answers("ines", "screen", checks=screening))
    assert set(refusal.fields) == {"checks.4.evidence"}
    screening[4] |= {"evidence": extract, "checked_at": "2025-01-10T00:00:00Z"}
    await case.answers("ines", "screen", checks=screening)
    await is_rebuilt_identically(seeded.database)
