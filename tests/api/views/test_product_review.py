"""The extract for the product quality review over HTTP: tables that a program reads without more ado."""

from records.core.tables.master_data import ScopeRow
from tests.api.calling import Api
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import made

pytestmark = on_one_database
PATH = "/v1/products/ARL-204/review"


async def test_each_list_is_a_table_of_flat_records_with_numbers_as_numbers(api: Api) -> None:
    await fit(api.seeded)
    await made(api.seeded)
    shown = await api.get("priya", f"{PATH}?from=2025-01-01&to=2025-12-31")
    tables = {name: rows for name, rows in shown.items() if isinstance(rows, list)}
    for name, rows in tables.items():
        for row in rows:
            assert row.keys() == rows[0].keys(), name
            assert not any(isinstance(cell, list | dict) for cell in row.values()), name
    (point,) = tables["parameters"]
    assert (point["value"], point["low"], point["high"], point["within"]) == (41.2, 30.0, 50.0, True)
    assert {"batches", "released", "oos", "deviations", "attributes", "yields", "audits"} <= tables.keys()


async def test_what_cannot_be_reviewed_is_refused_as_a_problem(api: Api) -> None:
    for user, path, status, code, fields in (
        ("priya", f"{PATH}?from=2025-12-31&to=2025-01-01", 422, "form_invalid", ["to"]),
        ("priya", f"{PATH}?from=2022-01-01&to=2025-01-01", 422, "form_invalid", ["to"]),
        ("priya", f"{PATH}?from=2025-13-01&to=2025-01-01", 422, "form_invalid", ["from"]),
        ("priya", PATH, 422, "form_invalid", ["from", "to"]),
        ("priya", f"{PATH}?from=0001-01-01&to=0001-01-02", 422, "form_invalid", ["from", "to"]),
        ("priya", f"{PATH}?from=9997-01-01&to=9997-01-02", 422, "form_invalid", ["from", "to"]),
        ("priya", "/v1/products/ARL-2041/review?from=2025-01-01&to=2025-12-31", 404, "not_found", []),
        ("vito", f"{PATH}?from=2025-01-01&to=2025-12-31", 403, "wrong_organisation", []),
        ("sana", f"{PATH}?from=2025-01-01&to=2025-12-31", 403, "wrong_role", []),
    ):
        told = await api.get(user, path, expects=status)
        assert (told["code"], list(told.get("fields") or {})) == (code, fields), path


async def test_a_name_may_hold_a_slash(api: Api) -> None:
    async with api.seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).product = "Arlozin 500/125"
    shown = await api.get("priya", "/v1/products/arlozin%20500%2F125/review?from=2025-01-01&to=2025-12-31")
    assert [each["product"] for each in shown["scopes"]] == ["Arlozin 500/125"]
