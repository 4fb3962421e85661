"""Authorisations that end by their dates: on that day batches are held and goods stay, until one is in force again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from domain.batch.holds.hold import HoldsEvaluation, StandingHold
from domain.core.refusals import Code
from records.authorisation.tables import AuthorisationRow
from records.batch.genealogy import lock_families
from records.batch.reactions import facts
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import AuthorisedDecisionRow, BatchMarketRow, HoldRow, ReviewDemandRow
from records.core.tables.cases import TaskRow
from records.core.tables.facts import FactRow
from records.core.writing import Writing
from records.release.tables import GateExceptionRow
from tests.authorised import PACKED, SINCE
from tests.records.authorising import approves, authorises, proposes, stops
from tests.records.certifying import decides, fit, reviewed
from tests.records.clinical import CTA, clinical
from tests.records.databases import on_one_database
from tests.records.delivering import LEFT, ordered
from tests.records.qualifying import Qualifying, refused
from tests.records.releasing import released
from tests.records.routes.stories import day_comes
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
EU, US, OF_TRIAL, OF_OTHER = "AUT-WORLD-0-EU", "AUT-WORLD-0-US", "AUT-WORLD-0-EU-T0", "AUT-WORLD-0-EU-T1"
LAST = START.date() + timedelta(days=1)
MORNING = datetime.combine(LAST + timedelta(days=1), datetime.min.time(), UTC)
"""The first instant without force."""


_BARE: dict[str, Any] = {"specifications": [], "processes": [], "release_sites": [], "shelf_life": None}


async def lasts(seeded: Seeded, record: str = EU, last: date = LAST, **changes: Any) -> None:
    """What is authorised has a last day."""
    standing = [{"status": "IN_FORCE", "valid_from": "2000-01-01", "valid_to": last.isoformat()}]
    async with seeded.database.writing() as session:
        row = await session.get_one(AuthorisationRow, (record, 1))
        row.standing, row.ends_on = standing, last + timedelta(days=1)
        row.sqlmodel_update(changes)


async def renewed(seeded: Seeded, record: str = EU, *, at: datetime, **changes: Any) -> None:
    """A further version is in force without an end."""
    row = await seeded.row(AuthorisationRow, (record, 1))
    kept = ("type", "market", "product", "strength", "trial", "packs")
    said = {name: getattr(row, name) for name in kept} | {"standing": [{"status": "IN_FORCE", **SINCE}]}
    await authorises(seeded, record, at=at, replaces=1, **_BARE, **{**said, **changes})


async def holds(seeded: Seeded) -> list[tuple[str, str, str | None]]:
    return [(row.batch_id, row.type, row.market) for row in await seeded.rows(HoldRow) if row.lifted_at is None]


async def lifted(batch: Qualifying) -> None:
    """Two people lift the hold of the authorisation."""
    (hold,) = [
        row for row in await batch.seeded.rows(HoldRow) if row.batch_id == batch.case_id and row.lifted_at is None
    ]
    await batch.answers("rosa", "lift-hold", {"hold_id": hold.hold_id})
    (proposed,) = await evaluated(batch)
    await batch.answers("hana", "confirm-lift", proposed.prefill_of_lift())


async def evaluated(batch: Qualifying) -> tuple[StandingHold, ...]:
    return HoldsEvaluation.model_validate((await batch.notes("batch.holds")).effect).holds


async def test_on_its_day_what_is_open_is_held_and_what_is_released_is_held_and_reviewed(seeded: Seeded) -> None:
    open_, sold = await reviewed(await fit(seeded)), await released(seeded, number="B-901")
    await lasts(seeded)
    await day_comes(seeded, MORNING - timedelta(minutes=1))
    assert await holds(seeded) == []
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == [(open_.case_id, "REG", "EU"), (sold.case_id, "REG", "EU")]
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.fact_kind, demand.cause) == (sold.case_id, "AuthorisationEnded", EU)
    await day_comes(seeded, MORNING + timedelta(days=3))
    (fact,) = [row for row in await seeded.rows(FactRow) if row.kind == "AuthorisationEnded"]
    assert (fact.identity, fact.fields["since"], fact.revoked_at) == (EU, MORNING.date().isoformat(), None)
    assert len(await seeded.rows(HoldRow)) == 2, "nothing follows twice"


async def test_a_version_that_suspends_it_from_a_day_has_its_consequence_on_that_day(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    ends = [
        {"status": "IN_FORCE", "valid_from": "2000-01-01", "valid_to": LAST.isoformat()},
        {"status": "SUSPENDED", "valid_from": MORNING.date().isoformat()},
    ]
    await renewed(seeded, at=START, standing=ends)
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]
    (hold,) = await seeded.rows(HoldRow)
    assert hold.reason == f"{EU} v2 is suspended in EU since {MORNING.date()}"


async def test_what_replaces_it_and_begins_later_leaves_a_gap(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    later = START.date() + timedelta(days=30)
    begins = [{"status": "IN_FORCE", "valid_from": later.isoformat()}]
    await renewed(seeded, at=START, standing=begins)
    await day_comes(seeded, START + timedelta(minutes=15))
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]
    await day_comes(seeded, datetime.combine(later, datetime.min.time(), UTC))
    assert [row.revoked_at is not None for row in await seeded.rows(FactRow) if row.identity == EU] == [True]


async def test_goods_stay_until_it_is_in_force_again_and_two_have_lifted_the_hold(seeded: Seeded) -> None:
    batch = await released(await fit(seeded))
    waits = await ordered(seeded, batch)
    await lasts(seeded)
    waits.at = batch.at = max(LEFT, MORNING) + timedelta(hours=3)
    refusal = await refused(waits.does("sana", "dispatch"))
    assert (refusal.code, f"{EU}) is not in force" in refusal.message) == (Code.GATE_CLOSED, True)
    assert (await refused(waits.does("vito", "dispatch"))).message == "Nothing may leave: ask the sponsor."
    await day_comes(seeded, batch.at)
    (hold,) = await seeded.rows(HoldRow)
    refusal = await refused(batch.answers("rosa", "lift-hold", {"hold_id": hold.hold_id}))
    assert "nothing is authorised there" in refusal.fields["hold_id"]
    assert [each.is_over for each in await evaluated(batch)] == [False]

    await renewed(seeded, at=batch.at)
    await day_comes(seeded, batch.at + timedelta(minutes=15))
    batch.at = waits.at = batch.at + timedelta(minutes=20)
    assert [each.is_over for each in await evaluated(batch)] == [True]
    await batch.asks("lift-hold", hold_id=hold.hold_id)
    (task,) = [row for row in await seeded.rows(TaskRow) if row.action == "lift-hold"]
    assert task.roles == ["REG_AFFAIRS"]
    assert (await refused(batch.answers("priya", "lift-hold", {"hold_id": hold.hold_id}))).code is Code.WRONG_ROLE
    await lifted(batch)
    assert "review" in (await refused(waits.does("sana", "dispatch"))).message
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).review_open = False
    await waits.does("sana", "dispatch")


async def test_after_a_stop_nothing_leaves_though_its_review_is_answered_and_its_hold_gone(seeded: Seeded) -> None:
    batch = await released(await fit(seeded))
    waits = await ordered(seeded, batch)
    await stops(seeded, "hana", EU)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")], "it is decided for every market"
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).review_open = False
        for hold in await seeded.rows(HoldRow):
            (await session.get_one(HoldRow, hold.hold_id)).lifted_at = batch.at
    batch.at = waits.at = LEFT
    assert f"{EU}) is suspended" in (await refused(waits.does("sana", "dispatch"))).message
    assert f"{EU}) is suspended" in (await refused(ordered(seeded, batch))).message
    await ordered(seeded, batch, market="US")


async def test_what_the_authority_has_excused_leaves(seeded: Seeded) -> None:
    batch = await released(await fit(seeded))
    await lasts(seeded, last=START.date() - timedelta(days=1))
    assert "not in force" in (await refused(ordered(seeded, batch))).message
    await excuses(seeded, batch, EU, f"since {START.date()}", at=START)
    await ordered(seeded, batch)


async def excuses(
    seeded: Seeded, batch: Qualifying, of: str, what: str = "stop 1", *, at: datetime, number: str = "EXC-1"
) -> None:
    """Three have signed that a batch may be decided on although something is not authorised."""
    excused = {"words": "not in force", "about": [f"no authorisation|{of}|{what}|{batch.case_id}"]}
    async with seeded.database.writing() as session:
        session.add(
            GateExceptionRow(
                exception_id=number, batch_id=batch.case_id, gate="G10", market="EU", authority_letter="DOC-1",
                version=1, requested_by="PER-1", requested_at=at, granted_at=at, reasons=[excused],
            )
        )  # fmt: skip


async def test_an_exception_excuses_the_stop_that_it_was_granted_for_and_no_later_one(seeded: Seeded) -> None:
    batch = await released(await fit(seeded))
    await excuses(seeded, batch, EU, at=START - timedelta(days=300))
    await excuses(seeded, batch, "EU", at=LEFT, number="EXC-2")
    await stops(seeded, "hana", EU)
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).review_open = False
        for hold in await seeded.rows(HoldRow):
            (await session.get_one(HoldRow, hold.hold_id)).lifted_at = batch.at
    batch.at = LEFT
    assert f"{EU}) is suspended" in (await refused(ordered(seeded, batch))).message
    await excuses(seeded, batch, EU, at=LEFT, number="EXC-3")
    await ordered(seeded, batch)


async def test_what_is_packed_in_other_words_stands_on_what_there_is(seeded: Seeded) -> None:
    batch, sold = await reviewed(await fit(seeded)), await released(seeded, number="B-901")
    async with seeded.database.writing() as session:
        for each in (batch, sold):
            (await session.get_one(BatchRow, each.case_id)).pack = {"description": f"{PACKED}, film-coated"}
    waits = await ordered(seeded, sold)
    await stops(seeded, "hana", EU)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU"), (sold.case_id, "REG", "EU")]
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert demand.batch_id == sold.case_id
    waits.at = LEFT
    assert f"{EU}) is suspended" in (await refused(waits.does("sana", "dispatch"))).message


async def test_of_two_that_are_in_force_the_one_that_names_the_pack_stops_it(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).pack = {"description": PACKED}
    other = [{"code": "9", "description": f"{PACKED}, film-coated", **SINCE}]
    await authorises(seeded, "AUT-OTHER", at=START, packs=other)
    await stops(seeded, "hana", "AUT-OTHER")
    assert await holds(seeded) == []
    await stops(seeded, "hana", EU)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]


async def test_what_is_released_stands_on_the_authorisation_that_its_certificate_names(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    (named,) = await seeded.rows(AuthorisedDecisionRow)
    assert (named.batch_id, named.market, named.authorisation_id, named.version) == (batch.case_id, "EU", EU, 1)
    fits_as_well = [{"code": "9", "description": PACKED, **SINCE}]
    await authorises(seeded, "AUT-OTHER", at=START, packs=fits_as_well)
    await stops(seeded, "hana", "AUT-OTHER")
    assert await holds(seeded) == [], "it is released on another one"
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).strength = "Written otherwise"
    await stops(seeded, "hana", EU)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")], "though another one would fit"
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert demand.batch_id == batch.case_id


async def test_a_release_that_names_none_is_looked_for_as_it_was(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    async with seeded.database.writing() as session:
        await session.exec(delete(AuthorisedDecisionRow))
    await stops(seeded, "hana", EU)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]


async def test_what_is_certified_for_its_trial_meanwhile_is_held_as_well(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await reviewed(await clinical(seeded))

    async def waiting(writing: Writing, batch_ids: Any) -> list[str]:
        locked = await lock_families(writing, batch_ids)
        mine = (col(BatchMarketRow.batch_id) == batch.case_id, col(BatchMarketRow.market) == "EU")
        certified = update(BatchMarketRow).where(*mine).values(trial=CTA, decision="RELEASE")
        await writing.session.exec(certified, execution_options={"synchronize_session": False})
        assert batch.case_id in locked
        return locked

    monkeypatch.setattr(facts, "lock_families", waiting)
    await lasts(seeded, record=OF_TRIAL)
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]


async def test_only_what_stands_on_it_is_held(seeded: Seeded) -> None:
    batch, other = await reviewed(await fit(seeded)), await reviewed(seeded, number="B-901")
    async with seeded.database.writing() as session:
        (await session.get_one(BatchRow, batch.case_id)).strength = "10 mg"
        (await session.get_one(BatchRow, other.case_id)).strength = "20 mg"
    await lasts(seeded, strength="10 mg")
    await lasts(seeded, record=OF_TRIAL)
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == [(batch.case_id, "REG", "EU")]


async def test_a_trial_that_ends_stops_the_supply_for_it_alone(seeded: Seeded) -> None:
    open_ = await reviewed(await clinical(seeded))
    mine = await released(seeded, number="B-901")
    theirs = await released(seeded, number="B-902")
    async with seeded.database.writing() as session:
        for batch, trial in ((mine, CTA), (theirs, "2027-504321-18-00")):
            (await session.get_one(BatchMarketRow, (batch.case_id, "EU"))).trial = trial
    await lasts(seeded, record=OF_TRIAL)
    await lasts(seeded)
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == [(mine.case_id, "REG", "EU")], "whoever certifies the other names its trial"
    for record in (OF_OTHER, "AUT-WORLD-0-EU-T2"):
        await lasts(seeded, record=record)
    await day_comes(seeded, MORNING + timedelta(minutes=15))
    assert (open_.case_id, "REG", "EU") in await holds(seeded), "there is none left"
    assert (theirs.case_id, "REG", "EU") in await holds(seeded)


async def test_the_clock_is_refused_what_is_not_so(seeded: Seeded) -> None:
    await lasts(seeded)
    for type_, record in (("authorisation.ended", US), ("authorisation.ended", "AUT-0"), ("authorisation.resumed", EU)):
        told = seeded.write(type_, f"FACTS-{record}", {"authorisation_id": record}, at=MORNING)
        assert (await refused(told)).code is Code.NOT_OPEN


async def test_a_version_that_waits_for_its_approval_says_nothing(seeded: Seeded) -> None:
    await reviewed(await fit(seeded))
    row = await seeded.row(AuthorisationRow, (EU, 1))
    kept = {name: getattr(row, name) for name in ("product", "packs")}
    ended = [{"status": "EXPIRED", **SINCE}]
    await proposes(seeded, record=EU, replaces=1, standing=ended, **_BARE, **kept)
    await day_comes(seeded, MORNING)
    assert await holds(seeded) == []
    await approves(seeded, record=EU, version=2, at=MORNING, approve=False)
    await day_comes(seeded, MORNING + timedelta(days=1))
    assert await holds(seeded) == []
