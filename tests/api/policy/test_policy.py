from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from domain.policy.change import POLICY
from records.core.tables.journal import SignatureTokenRow
from tests.api.calling import Api


async def _token(api: Api, user: str, form: dict[str, Any], **changes: Any) -> str:
    body = {"password": "vetted", "record": POLICY, "action": "change-policy", "form": form, **changes}
    return str((await api.post(user, "/v1/signatures", body))["token"])


async def _form(api: Api, **more: Any) -> dict[str, Any]:
    policy = await api.get("hana", "/v1/policy")
    policy["clocks"]["audit.report.scheduled"]["span"] = "20d"
    return {"policy": policy, "reason": "Reports shall be issued sooner.", **more}


async def test_a_signed_change_is_a_new_version_with_its_change_record(api: Api) -> None:
    form = await _form(api)
    token = await _token(api, "hana", form)
    changed = (await api.call("PUT", "hana", "/v1/policy", form, Signature_Token=token)).json()
    assert (changed["version"], changed["clocks"]["audit.report.scheduled"]["span"]) == (2, "20d")
    assert await api.get("tom", "/v1/policy") == changed
    assert (await api.get("tom", "/v1/policy?version=1"))["clocks"]["audit.report.scheduled"]["span"] == "30d"
    newest, first = (await api.get("tom", "/v1/policy/versions"))["items"]
    spans = [change for change in newest["changes"] if change["key"] != "effective_from"]
    assert spans == [{"key": "clocks.audit.report.scheduled.span", "old": "30d", "new": "20d"}]
    assert newest["signature"]["printed_name"] == "Hana Sato"
    assert (newest["signature"]["meaning"], newest["signature"]["record_version"]) == ("APPROVED", 2)
    assert (first["version"], first["changes"]) == (1, [])


async def test_a_later_date_keeps_the_present_version_in_force(api: Api) -> None:
    form = await _form(api, effective_from=(datetime.now(UTC) + timedelta(days=30)).isoformat())
    token = await _token(api, "hana", form)
    changed = (await api.call("PUT", "hana", "/v1/policy", form, Signature_Token=token)).json()
    assert changed["version"] == 2
    assert (await api.get("hana", "/v1/policy"))["version"] == 1


@pytest.mark.parametrize(
    ("user", "status", "code"),
    [
        ("hana", 422, "signature_missing"),
        ("priya", 403, "wrong_role"),
        ("vito", 403, "wrong_role"),
    ],
)
async def test_the_policy_is_changed_by_head_qa_under_a_signature(api: Api, user: str, status: int, code: str) -> None:
    form = await _form(api)
    assert (await api.call("PUT", user, "/v1/policy", form, expects=status)).json()["code"] == code
    assert (await api.get("hana", "/v1/policy"))["version"] == 1


async def test_a_change_of_an_old_version_is_refused(api: Api) -> None:
    form = await _form(api)
    late = {**form, "reason": "Another one."}
    for body, status in ((form, 200), (late, 412)):
        token = await _token(api, "hana", body)
        answer = await api.call("PUT", "hana", "/v1/policy", body, expects=status, Signature_Token=token)
    assert answer.json()["code"] == "version_stale"


async def test_a_policy_never_acts_backwards(api: Api) -> None:
    form = await _form(api, effective_from="2025-06-01T00:00:00Z")
    token = await _token(api, "hana", form)
    answer = await api.call("PUT", "hana", "/v1/policy", form, expects=422, Signature_Token=token)
    assert set(answer.json()["fields"]) == {"effective_from"}


async def test_the_policy_is_the_sponsors_own(api: Api) -> None:
    assert (await api.get("vito", "/v1/policy", expects=403))["code"] == "wrong_organisation"
    assert (await api.get("vito", "/v1/policy/versions", expects=403))["code"] == "wrong_organisation"
    assert (await api.get("hana", "/v1/policy?version=9", expects=404))["code"] == "not_found"


async def test_a_signature_is_for_one_form_by_one_person_once(api: Api) -> None:
    form = await _form(api)
    token = await _token(api, "hana", form)
    other = {**form, "reason": "Something else."}
    refused = await api.call("PUT", "hana", "/v1/policy", other, expects=422, Signature_Token=token)
    assert refused.json()["code"] == "signature_other_hash"
    refused = await api.call("PUT", "hana", "/v1/policy", form, expects=422, Signature_Token="invented")
    assert refused.json()["code"] == "signature_stale"
    foreign = await _token(api, "priya", form)
    refused = await api.call("PUT", "hana", "/v1/policy", form, expects=422, Signature_Token=foreign)
    assert refused.json()["code"] == "signature_stale"
    await api.call("PUT", "hana", "/v1/policy", form, Signature_Token=token)
    again = {**form, "policy": await api.get("hana", "/v1/policy")}
    refused = await api.call("PUT", "hana", "/v1/policy", again, expects=409, Signature_Token=token)
    assert refused.json()["code"] == "signature_used"


async def test_a_signature_expires_and_its_token_is_kept_nowhere(api: Api) -> None:
    form = await _form(api)
    token = await _token(api, "hana", form)
    async with api.seeded.database.writing() as session:
        row = (await session.exec(select(SignatureTokenRow))).one()
        assert token not in str(row.model_dump())
        assert row.expires_at - row.issued_at == timedelta(minutes=5)
        row.expires_at -= timedelta(minutes=6)
    refused = await api.call("PUT", "hana", "/v1/policy", form, expects=422, Signature_Token=token)
    assert refused.json()["code"] == "signature_stale"


async def test_signing_says_what_is_signed(api: Api) -> None:
    form = await _form(api)
    body = {"password": "vetted", "record": POLICY, "action": "change-policy", "form": form, "meaning": "APPROVED"}
    signed = await api.post("hana", "/v1/signatures", body)
    assert signed["statement"] == "I, Hana Sato, approve this: POLICY, Change the policy."
    assert len(signed["record_hash"]) == 64


async def test_signing_under_a_delegation_says_for_whom(api: Api) -> None:
    form, hana, priya = await _form(api), api.person("hana"), api.person("priya")
    today = datetime.now(UTC).date()
    days = {"valid_from": str(today - timedelta(days=1)), "valid_to": str(today + timedelta(days=1))}
    offer = {"delegate": priya, "roles": ["HEAD_QA"], **days, "reason": "Leave"}
    offered = await api.post("hana", f"/v1/people/{hana}/delegations", offer)
    await api.post("priya", f"/v1/people/{hana}/delegations/{offered['delegation_id']}/accept", expects=200)
    body = {"password": "vetted", "record": POLICY, "action": "change-policy", "form": form}
    signed = await api.post("priya", "/v1/signatures", body, On_Behalf_Of=hana)
    assert signed["statement"] == "I, Priya Raman, for Hana Sato, approve this: POLICY, Change the policy."


@pytest.mark.parametrize(
    ("user", "change", "status", "code"),
    [
        ("hana", {"password": "wrong"}, 401, "wrong_password"),
        ("hana", {"meaning": "REVIEWED"}, 422, "rule_broken"),
        ("hana", {"action": "hold"}, 422, "wrong_form"),
        ("hana", {"record": "AUD-77"}, 404, "not_found"),
        ("hana", {"form": {"reason": ""}}, 422, "form_invalid"),
        ("adam", {}, 403, "segregation_of_duties"),
    ],
)
async def test_what_cannot_be_signed(api: Api, user: str, change: dict[str, Any], status: int, code: str) -> None:
    body = {"password": "vetted", "record": POLICY, "action": "change-policy", "form": await _form(api), **change}
    assert (await api.post(user, "/v1/signatures", body, expects=status))["code"] == code


async def test_wrong_passwords_while_signing_lock_the_account(api: Api) -> None:
    body = {"password": "wrong", "record": POLICY, "action": "change-policy", "form": await _form(api)}
    for status in (401, 401, 403):
        await api.post("hana", "/v1/signatures", body, expects=status)
    locked = await api.post("hana", "/v1/signatures", {**body, "password": "vetted"}, expects=403)
    assert locked["code"] == "locked_out"
    events = await api.events(api.person("hana"), "attempt.refused")
    assert [event.payload["code"] for event in events] == [
        "wrong_password",
        "wrong_password",
        "locked_out",
        "locked_out",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sponsor_days": {"tz": "Europe/Vienna", "country": "AT", "subdivision": "99"}}, "sponsor_days.subdivision"),
        ({"sponsor_days": {"tz": "Europe/Vienna", "country": "XI"}}, "sponsor_days.country"),
        ({"sponsor_days": {"tz": "Europe/Vienna", "subdivision": "9"}}, "sponsor_days.country"),
    ],
)
async def test_days_are_counted_where_public_holidays_are_known(api: Api, change: dict[str, Any], field: str) -> None:
    form = await _form(api)
    form["policy"] |= change
    token = await _token(api, "hana", form)
    refused = await api.call("PUT", "hana", "/v1/policy", form, expects=422, Signature_Token=token)
    assert (refused.json()["code"], list(refused.json()["fields"])) == ("rule_broken", [f"policy.{field}"])
    assert (await api.get("hana", "/v1/policy"))["version"] == 1


async def test_a_clock_that_names_no_office_is_refused_where_it_stands(api: Api) -> None:
    form = await _form(api)
    form["policy"]["clocks"]["inspection.answer.form_483"]["days_of"] = {"country": "US", "tz": "New York"}
    refused = await api.call("POST", "hana", "/v1/signatures", {
        "password": "vetted", "record": POLICY, "action": "change-policy", "form": form,
    }, expects=422)  # fmt: skip
    assert refused.json()["code"] == "form_invalid"
    assert any("days_of" in field for field in refused.json()["fields"])
