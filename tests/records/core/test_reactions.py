"""What follows from a fact, and what is asked of other contexts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from domain.core.entry import Entry
from domain.core.facts import Fact
from domain.core.refusals import Code, Refused
from records.core.policies import Policies
from records.core.questions import Question, ask
from records.core.reactions import Consequences, establish
from records.core.registries import Misdeclared, Registries
from records.core.writing import Writing
from tests.records.databases import on_one_database
from tests.records.seeded import START, Seeded


class DoorOpen(Fact):
    """A door of the warehouse stands open."""

    door: str

    @property
    def identity(self) -> str:
        return self.door


class AlarmOn(Fact):
    """The alarm of the warehouse sounds."""

    @property
    def identity(self) -> str:
        return "alarm"


@dataclass(frozen=True)
class WhoHasKeys(Question[str]):
    """Who has the keys of a door."""

    door: str


@pytest.fixture
def registries() -> Registries:
    return Registries()


@pytest.fixture
async def writing(seeded: Seeded, registries: Registries) -> AsyncIterator[Writing]:
    async with seeded.database.writing() as session:
        entry = Entry(stream="VM-02", command_id="door", at=START, lines=())
        yield Writing(session, entry, registries, Policies(), START, web="")


@on_one_database
async def test_reactions_run_in_their_order_and_say_what_they_did(writing: Writing, registries: Registries) -> None:
    async def locks(_: Writing, fact: DoorOpen) -> Consequences:
        return Consequences(held=(f"{fact.door} locked",))

    async def calls(writing: Writing, fact: DoorOpen) -> Consequences:
        return Consequences(held=("called",)) + await establish(writing, AlarmOn())

    async def sounds(writing: Writing, _: AlarmOn) -> Consequences:
        return Consequences(opened=tuple(type(each).__name__ for each in writing.following))

    registries.reactions.declare(DoorOpen, locks, 2)
    registries.reactions.declare(DoorOpen, calls, 1)
    registries.reactions.declare(AlarmOn, sounds, 0)
    registries.seal([])
    done = await establish(writing, DoorOpen(door="D1"))
    assert done == Consequences(held=("called", "D1 locked"), opened=("DoorOpen", "AlarmOn"))
    assert writing.following == ()


@on_one_database
async def test_facts_that_follow_from_one_another_without_end_are_stopped(
    writing: Writing, registries: Registries
) -> None:
    async def opens_the_next(writing: Writing, fact: DoorOpen) -> Consequences:
        return await establish(writing, DoorOpen(door=f"{fact.door}+"))

    registries.reactions.declare(DoorOpen, opens_the_next, 0)
    registries.seal([])
    with pytest.raises(RuntimeError, match=r"without end: DoorOpen D1, DoorOpen D1\+,"):
        await establish(writing, DoorOpen(door="D1"))


@on_one_database
async def test_a_fact_is_established_only_after_all_contexts_are_known(writing: Writing) -> None:
    with pytest.raises(Misdeclared, match="The reactions of DoorOpen are looked up before"):
        await establish(writing, DoorOpen(door="D1"))


@on_one_database
async def test_all_who_know_answer_in_their_order_and_each_may_refuse(writing: Writing, registries: Registries) -> None:
    async def porter(_: Writing, asked: WhoHasKeys) -> str:
        return f"the porter has {asked.door}"

    async def guard(_: Writing, asked: WhoHasKeys) -> str:
        if asked.door == "D9":
            raise Refused(Code.NOT_FOUND, "There is no such door.")
        return "so does the guard"

    registries.questions.declare(WhoHasKeys, False)
    registries.answers.declare(WhoHasKeys, guard, 1)
    registries.answers.declare(WhoHasKeys, porter, 0)
    registries.seal([])
    assert await ask(writing, WhoHasKeys("D1")) == ["the porter has D1", "so does the guard"]
    with pytest.raises(Refused, match="no such door"):
        await ask(writing, WhoHasKeys("D9"))


async def answerer(*_: Any) -> None: ...


async def another(*_: Any) -> None: ...


def test_a_question_that_nobody_answers_is_named(registries: Registries) -> None:
    registries.questions.declare(WhoHasKeys, False)
    with pytest.raises(Misdeclared, match="WhoHasKeys is answered by nobody"):
        registries.seal([])


def test_a_question_that_wants_one_answer_gets_no_second_one(registries: Registries) -> None:
    registries.questions.declare(WhoHasKeys, True)
    registries.answers.declare(WhoHasKeys, answerer, 0)
    registries.answers.declare(WhoHasKeys, another, 1)
    with pytest.raises(Misdeclared, match="WhoHasKeys has 2 answers and wants one"):
        registries.seal([])
