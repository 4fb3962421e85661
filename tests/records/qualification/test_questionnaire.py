"""The questionnaire of a case in the journal: drafted together, handed in, declared, reviewed, and made anew."""

from typing import Any

import pytest
from pydantic import JsonValue

from domain.core.attestations import wordings
from domain.core.entry import PlainEvent, Written
from domain.core.events import Event
from domain.core.forms import Audience
from domain.core.refusals import Code, Refused
from domain.qualification.questionnaire import Template
from domain.qualification.questionnaire_forms import QuestionnaireDeclaration
from domain.site.site import Activity
from records.qualification.queries.questionnaires import QuestionnaireView, one_questionnaire, questionnaire_summary
from records.qualification.questionnaires import questionnaire_of, template_of
from tests.answering import good_answers
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

TABLES = ("questionnaire_templates", "questionnaires", "answers")
HAND_IN, DECLARE, REVIEW = "hand-in-questionnaire", "declare-questionnaire", "review-questionnaire"


class Questioning(Qualifying):
    """A qualification as far as its questionnaire goes."""

    async def send(self) -> Written:
        """The workflow sends the questionnaire and asks for it."""
        written = await self.notes("questionnaire.sent")
        await self.asks(HAND_IN)
        return written

    async def draft(self, by: str, *answers: dict[str, Any], key: str = "") -> Written:
        empty: dict[str, JsonValue] = {"value": None, "documents": [], "na_reason": None, "comment": None, "version": 0}
        payload: dict[str, JsonValue] = {"answers": [{**empty, **answer} for answer in answers]}
        fact = PlainEvent(type="questionnaire.drafted", payload=payload, audience=Audience.SHARED)
        return await self.writes(fact, by=by, key=key)

    async def fill_in(self) -> None:
        """Vito answers everything as a good site would."""
        vito = await self.seeded.actor("vito")
        document = await self.seeded.upload(by=vito, case_id=self.case_id, site_id="VM-02")
        async with self.seeded.database.reading() as session:
            template = await template_of(session, "SQ-GMP", 1)
        await self.draft("vito", *good_answers(template, Activity.API_MFG, on=START.date(), document=document))

    async def hand_in(self) -> Written:
        return await self.answers("vito", HAND_IN, note=None)

    async def declare(self, **changes: Any) -> Written:
        """Uta signs."""
        return await self.answers(
            "uta", DECLARE, {"answers_sha256": (await self.view("uta")).answers_sha256, **changes}
        )

    async def review(self, verdict: str = "ACCEPT", *about: str) -> Written:
        asked = [{"q_id": q_id, "question": "Please say more."} for q_id in about]
        return await self.answers("ines", REVIEW, verdict=verdict, questions=asked, comments="Read.")

    async def view(self, user: str = "ines") -> QuestionnaireView:
        async with self.seeded.database.reading() as session:
            return await one_questionnaire(session, await self.seeded.actor(user), self.case_id)

    async def answer(self, q_id: str) -> Any:
        sections = (await self.view()).sections
        return next(q.answer for section in sections for q in section.questions if q.q_id == q_id)

    async def events(self, type_: str) -> list[Event]:
        return await self.seeded.events(self.case_id, type_)


@pytest.fixture
async def case(seeded: Seeded) -> Questioning:
    """A qualification of VM-02 that Carla has requested."""
    return Questioning(seeded, (await a_qualification(seeded)).case_id)


# ------------------------------------------------------------------------------ versions of the template


@on_one_database
async def test_a_case_keeps_the_version_that_was_sent_to_it(case: Questioning) -> None:
    assert (await case.send()).effect == {"template_id": "SQ-GMP", "version": 1}
    await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"})
    priya = await case.seeded.actor("priya")
    async with case.seeded.database.reading() as session:
        shipped = await template_of(session, "SQ-GMP", 1)
    fewer = Template.model_validate({**shipped.model_dump(), "version": 2, "sections": shipped.sections[:1]})
    await case.seeded.write("template.loaded", "SQ-GMP", {"template": fewer.model_dump(mode="json")}, by=priya)
    view = await case.view()
    assert (view.version, len(view.sections)) == (1, 16)
    await case.draft("vito", {"q_id": "16-1", "value": True})
    again = await case.notes("questionnaire.sent")
    assert again.effect == {"template_id": "SQ-GMP", "version": 1}


@on_one_database
async def test_a_version_that_is_not_the_next_is_refused(case: Questioning) -> None:
    priya = await case.seeded.actor("priya")
    async with case.seeded.database.reading() as session:
        body: Any = (await template_of(session, "SQ-GMP", 1)).model_dump(mode="json")
    write = case.seeded.write
    assert (await refused(write("template.loaded", "SQ-GMP", {"template": body}, by=priya))).code is Code.CONFLICT
    newer = {**body, "version": 2}
    ines = await case.seeded.actor("ines")
    assert (await refused(write("template.loaded", "SQ-GMP", {"template": newer}, by=ines))).code is Code.WRONG_ROLE


# ------------------------------------------------------------------------------ drafts of several people


@on_one_database
async def test_two_people_answer_different_questions(case: Questioning) -> None:
    await case.send()
    await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"}, {"q_id": "1-4", "value": True})
    await case.draft("wen", {"q_id": "6-3", "value": 99})
    assert [(await case.answer(q)).by_name for q in ("1-1", "6-3")] == ["Vito Ferrante", "Wen Li"]
    assert (await case.view("vito")).completeness > 0


async def test_two_people_answer_the_same_question(case: Questioning) -> None:
    await case.send()
    await case.draft("wen", {"q_id": "1-1", "value": "Veldmark AG"})
    both = ({"q_id": "1-4", "value": True}, {"q_id": "1-1", "value": "Veldmark GmbH"})
    refusal = await refused(case.draft("vito", *both))
    assert (refusal.code, refusal.who, set(refusal.fields)) == (Code.CONFLICT, "Wen Li", {"answers.1.version"})
    assert (await case.answer("1-4"), (await case.answer("1-1")).value) == (None, "Veldmark AG")
    await case.draft("vito", both[0], {**both[1], "version": 1})
    kept = await case.answer("1-1")
    assert (kept.value, kept.version, kept.by_name) == ("Veldmark GmbH", 2, "Vito Ferrante")


@on_one_database
async def test_who_says_the_same_as_somebody_else_changes_nothing(case: Questioning) -> None:
    await case.send()
    await case.draft("wen", {"q_id": "1-1", "value": "Veldmark"})
    await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"}, {"q_id": "1-4", "value": True})
    kept = await case.answer("1-1")
    assert (kept.version, kept.by_name, (await case.answer("1-4")).value) == (1, "Wen Li", True)


@on_one_database
async def test_the_same_key_twice_is_one_change(case: Questioning) -> None:
    await case.send()
    first = await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"}, key="vito/1")
    assert await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"}, key="vito/1") == first
    assert len(await case.events("questionnaire.drafted")) == 1
    assert (await case.answer("1-1")).version == 1


@on_one_database
async def test_an_answer_can_be_taken_back(case: Questioning) -> None:
    await case.send()
    await case.draft("vito", {"q_id": "1-1", "value": "Veldmark"})
    await case.draft("wen", {"q_id": "1-1", "version": 1})
    assert (await case.answer("1-1")).value is None
    assert "1-1" in (await case.view()).missing


@on_one_database
@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"q_id": "1-4", "value": "yes"}, "answers.0.value"),
        ({"q_id": "5-8", "value": True}, "answers.0.q_id"),
        (
            {"q_id": "2-1", "documents": [{"document_id": "DOC-9", "sha256": "0" * 64}]},
            "answers.0.documents.0.document_id",
        ),
    ],
)
async def test_an_answer_that_is_not_valid_is_not_kept(case: Questioning, answer: dict[str, Any], field: str) -> None:
    await case.send()
    assert set((await refused(case.draft("vito", answer))).fields) == {field}
    assert await case.events("questionnaire.drafted") == []


@on_one_database
async def test_only_the_people_of_the_site_draft(case: Questioning) -> None:
    await case.send()
    answer = {"q_id": "1-1", "value": "Veldmark"}
    assert (await refused(case.draft("olga", answer))).code is Code.NOT_FOUND
    assert (await refused(case.draft("ines", answer))).code is Code.WRONG_ROLE
    with pytest.raises(Refused):
        await case.view("olga")


@on_one_database
async def test_nothing_is_drafted_before_it_is_sent(case: Questioning) -> None:
    answer = {"q_id": "1-1", "value": "Veldmark"}
    assert (await refused(case.draft("vito", answer))).code is Code.NOT_FOUND
    async with case.seeded.database.reading() as session:
        assert await questionnaire_summary(session, await case.seeded.actor("ines"), case.case_id) is None


@on_one_database
async def test_a_questionnaire_answered_after_the_end_of_the_case_is_refused(case: Questioning) -> None:
    await case.send()
    await case.answers("ines", "hold", reason="Site flooded")
    assert (await refused(case.draft("vito", {"q_id": "1-1", "value": "A"}))).code is Code.CASE_ON_HOLD
    await case.closes("REJECTED")
    refusal = await refused(case.draft("vito", {"q_id": "1-1", "value": "A"}))
    assert (refusal.code, "REJECTED" in refusal.message) == (Code.CASE_CLOSED, True)


# ------------------------------------------------------------------------------ from handing in to the verdict


async def test_what_is_incomplete_is_not_handed_in(case: Questioning) -> None:
    await case.send()
    refusal = await refused(case.hand_in())
    assert refusal.fields["answers.16-1"] == "is missing"
    await case.fill_in()
    written = await case.hand_in()
    (frozen,) = await case.events("questionnaire.frozen")
    (handed_in,) = await case.events(f"qualification.{HAND_IN}")
    assert written.effect == {"round": 1, "sha256": frozen.payload["sha256"], "completeness": 100}
    assert written.numbers == (handed_in.number,)
    assert frozen.number == handed_in.number - 1
    answers = frozen.payload["answers"]
    assert isinstance(answers, dict)
    assert answers["16-1"] == {"value": True, "documents": [], "na_reason": None, "comment": None}
    refusal = await refused(case.draft("wen", {"q_id": "1-1", "value": "B", "version": 1}))
    assert (refusal.code, refusal.who) == (Code.NOT_OPEN, "Vito Ferrante")
    assert (await refused(case.hand_in())).code is Code.NOT_OPEN


@on_one_database
async def test_a_declaration_names_the_answers_or_opens_them_again(case: Questioning) -> None:
    await case.send()
    await case.fill_in()
    assert (await refused(case.declare(answers_sha256="0" * 64))).code is Code.NOT_OPEN
    await case.hand_in()
    digest = (await case.view()).answers_sha256
    assert await case.asks(DECLARE) == {"answers_sha256": digest, **wordings(QuestionnaireDeclaration)}
    assert (await refused(case.declare(answers_sha256="0" * 64))).code is Code.VERSION_STALE
    await case.declare(declare=False, statement="Question 1-1 is wrong.")
    assert (await case.view()).state == "SENT"
    await case.draft("wen", {"q_id": "1-1", "value": "Veldmark AG", "version": 1})
    await case.hand_in()
    assert (await case.view()).answers_sha256 != digest
    assert not (await case.view()).declared
    await case.declare()
    view = await case.view()
    assert (view.state, view.declared) == ("HANDED_IN", True)


async def test_a_critical_gap_bars_acceptance_until_it_is_clarified(case: Questioning) -> None:
    await case.send()
    await case.fill_in()
    await case.draft("vito", {"q_id": "16-2", "value": False, "version": 1})
    assert (await refused(case.review())).code is Code.NOT_OPEN
    await case.hand_in()
    view = await case.view()
    assert ([(gap.q_id, gap.critical) for gap in view.gaps or ()], view.completeness) == ([("16-2", True)], 100)
    assert set((await refused(case.review())).fields) == {"verdict", "answers.16-2"}

    effect = (await case.review("CLARIFY", "16-2", "1-1")).effect
    assert effect["critical_gaps"] == ["16-2"]
    assert effect["clarifications"] == [{"q_id": q, "question": "Please say more."} for q in ("16-2", "1-1")]
    view = await case.view("vito")
    assert (view.state, view.round, [each.q_id for each in view.open_questions]) == ("CLARIFYING", 2, ["16-2", "1-1"])
    other = await refused(case.draft("vito", {"q_id": "1-2", "value": "Nobody", "version": 1}))
    assert set(other.fields) == {"answers.0.q_id"}
    assert set((await refused(case.hand_in())).fields) == {"answers.16-2", "answers.1-1"}
    name = (await case.answer("1-1")).value
    commented = {"q_id": "1-1", "value": name, "comment": "As registered.", "version": 1}
    await case.draft("wen", {"q_id": "16-2", "value": True, "version": 2}, commented)
    assert (await case.hand_in()).effect["round"] == 2
    effect = (await case.review()).effect
    assert (effect["score"], effect["critical_gaps"]) == (100, [])
    view = await case.view()
    assert (view.state, view.open_questions, len(view.clarifications)) == ("ACCEPTED", (), 2)


@on_one_database
async def test_a_site_is_asked_again_twice(case: Questioning) -> None:
    await case.send()
    await case.fill_in()
    await case.hand_in()
    for version in (1, 2):
        await case.review("CLARIFY", "1-1")
        await case.draft("vito", {"q_id": "1-1", "value": f"Veldmark {version}", "version": version})
        await case.hand_in()
    refusal = await refused(case.review("CLARIFY", "1-1"))
    assert (refusal.code, set(refusal.fields)) == (Code.LIMIT_REACHED, {"verdict"})
    await case.review("REFER")
    assert (await case.view()).state == "REFERRED"


@on_one_database
async def test_a_review_starts_without_a_verdict(case: Questioning) -> None:
    await case.send()
    await case.fill_in()
    await case.draft("vito", {"q_id": "10-3", "value": False, "version": 1})
    await case.hand_in()
    assert await case.asks(REVIEW) == {}
    refusal = await refused(case.review("ACCEPT"))
    assert set(refusal.fields) == {"verdict", "answers.10-3"}


@on_one_database
async def test_score_and_gaps_are_for_the_sponsor_alone(case: Questioning) -> None:
    await case.send()
    await case.draft("vito", {"q_id": "16-1", "value": False})
    mine, theirs = await case.view("vito"), await case.view("ines")
    assert (mine.score, mine.gaps) == (None, None)
    assert theirs.score == 0
    assert [gap.q_id for gap in theirs.gaps or ()] == ["16-1"]
    assert mine.sections == theirs.sections
    assert "gap" not in mine.model_dump_json(exclude={"gaps"})
    async with case.seeded.database.reading() as session:
        summary = await questionnaire_summary(session, await case.seeded.actor("vito"), case.case_id)
    assert summary is not None
    assert (summary.state, summary.version, summary.score) == ("SENT", 1, None)


async def test_a_rebuild_gives_the_same_questionnaire(case: Questioning) -> None:
    await case.send()
    await case.fill_in()
    await case.hand_in()
    await case.declare(declare=False)
    await case.hand_in()
    await case.declare()
    await case.review("CLARIFY", "1-1")
    await case.draft("wen", {"q_id": "1-1", "na_reason": "Sold.", "comment": "See 2.", "version": 1})
    await is_rebuilt_identically(case.seeded.database, *TABLES)
    async with case.seeded.database.reading() as session:
        found = await questionnaire_of(session, case.case_id)
    assert found is not None
    assert found.answers["1-1"].na_reason == "Sold."
