"""Questionnaires over HTTP: versions for the sponsor, the one of a case for the people who fill it in."""

from typing import Any

import pytest

from tests.api.calling import Api
from tests.records.qualifying import a_qualification

NAME = {"q_id": "1-1", "value": "Veldmark", "version": 0}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
async def path(api: Api) -> str:
    """Where the questionnaire is that was sent to VM-02."""
    case = await a_qualification(api.seeded)
    await case.notes("questionnaire.sent")
    await case.asks("hand-in-questionnaire")
    return f"/v1/qualifications/{case.case_id}/questionnaire"


def answers(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"answers": [*changes]}


async def draft(api: Api, user: str, path: str, *changes: dict[str, Any], expects: int = 200, **headers: str) -> Any:
    return (await api.call("PATCH", user, path, answers(*changes), expects=expects, **headers)).json()


# ------------------------------------------------------------------------------ versions


async def test_a_new_version_is_registered_under_the_next_number(api: Api) -> None:
    shipped = await api.get("priya", "/v1/questionnaires/SQ-GMP/1")
    newer = {**shipped, "version": 2, "title": "Self-assessment, second edition"}
    body = {"template": newer, "reason": "Clearer."}
    answer = await api.call("POST", "priya", "/v1/questionnaires", body, expects=201)
    assert answer.headers["Location"] == "/v1/questionnaires/SQ-GMP/2"
    listed = (await api.get("ines", "/v1/questionnaires"))["items"]
    assert [(each["version"], each["reason"], each["registered_by"]) for each in listed] == [
        (1, None, "Vetted"),
        (2, "Clearer.", "Priya Raman"),
    ]
    assert (await api.get("ines", listed[1]["url"])) == newer == answer.json()
    assert (await api.get("ines", "/v1/questionnaires/SQ-GMP/1")) == shipped
    page = await api.get("ines", "/v1/questionnaires?limit=1")
    rest = await api.get("ines", f"/v1/questionnaires?cursor={page['next']}")
    assert page["items"] + rest["items"] == listed
    await api.get("ines", "/v1/questionnaires?cursor=none", expects=422)
    await api.get("ines", "/v1/questionnaires/SQ-GMP/3", expects=404)


async def test_a_version_made_from_an_old_one_is_refused(api: Api) -> None:
    shipped = await api.get("priya", "/v1/questionnaires/SQ-GMP/1")
    for version in (1, 3):
        body = {"template": {**shipped, "version": version}, "reason": "Clearer."}
        refusal = await api.post("priya", "/v1/questionnaires", body, expects=409)
        assert (refusal["code"], set(refusal["fields"])) == ("conflict", {"template.version"})


async def test_a_mistake_in_a_version_is_named(api: Api) -> None:
    shipped = await api.get("priya", "/v1/questionnaires/SQ-GMP/1")
    shipped["sections"][2]["questions"][1]["type"] = "PICTURE"
    body = {"template": {**shipped, "version": 2}, "reason": "Pictures."}
    refusal = await api.post("priya", "/v1/questionnaires", body, expects=422)
    assert set(refusal["fields"]) == {"template.sections.2.questions.1.type"}


async def test_what_answers_mean_is_the_sponsors_own(api: Api) -> None:
    shipped = await api.get("priya", "/v1/questionnaires/SQ-GMP/1")
    body = {"template": {**shipped, "version": 2}, "reason": "Mine."}
    await api.post("ines", "/v1/questionnaires", body, expects=403)
    for url in ("/v1/questionnaires", "/v1/questionnaires/SQ-GMP/1"):
        assert (await api.get("vito", url, expects=403))["code"] == "wrong_organisation"


# ------------------------------------------------------------------------------ the questionnaire of a case


async def test_the_site_reads_the_questions_and_drafts_answers(api: Api, path: str) -> None:
    view = await api.get("vito", path)
    assert (view["state"], view["completeness"], len(view["sections"]), view["score"]) == ("SENT", 0, 16, None)
    drafted = await draft(api, "vito", path, NAME)
    question = drafted["sections"][0]["questions"][0]
    assert (question["answer"]["value"], question["answer"]["version"]) == ("Veldmark", 1)
    assert "critical_gap" not in question
    assert (await api.get("ines", path))["score"] == 0


async def test_a_conflict_says_who_was_first_and_when(api: Api, path: str) -> None:
    await draft(api, "wen", path, NAME)
    refusal = await draft(api, "vito", path, {**NAME, "value": "Veldmark AG"}, expects=409)
    assert (refusal["code"], refusal["who"]) == ("conflict", "Wen Li")
    assert refusal["fields"]["answers.0.version"].startswith("Wen Li changed this answer at ")
    assert refusal["when"] in refusal["fields"]["answers.0.version"]


async def test_the_same_key_drafts_once(api: Api, path: str) -> None:
    first = await draft(api, "vito", path, NAME, Idempotency_Key="one")
    assert await draft(api, "vito", path, NAME, Idempotency_Key="one") == first
    other = {**NAME, "value": "Another", "version": 1}
    refusal = await draft(api, "vito", path, other, expects=422, Idempotency_Key="one")
    assert refusal["code"] == "idempotency_key_reused"
    case_id = path.split("/")[3]
    assert len(await api.events(case_id, "questionnaire.drafted")) == 1


async def test_nobody_learns_of_another_sites_questionnaire(api: Api, path: str) -> None:
    assert (await api.get("olga", path, expects=404))["code"] == "not_found"
    assert (await draft(api, "olga", path, NAME, expects=404))["code"] == "not_found"
    assert (await draft(api, "ines", path, NAME, expects=403))["code"] == "wrong_role"
    unknown = path.replace("QC-", "QC-9")
    assert (await draft(api, "vito", unknown, NAME, expects=404))["code"] == "not_found"
    await api.get("ines", unknown, expects=404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"q_id": "1-4", "value": "yes"}, "answers.0.value"),
        ({"q_id": "1-6", "value": 0}, "answers.0.value"),
        ({"q_id": "17-1"}, "answers.0.q_id"),
        ({"q_id": "1.1"}, "answers.0.q_id"),
        ({"na_reason": " ", "value": None}, "answers.0.na_reason"),
        ({"version": None}, "answers.0.version"),
        ({"value": ["Veldmark"]}, "answers.0.value"),
        ({"value": "x" * 4001}, "answers.0.value"),
        ({"value": 10**400}, "answers.0.value"),
    ],
)
async def test_an_answer_that_is_not_valid_is_refused(api: Api, path: str, change: dict[str, Any], field: str) -> None:
    refusal = await draft(api, "vito", path, {**NAME, **change}, expects=422)
    assert set(refusal["fields"]) - {"answers"} == {field}
