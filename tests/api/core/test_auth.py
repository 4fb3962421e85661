import asyncio
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlmodel import select

from api.core.auth import issue
from records.core.people import accounts
from records.core.tables.journal import AccountRow
from tests.api.calling import Api

SECRET = "a secret for tests that is long enough"


async def test_a_form_and_json_both_sign_in(api: Api) -> None:
    form = await api.sign_in("ines")
    as_json = await api.client.post("/v1/token", json={"user": "ines", "password": "vetted"})
    for answer in (form, as_json):
        token = answer.json()
        assert (token["token_type"], token["expires_in"], token["person_id"]) == ("bearer", 3600, api.person("ines"))
        me = await api.client.get("/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"})
        assert (me.json()["name"], me.json()["roles"]) == ("Ines Marin", ["SUPPLIER_QUALITY"])


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"username=ines", "application/x-www-form-urlencoded"),
        (b"[1]", "application/json"),
        (b"{", "application/json"),
        (b'{"user": "ines", "password": ""}', "application/json"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
    ],
)
async def test_half_of_the_credentials_is_refused(api: Api, content: bytes, media_type: str) -> None:
    answer = await api.client.post("/v1/token", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid")


async def test_wrong_passwords_lock_the_account_and_are_on_record(api: Api) -> None:
    codes = [((await api.sign_in("ines", "guess")).json()["code"]) for _ in range(4)]
    assert codes == ["wrong_password", "wrong_password", "locked_out", "locked_out"]
    right = await api.sign_in("ines")
    assert (right.status_code, right.json()["code"]) == (403, "locked_out")
    assert right.json()["when"]
    events = await api.events(api.person("ines"), "attempt.refused")
    assert [event.payload["code"] for event in events] == [*codes, "locked_out"]
    assert "guess" not in str([event.payload for event in events])
    await _let_the_lock_end(api, "ines")
    assert (await api.sign_in("ines")).status_code == 200


async def test_a_right_password_forgets_the_wrong_ones(api: Api) -> None:
    for _ in range(2):
        for _ in range(2):
            assert (await api.sign_in("ines", "guess")).status_code == 401
        assert (await api.sign_in("ines")).status_code == 200


async def test_many_guesses_at_once_do_not_get_around_the_lock(api: Api) -> None:
    guesses = [*(["guess"] * 8), "vetted"]
    answers = await asyncio.gather(*(api.sign_in("ines", guess) for guess in guesses))
    wrong = [answer for answer in answers if answer.json().get("code") == "wrong_password"]
    assert len(wrong) <= 4
    assert sum(answer.json().get("code") == "locked_out" for answer in answers) >= 4


async def test_an_unknown_user_costs_the_work_of_a_wrong_password(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """One verification each, of hashes that are made alike: no stopwatch tells who has an account."""
    await api.sign_in("nobody", "guess")
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002 - named by argon2
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_HASHER", Counting())
    work = []
    for user in ("nobody", "tom"):
        checked.clear()
        answer = await api.sign_in(user, "guess")
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
        work.append([extract_parameters(hash_) for hash_ in checked])
    assert len(work[0]) == 1
    assert work[0] == work[1]


@pytest.mark.parametrize("case", ["none", "other secret", "expired", "no signature", "garbage", "nobody"])
async def test_a_token_that_is_not_ours_is_refused(api: Api, case: str) -> None:
    me, hour = api.person("ines"), timedelta(hours=1)
    tokens = {
        "none": "",
        "other secret": issue("another secret that is as long as it must be", "ines", me, hour),
        "expired": issue(SECRET, "ines", me, -hour),
        "no signature": _unsigned(sub="ines", person=me, iss="vetted", exp=9999999999),
        "garbage": "a.b.c",
        "nobody": issue(SECRET, "ghost", "PER-999", hour),
    }
    headers = {"Authorization": f"Bearer {tokens[case]}"} if tokens[case] else {}
    answer = await api.client.get("/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_who_is_disabled_is_out_at_once(api: Api) -> None:
    await api.get("tom", "/v1/me")
    tom = f"/v1/people/{api.person('tom')}"
    version = (await api.get("adam", tom))["version"]
    await api.patch("adam", tom, {"disabled": True, "reason": "Left the company"}, version)
    assert (await api.get("tom", "/v1/me", expects=403))["code"] == "account_disabled"
    assert (await api.sign_in("tom")).json()["code"] == "account_disabled"


async def test_roles_are_those_of_this_moment(api: Api) -> None:
    assert (await api.get("carla", "/v1/me"))["roles"] == ["CMC_LEAD"]
    carla = f"/v1/people/{api.person('carla')}"
    await api.patch("adam", carla, {"roles": ["REG_AFFAIRS"], "reason": "New task"}, 2)
    assert (await api.get("carla", "/v1/me"))["roles"] == ["REG_AFFAIRS"]


async def test_a_password_is_changed_with_the_old_one(api: Api) -> None:
    body: Any = {"password": "wrong", "new_password": "correct horse battery"}
    await api.call("PUT", "ines", "/v1/me/password", body, expects=401)
    await api.call("PUT", "ines", "/v1/me/password", {**body, "password": "vetted"}, expects=204)
    assert (await api.sign_in("ines")).status_code == 401
    assert (await api.sign_in("ines", "correct horse battery")).status_code == 200
    (event,) = await api.events(api.person("ines"), "person.password_changed")
    assert event.payload == {"user": "ines"}


async def test_a_delegation_is_used_only_when_accepted_dated_and_named(api: Api) -> None:
    priya, quentin = api.person("priya"), api.person("quentin")
    today = (await api.events(priya, "person.registered"))[0].recorded_at.date()
    body = {
        "delegate": quentin,
        "roles": ["QA_APPROVER"],
        "valid_from": str(today - timedelta(days=1)),
        "valid_to": str(today + timedelta(days=5)),
        "reason": "Leave",
    }
    offered = await api.post("priya", f"/v1/people/{priya}/delegations", body)
    path = f"/v1/people/{priya}/delegations/{offered['delegation_id']}"
    assert (await api.get("quentin", "/v1/me", expects=403, On_Behalf_Of=priya))["code"] == "wrong_role"
    assert (await api.post("tom", f"{path}/accept", expects=403))["code"] == "not_assigned"
    await api.post("quentin", f"{path}/accept", expects=200)
    acting = await api.get("quentin", "/v1/me", On_Behalf_Of=priya)
    assert (acting["person"], acting["on_behalf_of"], acting["roles"]) == (quentin, priya, ["QA_APPROVER"])
    assert "QA_APPROVER" not in (await api.get("quentin", "/v1/me"))["roles"]
    assert (await api.get("tom", "/v1/me", expects=403, On_Behalf_Of=priya))["code"] == "wrong_role"

    chain = {**body, "delegate": api.person("tom")}
    refused = await api.post("quentin", f"/v1/people/{priya}/delegations", chain, expects=403, On_Behalf_Of=priya)
    assert refused["rule"] == "S11"
    assert (await api.post("quentin", f"{path}/accept", expects=409))["code"] == "not_open"
    await api.post("priya", f"{path}/end", {"reason": "Back"}, expects=200)
    await api.get("quentin", "/v1/me", expects=403, On_Behalf_Of=priya)


def _unsigned(**claims: str | int) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


async def _let_the_lock_end(api: Api, user: str) -> None:
    async with api.seeded.database.writing() as session:
        row = (await session.exec(select(AccountRow).where(AccountRow.user == user))).one()
        assert row.locked_until is not None
        row.locked_until -= timedelta(minutes=15)
