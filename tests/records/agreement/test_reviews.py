"""The review of a quality agreement, in the records."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from domain.agreement.agreement import WatchedAgreement
from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.refusals import Code
from records.agreement.in_force import watched_agreement
from records.agreement.queries import agreement_of_review
from records.core.shown import Reading
from records.core.tables.cases import CaseRow, TaskRow
from tests.records.agreement.test_agreements import negotiated, signed, versions
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

REQUEST: dict[str, JsonValue] = {"site_id": "VM-02", "scope_id": "SC-1"}
EARLY = START.replace(year=2025, month=12, day=1)
DUE = START.replace(year=2027, month=1, day=14)
LAPSED = START.replace(year=2028, month=1, day=15)


async def in_force(seeded: Seeded, at: datetime = START) -> Qualifying:
    """An agreement in force from the next day, 14 January 2025: review due 2027-01-14, hard stop 2028-01-14."""
    case = await a_qualification(seeded, at=at)
    await negotiated(case, effective_on=(at + timedelta(days=1)).date().isoformat())
    await signed(case)
    case.passes(days=1)
    await case.notes("agreement.effective")
    return case


async def review(seeded: Seeded, by: str = "ines", at: datetime = DUE, **changes: JsonValue) -> Qualifying:
    return await a_case(seeded, Process.AGREEMENT, {**REQUEST, **changes}, by=by, at=at)


async def watched(seeded: Seeded, day: date) -> WatchedAgreement | None:
    async with seeded.database.reading() as session:
        return await watched_agreement(session, "SC-1", day)


@pytest.mark.parametrize(("at", "following"), [(EARLY, "2027-12-01"), (DUE, "2028-01-14")])
async def test_an_agreement_that_stays_unchanged_is_reviewed_again_but_its_hard_stop_stays(
    seeded: Seeded, at: datetime, following: str
) -> None:
    await in_force(seeded)
    case = await review(seeded, at=at)
    prefill = await case.asks("review-agreement")
    assert prefill == {"qta_id": "QTA-1", "version": 1}
    task = await seeded.row(TaskRow, case.tasks["review-agreement"])
    assert (task.deadline["policy_key"], task.due_at and task.due_at.date()) == ("qta.review", date(2027, 1, 14))
    await case.answers("ines", "review-agreement", prefill)
    approved = await case.does("hana", "approve-review")
    assert approved.effect == {"qta_id": "QTA-1", "version": 1, "review_due": following}
    assert await watched(seeded, at.date()) == WatchedAgreement(
        qta_id="QTA-1",
        version=1,
        review_due=date.fromisoformat(following),
        lapses_on=date(2028, 1, 14),
        review_open=True,
    )
    assert not (await case.row()).shared
    await case.closes("UNCHANGED")
    for day, left_until_it_lapses in ((at.date(), following == "2028-01-14"), (date(2028, 1, 14), False)):
        closed = await watched(seeded, day)
        assert closed is not None
        assert closed.review_open is left_until_it_lapses
    later = await watched(seeded, date(2029, 1, 1))
    assert later is not None
    assert not later.review_open
    await is_rebuilt_identically(seeded.database, "agreements")


@on_one_database
async def test_the_next_review_counts_from_the_day_of_the_review_and_not_of_its_approval(seeded: Seeded) -> None:
    await in_force(seeded)
    case = await review(seeded, at=EARLY)
    await case.does("priya", "review-agreement")
    case.passes(days=9)
    assert (await case.does("hana", "approve-review")).effect["review_due"] == "2027-12-01"


@on_one_database
async def test_a_review_that_is_sent_back_changes_nothing(seeded: Seeded) -> None:
    await in_force(seeded)
    case = await review(seeded)
    await case.does("ines", "review-agreement")
    stale = await case.asks("approve-review")
    assert (await case.answers("hana", "approve-review", stale, approve=False)).effect == {
        "qta_id": "QTA-1",
        "version": 1,
    }
    assert (await versions(seeded))[0].review_due == date(2027, 1, 14)
    await case.does("ines", "review-agreement", rationale="Looked at again.")
    await case.asks("approve-review")
    assert (await refused(case.answers("hana", "approve-review", stale))).code is Code.VERSION_STALE


@on_one_database
async def test_who_reviewed_does_not_approve(seeded: Seeded) -> None:
    await in_force(seeded)
    roles: dict[str, Any] = {"set": {"roles": ["HEAD_QA", "QA_APPROVER"]}, "reason": "Stands in"}
    await seeded.write("person.changed", seeded.result.person("hana"), roles)
    case = await review(seeded)
    await case.does("hana", "review-agreement")
    refusal = await refused(case.does("hana", "approve-review"))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")


@on_one_database
async def test_what_has_lapsed_is_amended_and_drafted_from_its_last_text(seeded: Seeded) -> None:
    qualification = await in_force(seeded)
    await qualification.closes("APPROVED")
    case = await review(seeded, at=LAPSED)
    refusal = await refused(case.does("ines", "review-agreement"))
    assert (refusal.rule, set(refusal.fields)) == ("qta.hard_stop", {"verdict"})
    await case.does("ines", "review-agreement", verdict="AMEND")
    terms = (await case.asks("draft-agreement"))["terms"]
    assert (terms["products"], terms["effective_on"]) == (["ARL-204"], "2028-01-15")


async def test_an_amended_agreement_supersedes_the_old_one_on_its_first_day(seeded: Seeded) -> None:
    qualification = await in_force(seeded)
    await qualification.closes("APPROVED")
    case = await review(seeded)
    await case.does("ines", "review-agreement", verdict="AMEND", rationale="A product was added.")
    case.passes(days=1)
    await negotiated(case, effective_on="2027-01-20")
    assert (await case.row()).shared
    await signed(case)
    assert [row.status for row in await versions(seeded)] == ["EFFECTIVE", "AGREED"]
    case.passes(days=5)
    await case.notes("agreement.effective")
    old, new = await versions(seeded)
    assert (old.status, new.status, new.qta_id, new.version) == ("SUPERSEDED", "EFFECTIVE", "QTA-1", 2)
    assert (new.case_id, new.review_due, new.lapses_on) == (case.case_id, date(2029, 1, 20), date(2030, 1, 20))
    before, after = [await watched(seeded, day) for day in (date(2027, 1, 19), date(2027, 1, 20))]
    assert [each.version for each in (before, after) if each] == [1, 2]
    await is_rebuilt_identically(seeded.database, "agreements")


@on_one_database
async def test_a_version_that_is_not_in_force_is_not_reviewed(seeded: Seeded) -> None:
    await in_force(seeded)
    case = await review(seeded)
    assert (await refused(case.does("ines", "review-agreement", version=2))).code is Code.VERSION_STALE


@on_one_database
async def test_one_case_at_a_time_drafts_an_agreement(seeded: Seeded) -> None:
    qualification = await in_force(seeded)
    case = await review(seeded)
    await case.does("ines", "review-agreement", verdict="AMEND")
    await case.does("ines", "draft-agreement")
    qualification.at = case.at
    assert (await refused(qualification.does("ines", "draft-agreement"))).code is Code.CONFLICT
    await case.closes("WITHDRAWN")
    del qualification.tasks["draft-agreement"]
    await qualification.does("ines", "draft-agreement")


@on_one_database
async def test_one_case_at_a_time_reviews_an_agreement(seeded: Seeded) -> None:
    await in_force(seeded)
    case = await review(seeded)
    line = StartCase(process=Process.AGREEMENT, form=REQUEST)
    again = Entry(stream="", command_id="again", at=DUE, actor=await seeded.actor("priya"), lines=(line,))
    assert (await seeded.journal.write(again)).started == (case.case_id,)


@on_one_database
async def test_only_the_sponsors_quality_people_review_what_has_been_in_force(seeded: Seeded) -> None:
    await in_force(seeded)
    attempts: list[tuple[str, dict[str, Any], Code]] = [
        ("ines", {"site_id": "OB-01", "scope_id": "SC-2"}, Code.RULE_BROKEN),
        ("ines", {"scope_id": "SC-2"}, Code.RULE_BROKEN),
        ("ines", {"site_id": "XX-01"}, Code.NOT_FOUND),
        ("vito", {}, Code.WRONG_ROLE),
        ("paul", {}, Code.WRONG_ROLE),
    ]
    for by, changes, code in attempts:
        assert (await refused(review(seeded, by=by, **changes))).code is code, (by, changes)


@on_one_database
async def test_a_review_shows_what_is_reviewed_and_then_what_is_drafted(seeded: Seeded) -> None:
    qualification = await in_force(seeded)
    await qualification.closes("APPROVED")
    case = await review(seeded)

    async def shown() -> tuple[int, str]:
        async with seeded.database.reading() as session:
            row = await session.get_one(CaseRow, case.case_id)
            view = await agreement_of_review(Reading(session, await seeded.actor("ines"), DUE), row)
        return view.version, view.status.value

    assert await shown() == (1, "EFFECTIVE")
    await case.does("ines", "review-agreement", verdict="AMEND")
    await case.does("ines", "draft-agreement")
    assert await shown() == (2, "DRAFT")
