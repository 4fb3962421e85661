"""Importing extracts of registers, and looking the site of a qualification up in them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.site.registers import Register
from records.core.documents.store import DocumentStore
from records.core.tables.cases import CaseRow
from tests.api.calling import Api
from tests.records.qualifying import a_qualification
from tests.records.rebuilt import is_rebuilt_identically

TODAY = datetime.now(UTC).date()
LISTED = "name;country;duns;status;reference\nVELDMARK FINE CHEMISTRY GmbH;DE;31-204-5678;COMPLIANT;DE-RP-1\n"
SANCTIONS = "name,reference\nSomebody Else Ltd,S-1\n"


async def uploaded(api: Api, text: str, user: str = "ines") -> dict[str, Any]:
    answer = await api.client.post(
        "/v1/documents",
        params={"title": "Extract", "filename": "extract.csv"},
        content=text.encode(),
        headers={"Authorization": f"Bearer {api.token(user)}"},
    )
    assert answer.status_code == 201, answer.text
    return {name: answer.json()[name] for name in ("document_id", "sha256")}


async def imported(api: Api, register: str, text: str, *, days_ago: int = 0, expects: int = 201) -> Any:
    as_of = (TODAY - timedelta(days=days_ago)).isoformat()
    body = {"document": await uploaded(api, text), "as_of": as_of}
    return await api.post("ines", f"/v1/registers/{register}/extracts", body, expects=expects)


async def looked_up(api: Api, user: str = "ines", **changes: Any) -> dict[str, dict[str, Any]]:
    case_id = (await a_qualification(api.seeded, **changes)).case_id
    answer = await api.get(user, f"/v1/qualifications/{case_id}/register-checks")
    assert answer["case_id"] == case_id
    return {item["register_name"]: item for item in answer["items"]}


async def test_a_site_is_looked_up_in_imported_extracts(api: Api) -> None:
    extract = await imported(api, "EUDRAGMDP", LISTED)
    assert (extract["rows"], extract["number"], extract["as_of"]) == (1, 1, TODAY.isoformat())
    assert extract["imported_by"] == api.person("ines")
    await imported(api, "SANCTIONS", SANCTIONS)
    found = await looked_up(api)
    assert list(found) == ["EUDRAGMDP", "FDA_INSPECTIONS", "FDA_WARNING_LETTERS", "FDA_IMPORT_ALERT", "SANCTIONS"]
    check = found["EUDRAGMDP"]["check"]
    assert (check["result"], check["source"], check["hit"]) == ("CLEAR", "EXTRACT", None)
    assert check["evidence"]["document_id"] == extract["document_id"]
    assert check["checked_at"] == f"{TODAY}T00:00:00Z"
    (match,) = found["EUDRAGMDP"]["matches"]
    assert (match["by"], match["certain"], match["entry"]["reference"]) == ("IDENTIFIER", True, "DE-RP-1")
    assert (found["SANCTIONS"]["check"]["result"], found["SANCTIONS"]["matched"]) == ("CLEAR", 0)
    manual = found["FDA_INSPECTIONS"]
    assert (manual["source"], manual["check"], manual["matches"]) == ("MANUAL", None, [])
    assert "no extract" in manual["says"]


async def test_a_proposed_hit_says_what_was_found(api: Api) -> None:
    await imported(api, "SANCTIONS", "name,reference\nVeldmark Fine Chemistry,EU-2026-7\n")
    check = (await looked_up(api))["SANCTIONS"]["check"]
    assert (check["result"], check["hit"]["kind"], check["hit"]["reference"]) == ("HIT", "SANCTIONS", "EU-2026-7")


async def test_the_newest_data_count_not_the_last_import(api: Api) -> None:
    newest = await imported(api, "SANCTIONS", SANCTIONS, days_ago=1)
    await imported(api, "SANCTIONS", "name\nVeldmark Fine Chemistry\n", days_ago=9)
    assert (await looked_up(api))["SANCTIONS"]["check"]["evidence"]["document_id"] == newest["document_id"]
    states = {item["register_name"]: item for item in (await api.get("priya", "/v1/registers"))["items"]}
    assert list(states) == [register.value for register in Register]
    assert (states["SANCTIONS"]["source"], states["SANCTIONS"]["newest"]) == ("EXTRACT", newest)
    assert (states["NCA"]["source"], states["NCA"]["newest"]) == ("MANUAL", None)


@pytest.mark.parametrize(("days", "source"), [(30, "EXTRACT"), (31, "MANUAL")])
async def test_an_extract_that_is_too_old_answers_nothing(api: Api, days: int, source: str) -> None:
    await imported(api, "SANCTIONS", SANCTIONS, days_ago=days)
    found = (await looked_up(api))["SANCTIONS"]
    assert (found["source"], found["check"] is None) == (source, source == "MANUAL")
    assert str(TODAY - timedelta(days=days)) in found["says"]


@pytest.mark.parametrize(
    ("register", "text", "days", "fields"),
    [
        ("EUDRAGMDP", "name\nVeldmark\n", 0, {"line 1, column status"}),
        ("SANCTIONS", "name,duns\nA,1\nB,2\n", 0, {"line 2, duns", "line 3, duns"}),
        ("SANCTIONS", SANCTIONS, -2, {"as_of"}),  # tomorrow is a day somewhere already
    ],
)
async def test_an_extract_that_cannot_be_read_leaves_nothing(
    api: Api, register: str, text: str, days: int, fields: set[str]
) -> None:
    refusal = await imported(api, register, text, days_ago=days, expects=422)
    assert set(refusal["fields"]) == fields
    assert await api.events(f"REG-{register}", "register.imported") == []


async def test_the_same_import_twice_is_one(api: Api) -> None:
    body = {"document": await uploaded(api, SANCTIONS), "as_of": TODAY.isoformat()}
    first, second = [
        await api.post("ines", "/v1/registers/SANCTIONS/extracts", body, Idempotency_Key="one") for _ in range(2)
    ]
    assert first == second
    assert len(await api.events("REG-SANCTIONS", "register.imported")) == 1


async def test_an_extract_is_a_document_that_is_kept_here(api: Api) -> None:
    body = {"document": {"document_id": "DOC-99", "sha256": "0" * 64}, "as_of": TODAY.isoformat()}
    refusal = await api.post("ines", "/v1/registers/SANCTIONS/extracts", body, expects=422)
    assert set(refusal["fields"]) == {"document.document_id"}
    await api.post("ines", "/v1/registers/PINK_SHEETS/extracts", body, expects=422)


@pytest.mark.parametrize("user", ["priya", "paul", "vito"])
async def test_supplier_quality_imports(api: Api, user: str) -> None:
    body = {"document": {"document_id": "DOC-99", "sha256": "0" * 64}, "as_of": TODAY.isoformat()}
    assert (await api.post(user, "/v1/registers/SANCTIONS/extracts", body, expects=403))["code"] == "wrong_role"


async def test_the_site_never_sees_registers(api: Api) -> None:
    assert (await api.get("vito", "/v1/registers", expects=403))["code"] == "wrong_organisation"
    case_id = (await a_qualification(api.seeded)).case_id
    await api.get("vito", f"/v1/qualifications/{case_id}/register-checks", expects=404)
    async with api.seeded.database.writing() as session:
        (await session.get_one(CaseRow, case_id)).shared = True
    await api.get("vito", f"/v1/qualifications/{case_id}/register-checks", expects=403)


async def test_a_lost_file_is_told(api: Api, tmp_path: Path) -> None:
    extract = await imported(api, "SANCTIONS", SANCTIONS)
    DocumentStore(tmp_path / "documents").path(extract["sha256"]).unlink()
    case_id = (await a_qualification(api.seeded)).case_id
    answer = await api.get("ines", f"/v1/qualifications/{case_id}/register-checks", expects=503)
    assert answer["code"] == "unavailable"


async def test_a_rebuild_gives_the_same_rows(api: Api) -> None:
    await imported(api, "SANCTIONS", SANCTIONS)
    await is_rebuilt_identically(api.seeded.database)
    assert [item["newest"] is not None for item in (await api.get("ines", "/v1/registers"))["items"]].count(True) == 1
