from typing import Any

import pytest

from tests.api.calling import Api

SUPPLIER = {"name": "Nordfjord Peptides", "country": "NO", "identifiers": {"duns": "123456789"}}
SITE = {"site_id": "NP-01", "name": "Bergen", "address": "Kai 3, Bergen", "tz": "UTC", "calendar_id": "CAL-UTC"}
SCOPE = {"activity": "API_MFG", "product": "ARL-777", "markets": ["US", "EU", "EU"], "stage": "CLINICAL"}


async def test_a_supplier_a_site_and_a_scope_are_registered(api: Api) -> None:
    answer = await api.call("POST", "ines", "/v1/suppliers", SUPPLIER, expects=201)
    supplier = answer.json()
    assert answer.headers["Location"] == f"/v1/suppliers/{supplier['supplier_id']}"
    assert answer.headers["ETag"] == '"1"'
    site = await api.post("ines", "/v1/sites", {**SITE, "supplier_id": supplier["supplier_id"]})
    scope = await api.post("ines", "/v1/sites/NP-01/scopes", SCOPE)
    assert site["supplier_id"] == supplier["supplier_id"]
    assert scope["markets"] == ["EU", "US"]
    assert (await api.get("tom", f"/v1/sites/NP-01/scopes/{scope['scope_id']}")) == scope
    assert [s["scope_id"] for s in (await api.get("tom", "/v1/sites/NP-01/scopes"))["items"]] == [scope["scope_id"]]
    (event,) = await api.events("NP-01", "site.registered")
    assert (event.site_id, event.actor.name) == ("NP-01", "Ines Marin")


async def test_a_scope_is_for_markets_that_have_a_row_of_the_policy(api: Api) -> None:
    refused = await api.call("POST", "ines", "/v1/sites/VM-02/scopes", {**SCOPE, "markets": ["BR", "EU"]}, expects=422)
    assert refused.json()["code"] == "rule_broken"
    assert list(refused.json()["fields"]) == ["markets.0"]
    (scope, *_) = (await api.get("tom", "/v1/sites/VM-02/scopes"))["items"]
    path, change = f"/v1/sites/VM-02/scopes/{scope['scope_id']}", {"markets": ["BR", "EU"], "reason": "Brazil as well."}
    answer = await api.call("PATCH", "ines", path, change, expects=422, If_Match=f'"{scope["version"]}"')
    assert list(answer.json()["fields"]) == ["markets.0"]


async def test_the_same_key_registers_once(api: Api) -> None:
    first = await api.post("ines", "/v1/suppliers", SUPPLIER, Idempotency_Key="one")
    second = await api.post("ines", "/v1/suppliers", SUPPLIER, Idempotency_Key="one")
    assert first == second
    other = await api.post(
        "ines", "/v1/suppliers", {**SUPPLIER, "name": "Other AG"}, expects=422, Idempotency_Key="one"
    )
    assert other["code"] == "idempotency_key_reused"


async def test_ids_are_never_given_twice(api: Api) -> None:
    ids = [(await api.post("ines", "/v1/suppliers", SUPPLIER))["supplier_id"] for _ in range(3)]
    assert ids == ["SUP-3", "SUP-4", "SUP-5"]


async def test_a_change_leaves_old_and_new_value_and_the_reason(api: Api) -> None:
    changed = await api.patch("ines", "/v1/suppliers/SUP-1", {"name": "Veldmark AG", "reason": "New legal form"}, 1)
    assert (changed["name"], changed["country"], changed["version"]) == ("Veldmark AG", "DE", 2)
    (event,) = await api.events("SUP-1", "supplier.changed")
    assert event.payload["reason"] == "New legal form"
    assert event.payload["effect"] == {
        "changes": [{"field": "name", "old": "Veldmark Fine Chemistry", "new": "Veldmark AG"}],
        "version": 2,
    }


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [(None, 428, "version_missing"), ('"7"', 412, "version_stale"), ("*", 412, "version_stale")],
)
async def test_a_change_names_the_version_it_was_made_from(
    api: Api, header: str | None, status: int, code: str
) -> None:
    headers = {"If_Match": header} if header else {}
    body = {"name": "Veldmark AG", "reason": "New legal form"}
    answer = await api.call("PATCH", "ines", "/v1/suppliers/SUP-1", body, expects=status, **headers)
    assert answer.json()["code"] == code
    assert (await api.get("ines", "/v1/suppliers/SUP-1"))["version"] == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/suppliers/SUP-1", {"name": "Veldmark AG"}, "reason"),
        ("/v1/suppliers/SUP-1", {"reason": "nothing"}, "body"),
        ("/v1/suppliers/SUP-1", {"name": "n/a", "reason": "Moved."}, "name"),
        ("/v1/suppliers/SUP-1", {"name": None, "reason": "Moved."}, "body"),
        ("/v1/suppliers/SUP-1", {"name": " ", "reason": "blank"}, "name"),
        ("/v1/suppliers/SUP-1", {"colour": "red", "reason": "Moved."}, "colour"),
        ("/v1/sites/VM-02", {"tz": "Europe/Berlin", "reason": "moved"}, "tz"),
        ("/v1/sites/VM-02", {"tz": "Mars/Olympus", "reason": "moved"}, "tz"),
        ("/v1/sites/VM-02", {"calendar_id": "CAL-XX", "reason": "Moved."}, "calendar_id"),
        ("/v1/sites/VM-02/scopes/SC-1", {"risk_tier": "LOW", "reason": "looks fine"}, "risk_tier"),
    ],
)
async def test_a_change_that_does_not_hold_is_refused(api: Api, path: str, body: dict[str, Any], field: str) -> None:
    refusal = await api.patch("ines", path, body, 1, expects=422)
    assert set(refusal["fields"]) == {field}


@pytest.mark.parametrize("code", ["SUP-01", "SITE-01", "AUD-01", "PER-01", "vm-02", "VM02", "V-1", "VM-2-3"])
async def test_a_site_code_cannot_be_taken_for_another_id(api: Api, code: str) -> None:
    body = {**SITE, "site_id": code, "supplier_id": "SUP-1"}
    assert set((await api.post("ines", "/v1/sites", body, expects=422))["fields"]) == {"site_id"}


async def test_a_site_code_is_given_once(api: Api) -> None:
    body = {**SITE, "site_id": "VM-02", "supplier_id": "SUP-2"}
    assert (await api.post("ines", "/v1/sites", body, expects=409))["code"] == "conflict"


async def test_a_scope_is_registered_once(api: Api) -> None:
    first = await api.post("ines", "/v1/sites/VM-02/scopes", SCOPE)
    refusal = await api.post("ines", "/v1/sites/VM-02/scopes", SCOPE, expects=409)
    assert first["scope_id"] in refusal["detail"]
    await api.post("ines", "/v1/sites/VM-02/scopes", {**SCOPE, "dosage_form": "tablet"})


async def test_one_person_raises_a_tier(api: Api) -> None:
    scope = await api.patch(
        "ines", "/v1/sites/OB-01/scopes/SC-2", {"risk_tier": "CRITICAL", "reason": "Warning letter"}, 1
    )
    assert scope["risk_tier"] == "CRITICAL"


@pytest.mark.parametrize("user", ["tom", "priya", "quentin", "vito", "adam"])
async def test_others_register_nothing(api: Api, user: str) -> None:
    assert (await api.post(user, "/v1/suppliers", SUPPLIER, expects=403))["code"] == "wrong_role"
    (event,) = await api.events(api.person(user), "attempt.refused")
    assert event.payload["code"] == "wrong_role"


async def test_a_cdmo_sees_itself_and_nobody_else(api: Api) -> None:
    assert [s["supplier_id"] for s in (await api.get("vito", "/v1/suppliers"))["items"]] == ["SUP-1"]
    assert [s["site_id"] for s in (await api.get("vito", "/v1/sites"))["items"]] == ["VM-02"]
    assert [c["calendar_id"] for c in (await api.get("vito", "/v1/calendars"))["items"]] == ["CAL-UTC"]
    own = [await api.get("vito", "/v1/sites/VM-02/scopes/SC-1")]
    own += (await api.get("vito", "/v1/sites/VM-02/scopes"))["items"]
    assert [(s["scope_id"], s["risk_tier"], s["sole_source"]) for s in own] == [("SC-1", None, None)] * 2
    scope = await api.get("ines", "/v1/sites/VM-02/scopes/SC-1")
    assert (scope["risk_tier"], scope["sole_source"]) == ("CRITICAL", True)
    for path in (
        "/v1/suppliers/SUP-2",
        "/v1/suppliers/SUP-99",
        "/v1/sites/OB-01",
        "/v1/sites/OB-01/scopes",
        "/v1/sites/OB-01/scopes/SC-2",
        "/v1/sites/VM-02/scopes/SC-2",
        "/v1/calendars/CAL-AT",
        f"/v1/people/{api.person('olga')}",
        f"/v1/people/{api.person('ines')}",
    ):
        assert (await api.get("vito", path, expects=404))["code"] == "not_found"


async def test_lists_come_in_pages(api: Api) -> None:
    for number in range(5):
        await api.post("ines", "/v1/sites", {**SITE, "site_id": f"NP-0{number}", "supplier_id": "SUP-1"})
    seen: list[str] = []
    cursor = ""
    while True:
        page = await api.get("ines", f"/v1/sites?limit=3{cursor}")
        seen += [site["site_id"] for site in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == sorted(["VM-02", "OB-01", *(f"NP-0{number}" for number in range(5))])
    own = await api.get("ines", "/v1/sites?supplier=SUP-2")
    assert [site["site_id"] for site in own["items"]] == ["OB-01"]
    assert (await api.get("ines", "/v1/sites?cursor=none", expects=422))["code"] == "form_invalid"
    await api.get("ines", "/v1/sites?limit=101", expects=422)


async def test_closing_days_are_kept_by_the_sponsor(api: Api) -> None:
    body = {"calendar_id": "CAL-NO", "tz": "Europe/Oslo", "country": "NO", "closing_days": ["2026-12-24"]}
    await api.post("ines", "/v1/calendars", body)
    await api.post("ines", "/v1/calendars", body, expects=409)
    change = {"closing_days": ["2026-12-31", "2026-12-24"], "reason": "Site holidays"}
    calendar = await api.patch("ines", "/v1/calendars/CAL-NO", change, 1)
    assert calendar["closing_days"] == ["2026-12-24", "2026-12-31"]
    empty = await api.patch("ines", "/v1/calendars/CAL-NO", {"country": None, "reason": "No public holidays"}, 2)
    assert empty["country"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"country": "QQ"}, "country"),
        ({"country": "AT", "subdivision": "ZZ"}, "subdivision"),
        ({"closing_days": ["2026-02-30"]}, "closing_days.0"),
    ],
)
async def test_a_calendar_can_be_counted_with(api: Api, change: dict[str, Any], field: str) -> None:
    refusal = await api.patch("ines", "/v1/calendars/CAL-AT", {**change, "reason": "try"}, 1, expects=422)
    assert set(refusal["fields"]) == {field}


async def test_the_risk_of_a_scope_is_the_sponsors_own(api: Api) -> None:
    path = "/v1/sites/VM-02/scopes/SC-1/risk"
    assert await api.get("ines", path) == {"items": [], "next": None}
    assert (await api.get("vito", path, expects=403))["code"] == "wrong_organisation"
    assert (await api.get("olga", path, expects=404))["code"] == "not_found"
    assert (await api.get("ines", "/v1/sites/VM-02/scopes/SC-2/risk", expects=404))["code"] == "not_found"
