"""Facts that stand: journaled with their cause and what followed, once, until they are revoked."""

import ast
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

import records
from domain.core.entry import Entry, PlainEvent
from domain.core.facts import Consequences, FactName, StandingFact
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from domain.event.site_event import SiteEventReport
from records.contexts import load
from records.core.policies import Policies
from records.core.queries.facts import Wanted, facts
from records.core.reactions import establish, revoke, revoke_about, standing_cause
from records.core.registries import Registries
from records.core.tables.facts import FactRow
from records.core.writing import Writing
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.making import batch_of, in_manufacture, made, ready
from tests.records.qualifying import a_case, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

NOW = START.isoformat()


RECORDS = Path(records.__file__).parent


class RoomFlooded(StandingFact):
    """A room of the warehouse stands under water."""

    room: str

    @property
    def identity(self) -> str:
        return self.room

    @property
    def stream(self) -> str:
        return "VM-02"

    @property
    def about(self) -> tuple[str, ...]:
        return (self.room, "VM-02")


@pytest.fixture
def registries() -> Registries:
    ours = Registries()
    ours.projectors = load().projectors
    return ours


@pytest.fixture
async def writing(seeded: Seeded, registries: Registries) -> AsyncIterator[Writing]:
    async with seeded.database.writing() as session:
        line = PlainEvent(type="site.flooded")
        entry = Entry(stream="VM-02", command_id="flood", at=START, lines=(line,))
        writing = Writing(session, entry, registries, Policies(), START, web="")
        writing.line = line
        yield writing


@on_one_database
async def test_while_it_stands_nothing_follows_twice_and_once_revoked_it_may_become_true_again(
    writing: Writing, registries: Registries
) -> None:
    seen: list[FactName | None] = []

    async def pumps(writing: Writing, _: RoomFlooded) -> Consequences:
        seen.append(standing_cause(writing))
        return Consequences(opened=("CAPA-1",))

    registries.reactions.declare(RoomFlooded, pumps, 0)
    registries.reactions.seal()
    flood = RoomFlooded(room="R1")
    assert await establish(writing, flood) == Consequences(opened=("CAPA-1",))
    assert await establish(writing, flood) == Consequences()
    assert [event.type for event in writing.events] == ["fact.established"]
    assert writing.events[0].payload["cause"] == {"entry": "VM-02", "by": "site.flooded", "fact": None}
    await revoke(writing, RoomFlooded, "R2")  # it does not stand
    await revoke(writing, RoomFlooded, "R1")
    await establish(writing, flood)
    await revoke_about(writing, RoomFlooded, "CAPA-1")  # it is not about what it has led to
    await revoke_about(writing, RoomFlooded, "R1")
    assert [event.type for event in writing.events] == ["fact.established", "fact.revoked"] * 2
    assert seen == [flood.name] * 2


async def test_why_a_batch_is_on_hold_and_what_followed_is_one_question(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    await batch.answers("vito", "deviation", {"deviation_id": "DEV-1", "deviation_class": "MAJOR", "detected_at": NOW})
    ines = await seeded.actor("ines")
    async with seeded.database.reading() as session:
        (fact,) = (await facts(session, ines, Wanted(about=batch.case_id), cursor=None, limit=9)).items
        site = await seeded.actor("vito")
        with pytest.raises(Refused) as refusal:
            await facts(session, site, Wanted(about=batch.case_id), cursor=None, limit=9)
        assert refusal.value.refusal.code is Code.WRONG_ORGANISATION
        before = Wanted(about=batch.case_id, as_of=START.replace(year=2024))
        assert (await facts(session, ines, before, cursor=None, limit=9)).items == ()
        other = Wanted(about=batch.case_id, kind="BatchRejected")
        assert (await facts(session, ines, other, cursor=None, limit=9)).items == ()
    assert (fact.kind, fact.identity) == ("GraveDeviationReported", f"{batch.case_id}:DEV-1:MAJOR")
    assert (fact.cause.entry, fact.cause.by) == (batch.case_id, "deviation")
    assert fact.consequences == Consequences(held=(batch.case_id,), holds=("HOLD-1",))
    await are_rebuilt_identically(seeded.database, "facts", "fact_subjects", "holds")


async def test_a_result_that_is_invalidated_is_revoked_and_one_that_is_confirmed_is_another_fact(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await made(seeded)
    for oos_id in ("OOS-1", "OOS-2"):
        await batch.answers("vito", "oos", {"oos_id": oos_id, "detected_at": NOW, "retests_planned": 0})
    document = await seeded.upload(by=await seeded.actor("uta"))
    cause = {"cause": "INSTRUMENT", "evidence": [document], "retests": [], "capa_decision": "None is needed."}
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-1", **cause})
    await batch.answers("priya", "review-invalidation", {"oos_id": "OOS-1"})
    await batch.answers("uta", "oos-laboratory", {"oos_id": "OOS-2", "retests": []})
    await batch.answers("priya", "oos-investigation", {"oos_id": "OOS-2"})
    rows = {(row.kind, row.identity): row for row in await seeded.rows(FactRow)}
    name = f"{batch.case_id}:OOS-"
    assert {key: row.revoked_at is None for key, row in rows.items()} == {
        ("ResultOutsideReported", f"{name}1"): False,
        ("ResultOutsideReported", f"{name}2"): True,
        ("OosConfirmed", f"{name}2"): True,
    }
    revoked = rows["ResultOutsideReported", f"{name}1"]
    assert (revoked.revoked_by, revoked.revoked_cause["by"]) == (
        seeded.result.person("priya"),
        "review-invalidation",
    )
    assert (await batch_of(batch)).state == "OPEN"
    await are_rebuilt_identically(seeded.database, "facts", "fact_subjects")


@on_one_database
async def test_no_person_establishes_a_fact_and_what_stands_is_not_taken_up_again(seeded: Seeded) -> None:
    said: dict[str, JsonValue] = {
        "kind": "BatchRejected",
        "identity": "BAT-1",
        "fact": {"batch_id": "BAT-1", "number": "B-1"},
        "about": ["BAT-1"],
        "cause": {"entry": "BAT-1", "by": "upgrade"},
    }
    await ready(seeded)
    await made(seeded)
    by_hand = await refused(seeded.write("fact.established", "BAT-1", said, by=await seeded.actor("ines")))
    assert by_hand.code is Code.WRONG_ROLE
    await seeded.write("fact.established", "BAT-1", said)
    assert (await refused(seeded.write("fact.established", "BAT-1", said, key="again"))).code is Code.NOT_OPEN
    assert len(await seeded.rows(FactRow)) == 1


def revoked_kinds() -> Iterator[str]:
    """The kinds of facts that something in the records revokes, by name; of a loop over kinds each of them."""
    for path in RECORDS.rglob("*.py"):
        tree = ast.parse(path.read_text())
        loops = {
            of.target.id: of.iter.elts
            for of in ast.walk(tree)
            if isinstance(of, ast.For) and isinstance(of.target, ast.Name) and isinstance(of.iter, ast.Tuple)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith("revoke"):
                kind = call.args[1]
                assert isinstance(kind, ast.Name), path
                yield from (each.id for each in loops.get(kind.id, [kind]) if isinstance(each, ast.Name))


STANDING = [kind for kind in load().facts.values() if issubclass(kind, StandingFact)]


@pytest.mark.parametrize("kind", STANDING, ids=lambda kind: kind.__name__)
def test_of_each_fact_something_revokes_it_or_it_says_why_it_never_ends(kind: type[StandingFact]) -> None:
    assert (kind.__name__ in set(revoked_kinds())) == (not kind.never_ends)


def test_what_never_ends_says_why_in_a_sentence() -> None:
    assert len(STANDING) > 12
    assert all(kind.never_ends.endswith(".") for kind in STANDING if kind.never_ends)


async def standing(seeded: Seeded) -> set[tuple[str, str]]:
    return {(row.kind, row.identity) for row in await seeded.rows(FactRow) if row.revoked_at is None}


@on_one_database
async def test_a_grave_deviation_is_one_until_it_is_judged_and_of_each_class_another_fact(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    for number, of in (("DEV-1", "MAJOR"), ("DEV-2", "MAJOR")):
        report = {"deviation_id": number, "deviation_class": of, "parameter": None, "detected_at": NOW}
        await batch.answers("vito", "deviation", report)
        await batch.answers("vito", "close-deviation", {"deviation_id": number, "impact": "None of it."})
    await batch.answers("quentin", "accept-deviation", {"deviation_id": "dev 1"})
    await batch.answers("priya", "reclassify-deviation", {"deviation_id": "DEV-2", "deviation_class": "CRITICAL"})
    assert await standing(seeded) == {("GraveDeviationReported", f"{batch.case_id}:DEV-2:CRITICAL")}


@on_one_database
async def test_what_an_event_says_of_a_batch_is_so_until_it_is_triaged(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    told: dict[str, Any] = {"lots": [(await batch_of(batch)).number], "site_id": "VM-02", "scope_ids": ["SC-1"]}
    kinds = {"DEVIATION": "GraveDeviationReported", "OOS": "ResultOutsideReported", "RECALL": "BatchRecalled"}
    for number, (type_, kind) in enumerate(kinds.items()):
        form = filled(SiteEventReport, **told, type=type_, severity="MAJOR", event_id=f"E-{number}")
        event = await a_case(seeded, Process.EVENT, form.model_dump(mode="json"), by="ines")
        assert kind in {each for each, _ in await standing(seeded)}
        await event.answers("ines", "triage", {"outcomes": ["REASSESS_RISK" if type_ == "RECALL" else "RECORD"]})
    assert {each for each, _ in await standing(seeded)} == {"BatchRecalled"}  # its release is reviewed
