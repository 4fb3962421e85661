from typing import Any

import pytest

from tests.api.calling import Api

PERSON: dict[str, Any] = {
    "user": "mara",
    "password": "a first password",
    "name": "Mara Stein",
    "email": "mara@aurelia.example",
    "org": "SPONSOR",
    "roles": ["QA_APPROVER"],
}


async def test_a_registered_person_signs_in_and_the_password_is_on_no_record(api: Api) -> None:
    person = await api.post("adam", "/v1/people", {**PERSON, "manager": api.person("hana")}, Idempotency_Key="k")
    assert person == await api.post(
        "adam", "/v1/people", {**PERSON, "manager": api.person("hana")}, Idempotency_Key="k"
    )
    assert (await api.sign_in("mara", "a first password")).status_code == 200
    (event,) = await api.events(person["person_id"], "person.registered")
    assert "a first password" not in event.body()
    holders = await api.get("tom", "/v1/people?role=QA_APPROVER")
    assert [p["user"] for p in holders["items"]] == ["mara", "priya"]


async def test_what_was_taken_before_a_rule_was_made_is_answered_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {**PERSON, "manager": api.person("hana"), "name": "n/a"}
    await api.post("adam", "/v1/people", said, expects=422, Idempotency_Key="k")
    with monkeypatch.context() as before:
        before.setattr("api.core.anew.refuse_unless_good_anew", lambda form: None)
        person = await api.post("adam", "/v1/people", said, Idempotency_Key="k")
    assert await api.post("adam", "/v1/people", said, Idempotency_Key="k") == person
    await api.post("adam", "/v1/people", said, expects=422, Idempotency_Key="k2")


async def test_account_names_are_given_once_and_two_accounts_are_one_human(api: Api) -> None:
    assert (await api.post("adam", "/v1/people", {**PERSON, "user": "ines"}, expects=409))["fields"] == {
        "user": "taken"
    }
    ines = api.person("ines")
    body = {"user": "ines.two", "password": "a second password"}
    await api.post("adam", f"/v1/people/{ines}/accounts", body)
    await api.post("adam", f"/v1/people/{ines}/accounts", body, expects=409)
    token = (await api.sign_in("ines.two", "a second password")).json()
    assert token["person_id"] == ines
    api.tokens["ines.two"] = token["access_token"]
    me = await api.get("ines.two", "/v1/me")
    assert (me["person"], me["user"]) == (ines, "ines.two")


async def test_an_address_is_of_one_person_unless_it_is_said_why_two_share_it(api: Api) -> None:
    ines = api.person("ines")
    address = (await api.get("adam", f"/v1/people/{ines}"))["email"].upper()
    same = {**PERSON, "email": address}
    refusal = await api.post("adam", "/v1/people", same, expects=409)
    assert list(refusal["fields"]) == ["email", "shares_email_because"]
    assert ines in refusal["fields"]["email"]
    shared = {**same, "shares_email_because": "The mailbox of the team; each signs with an account of their own."}
    assert (await api.post("adam", "/v1/people", shared))["shares_email_because"] == shared["shares_email_because"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"roles": ["CDMO_QA"]}, "S6"),
        ({"roles": ["SYSTEM"]}, "section 2"),
        ({"roles": ["SYSTEM_ADMIN", "QA_APPROVER"]}, "S10"),
        ({"roles": ["OPS", "QP"]}, "S10"),
        ({"roles": ["PROCUREMENT", "QA_APPROVER"]}, "S4"),
        ({"roles": ["SUPPLY_CHAIN", "HEAD_QA"]}, "S4"),
        ({"sites": ["VM-02"]}, "S6"),
        ({"org": "CDMO", "roles": ["CDMO_QA"]}, "S6"),
        ({"org": "CDMO", "roles": ["CDMO_QA"], "supplier_id": "SUP-1", "sites": ["OB-01"]}, "S6"),
        ({"org": "CDMO", "roles": ["CDMO_QA"], "supplier_id": "SUP-9", "sites": ["VM-02"]}, "S6"),
        ({"org": "CDMO", "roles": ["QA_APPROVER"], "supplier_id": "SUP-1", "sites": ["VM-02"]}, "S6"),
        ({"org": "THIRD_PARTY", "roles": ["QA_APPROVER"]}, "S6"),
        ({"manager": "PER-99"}, "section 9"),
    ],
)
async def test_roles_fit_the_organisation_and_each_other(api: Api, change: dict[str, Any], rule: str) -> None:
    refusal = await api.post("adam", "/v1/people", {**PERSON, **change}, expects=422)
    assert (refusal["code"], refusal["rule"]) == ("rule_broken", rule)


@pytest.mark.parametrize("change", [{"password": "short"}, {"user": "Mara Stein"}, {"email": "none"}, {"roles": []}])
async def test_a_person_is_described_well(api: Api, change: dict[str, Any]) -> None:
    refusal = await api.post("adam", "/v1/people", {**PERSON, **change}, expects=422)
    assert list(refusal["fields"]) == list(change)


@pytest.mark.parametrize("user", ["ines", "hana", "vito"])
async def test_only_administrators_register_people(api: Api, user: str) -> None:
    assert (await api.post(user, "/v1/people", PERSON, expects=403))["code"] == "wrong_role"


async def test_who_changed_roles_and_when_stays_on_record(api: Api) -> None:
    priya = f"/v1/people/{api.person('priya')}"
    person = await api.patch("adam", priya, {"roles": ["QC_REVIEWER"], "reason": "Moved"}, 2)
    assert person["roles_changed_by"] == api.person("adam")
    (*_, event) = await api.events(api.person("priya"), "person.changed")
    assert event.payload["effect"] == {
        "changes": [{"field": "roles", "old": ["QA_APPROVER"], "new": ["QC_REVIEWER"]}],
        "version": 3,
    }
    assert (await api.get("tom", "/v1/people?role=QA_APPROVER"))["items"] == []
    assert person["roles_changed_at"] == event.occurred_at.isoformat().replace("+00:00", "Z")


async def test_an_administrator_who_takes_a_role_cannot_sign_under_it_on_that_day(api: Api) -> None:
    adam = f"/v1/people/{api.person('adam')}"
    await api.patch("adam", adam, {"roles": ["HEAD_QA"], "reason": "Short of people"}, 1)
    current = await api.get("hana", "/v1/policy")
    body = {"policy": current, "reason": "Because"}
    request = {"password": "vetted", "record": "POLICY", "action": "change-policy", "form": body}
    token = (await api.post("adam", "/v1/signatures", request))["token"]
    refusal = await api.call("PUT", "adam", "/v1/policy", body, expects=403, Signature_Token=token)
    assert (refusal.json()["code"], refusal.json()["rule"]) == ("role_too_fresh", "S10")


async def test_an_absence_is_recorded_by_the_person_the_manager_or_an_administrator(api: Api) -> None:
    path = f"/v1/people/{api.person('tom')}/absence"
    body: dict[str, Any] = {"absent_until": "2026-03-20", "reason": "Ill"}
    assert (await api.patch("priya", path, body, 3, method="PUT", expects=403))["code"] == "wrong_role"
    assert (await api.patch("vito", path, body, 3, method="PUT", expects=404))["code"] == "not_found"
    for version, user in enumerate(("tom", "ines", "adam"), 3):
        await api.patch(user, path, body, version, method="PUT")
    back = await api.patch("tom", path, {"absent_until": None, "reason": "Well again"}, 6, method="PUT")
    assert back["absent_until"] is None


async def test_auditors_are_qualified_by_others(api: Api) -> None:
    qualification = {"valid_to": "2028-12-31", "standards": ["GDP", "EU_GMP_I"], "languages": ["fr", "en"]}
    body = {"auditor": qualification, "reason": "Course and three audits"}
    path = f"/v1/people/{api.person('carla')}/auditor"
    qualified = await api.patch("ines", path, body, 2, method="PUT")
    assert qualified["auditor"]["languages"] == ["en", "fr"]
    own = f"/v1/people/{api.person('ines')}/auditor"
    assert (await api.patch("ines", own, body, 2, method="PUT", expects=403))["rule"] == "S1"
    of_cdmo = f"/v1/people/{api.person('vito')}/auditor"
    assert (await api.patch("ines", of_cdmo, body, 2, method="PUT", expects=422))["rule"] == "S13"
    assert (await api.patch("tom", path, body, 3, method="PUT", expects=403))["code"] == "wrong_role"
    withdrawn = await api.patch("priya", path, {"auditor": None, "reason": "Lapsed"}, 3, method="PUT")
    assert withdrawn["auditor"] is None


@pytest.mark.parametrize(
    ("delegator", "change", "rule"),
    [
        ("priya", {"roles": ["HEAD_QA"]}, "S11"),
        ("priya", {"delegate": "priya"}, "S11"),
        ("priya", {"delegate": "vito"}, "S11"),
        ("priya", {"delegate": "nobody"}, "S11"),
        ("priya", {"delegate": "adam"}, "S10"),
        ("priya", {"valid_from": "2020-01-01", "valid_to": "2020-01-02"}, "S11"),
        ("vito", {"roles": ["CDMO_QA"], "delegate": "olga"}, "S11"),
    ],
)
async def test_only_own_roles_go_to_a_colleague(api: Api, delegator: str, change: dict[str, Any], rule: str) -> None:
    body: dict[str, Any] = {
        "delegate": "hana",
        "roles": ["QA_APPROVER"],
        "valid_from": "2026-01-01",
        "valid_to": "2099-01-01",
    }
    body = {**body, "reason": "Leave", **change}
    user = body["delegate"]
    body["delegate"] = "PER-99" if user == "nobody" else api.person(user)
    path = f"/v1/people/{api.person(delegator)}/delegations"
    assert (await api.post(delegator, path, body, expects=422))["rule"] == rule


async def test_a_cdmo_sees_its_own_colleagues(api: Api) -> None:
    assert {p["user"] for p in (await api.get("vito", "/v1/people"))["items"]} == {"gustav", "uta", "vito", "wen"}
    assert len((await api.get("ines", "/v1/people"))["items"]) == len(api.seeded.result.people)
