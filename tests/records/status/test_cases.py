"""Status cases beside what the program and other cases state of the same scope."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.asl.asl import AslStatus, SuspensionScope, stream_of
from domain.asl.request import StatusReason
from domain.core.case import Subject
from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.refusals import Code
from records.asl.statements import end_status, left_to_people, state
from records.asl.tables.listing import AslRow
from records.contexts import load
from records.core.policies import Policies
from records.core.reactions import establish
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.journal import OutboxRow
from records.core.writing import Writing
from records.site.tables import CertificateRow
from tests.records.databases import on_one_database
from tests.records.deciding import a_status_case, approved, evidenced, made, status, suspended
from tests.records.oversight.test_renewals import renewal, verified
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.scored import watched
from tests.records.seeded import START, Seeded
from tests.records.status.test_reinstatement import CONDITIONAL, reinstated

MARCH = datetime(2026, 3, 11, 9, tzinfo=UTC)
"""The day after the last day of the certificate of the worked scenario."""
RELEASE = SuspensionScope.NEW_ORDERS_AND_RELEASE


async def evaluated(oversight: Qualifying, at: datetime) -> list[str]:
    """What the oversight does at an instant."""
    oversight.at = at
    return [str(each) for each in (await oversight.notes("site.looked")).effect["done"]]  # type: ignore[union-attr]


async def lapsed(seeded: Seeded, **dates: str) -> tuple[Qualifying, Qualifying]:
    """New orders are suspended because a certificate has ended: the oversight, and the case that leads out."""
    await verified(seeded)
    oversight = await watched(seeded, next_audit_due="2026-12-01", last_audit_day="2025-12-01", **dates)
    (case_id,) = [each for each in await evaluated(oversight, MARCH) if each.startswith("STA-")]
    return oversight, Qualifying(seeded, case_id, MARCH, Process.STATUS)


async def certified_to(seeded: Seeded, day: date) -> None:
    async with seeded.database.writing() as session:
        (await session.get_one(CertificateRow, "CERT-1")).valid_to = day


async def compared(case: Qualifying) -> bool:
    return bool((await case.notes("status.compared")).effect["replaced"])


async def open_cases(seeded: Seeded) -> list[str]:
    rows = [row for row in await seeded.rows(CaseRow) if row.process == Process.STATUS.value]
    return sorted(row.case_id for row in rows if row.closed_at is None)


async def criteria(case: Qualifying) -> None:
    day = (case.at.date() + timedelta(days=20)).isoformat()
    await case.does("hana", "review", exit_criteria=["It is valid."], next_review=day)
    await evidenced(case)


async def writes(seeded: Seeded, case: Qualifying, what: Any) -> None:
    """Something that is stated within an entry of a case."""
    entry = Entry(stream=case.case_id, command_id=f"states/{case.case_id}", at=case.at, lines=())
    async with seeded.database.writing() as session:
        writing = Writing(session, entry, load(), Policies(), await seeded.database.now(session), web="")
        await what(writing, await writing.case())
        session.add_all(writing.rows)


@on_one_database
async def test_an_approval_that_expires_overtakes_the_suspension_by_rule_before_it(seeded: Seeded) -> None:
    oversight, case = await lapsed(seeded, next_requal_due="2026-02-01")
    assert not await compared(case)
    await evaluated(oversight, datetime(2026, 4, 3, 9, tzinfo=UTC))
    case.at = oversight.at
    assert ((await status(seeded, at=case.at))[0], await compared(case)) == ("EXPIRED", True)
    await certified_to(seeded, date(2029, 1, 1))
    await criteria(case)
    assert set((await refused(case.answers("ines", "propose-reinstatement"))).fields) == {"requalification"}


@on_one_database
async def test_a_requalification_that_is_overdue_cannot_be_reinstated_around(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED, next_requal_due="2025-01-01")
    case = await suspended(seeded)
    await evidenced(case)
    await stands(seeded, AslStatus.SUSPENDED, next_requal_due="2025-01-01", decided_in=case.case_id)
    await case.answers("ines", "propose-reinstatement")
    case.passes(days=90)
    assert set((await refused(case.answers("ines", "propose-reinstatement"))).fields) == {"requalification"}


@on_one_database
async def test_a_second_suspension_by_rule_does_not_join_a_case_that_has_reinstated_the_first(seeded: Seeded) -> None:
    oversight, case = await lapsed(seeded)
    await certified_to(seeded, date(2026, 4, 1))
    await criteria(case)
    moved = {"conditional_to": "2026-06-20"}
    moved["conditions"] = [{**CONDITIONAL["conditions"][0], "due": "2026-04-20"}]  # type: ignore[assignment]
    await reinstated(case, **{**CONDITIONAL, **moved})
    done = await evaluated(oversight, datetime(2026, 4, 2, 9, tzinfo=UTC))
    second = Qualifying(seeded, "STA-2", oversight.at, Process.STATUS)
    case.at = oversight.at
    assert second.case_id in done
    assert (await compared(case), await compared(second)) == (True, False)


@on_one_database
@pytest.mark.parametrize("beside", ["a certificate", "people", None])
async def test_a_conditional_approval_ends_though_new_orders_were_suspended_before(
    seeded: Seeded, beside: str | None
) -> None:
    qualification = await verified(seeded)
    given = {"decided_in": qualification.case_id, "valid_to": "2026-04-30"}
    await stands(seeded, AslStatus.CONDITIONALLY_APPROVED, next_audit_due="2026-12-01", **given)
    if beside == "a certificate":
        line = StartCase(process=Process.OVERSIGHT, form={"site_id": "VM-02", "scope_id": "SC-1"})
        (case_id,) = (await seeded.journal.write(Entry(stream="", command_id="w", at=START, lines=(line,)))).started
        await evaluated(Qualifying(seeded, case_id, START, Process.OVERSIGHT), MARCH)
    if beside == "people":
        graver = {"suspension_scope": "FULL", "effective_from": START.isoformat(), "valid_to": "2026-04-30"}
        await stands(seeded, AslStatus.SUSPENDED, decided_in="STA-9", **graver)
    qualification.at = datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)
    expires = beside != "people"
    assert (await qualification.notes("qualification.approval_expired")).effect == {"expired": expires}
    assert (await status(seeded, at=qualification.at))[0] == ("EXPIRED" if expires else "SUSPENDED")
    reasons = {(await seeded.row(CaseRow, each)).order["request"]["reason_code"] for each in await open_cases(seeded)}
    assert ("CONDITIONAL_APPROVAL_ENDED" in reasons) is expires


@on_one_database
async def test_a_certificate_that_does_not_cover_the_activity_lifts_nothing(seeded: Seeded) -> None:
    _, case = await lapsed(seeded)
    again = await renewal(seeded, at=MARCH)
    await again.does("vito", "submit-certificate")
    await again.does("ines", "verify-certificate", activities_covered=[])
    await criteria(case)
    assert set((await refused(case.answers("ines", "propose-reinstatement"))).fields) == {"certificates"}


@on_one_database
async def test_a_wider_suspension_is_decided_on_anew_and_takes_the_place_of_the_one_in_force(seeded: Seeded) -> None:
    case = await suspended(seeded, scope="NEW_ORDERS")
    same = await a_status_case(seeded, "SUSPENSION", by="tom", proposed_scope="NEW_ORDERS")
    wider = await a_status_case(seeded, "SUSPENSION", by="tom", proposed_scope="FULL")
    assert (same.case_id, wider.case_id) == (case.case_id, "STA-2")
    assert (await compared(case), await compared(wider)) == (False, False)
    await wider.does("hana", "suspend")
    assert await status(seeded) == ("SUSPENDED", "FULL")
    assert (await compared(case), await compared(wider)) == (True, False)
    async with seeded.database.reading() as session:
        query = select(OutboxRow).where(col(OutboxRow.lane) == case.case_id, col(OutboxRow.kind) == "signal")
        assert [row.payload["subject"] for row in (await session.exec(query)).all()] == [Subject.CHANGED.value]
    await is_rebuilt_identically(seeded.database, "suspensions", "cases")


@on_one_database
async def test_who_decides_sees_the_widest_suspension_that_was_proposed(seeded: Seeded) -> None:
    case = await a_status_case(await approved(seeded), "SUSPENSION", proposed_scope="NEW_ORDERS")
    assert (await case.asks("suspend"))["scope"] == "NEW_ORDERS"
    for proposed, widest in (("FULL", "FULL"), ("NEW_ORDERS_AND_RELEASE", "FULL")):
        await a_status_case(seeded, "SUSPENSION", by="tom", proposed_scope=proposed)
        assert (await seeded.row(TaskRow, case.tasks["suspend"])).prefill["scope"] == widest
    assert (await case.asks("suspend"))["scope"] == "FULL"
    await is_rebuilt_identically(seeded.database, "tasks")


@on_one_database
async def test_nothing_is_suspended_before_the_status_in_force_has_begun(seeded: Seeded) -> None:
    case = await a_status_case(await approved(seeded), "SUSPENSION")
    begun = (await seeded.rows(AslRow))[-1].effective_from
    early = (begun - timedelta(seconds=1)).isoformat()
    assert set((await refused(case.does("hana", "suspend", effective_at=early))).fields) == {"effective_at"}
    await case.does("hana", "suspend", effective_at=begun.isoformat())


async def mails(seeded: Seeded, user: str) -> list[str]:
    """Subjects and texts of the mails about a status."""
    async with seeded.database.reading() as session:
        query = select(OutboxRow).where(col(OutboxRow.lane) == f"mail:{seeded.result.person(user)}")
        rows = (await session.exec(query.order_by(col(OutboxRow.outbox_id)))).all()
    return [f"{row.payload['text']}" for row in rows if "status of VM-02" in row.payload["subject"]]


@on_one_database
async def test_the_site_is_told_its_status_once_without_grounds(seeded: Seeded) -> None:
    oversight, _ = await lapsed(seeded)
    for user in ("vito", "uta"):
        (text,) = await mails(seeded, user)
        assert text == f"The status of VM-02 for SC-1 is SUSPENDED (NEW_ORDERS) from {MARCH.isoformat()} on."
    assert (await mails(seeded, "wen"), await mails(seeded, "olga")) == ([], [])
    audit = await a_case(seeded, Process.AUDIT, {**seeded.result.audit_request, "scope_ids": ["SC-1"]}, by="ines")
    audit.at = oversight.at
    await audit.does("hana", "decide-suspension", scope="FULL")
    assert ["(FULL)" in text for text in await mails(seeded, "vito")] == [False, True]


@on_one_database
async def test_a_rejection_of_a_site_in_use_has_its_case(seeded: Seeded) -> None:
    await made(await approved(seeded), "BAT-91")
    case = await a_qualification(seeded, by="ines")

    async def rejects(writing: Writing, row: CaseRow) -> None:
        await end_status(writing, row, "The answers are not plausible.", ["PER-1"])

    await writes(seeded, case, rejects)
    assert await status(seeded) == ("SUSPENDED", RELEASE.value)
    (row,) = [await seeded.row(CaseRow, case_id) for case_id in await open_cases(seeded)]
    request = row.order["request"]
    assert (request["reason_code"], request["source"]) == ("QUALIFICATION_REJECTED", case.case_id)
    assert not await compared(Qualifying(seeded, row.case_id, case.at, Process.STATUS))


@on_one_database
async def test_the_case_of_an_expired_approval_ends_with_the_requalification_and_not_before(seeded: Seeded) -> None:
    await approved(seeded)
    case = await a_qualification(seeded, by="ines")

    async def expires(writing: Writing, row: CaseRow) -> None:
        why = "The grace period is over."
        await state(writing, row, AslStatus.EXPIRED, reason_code="REQUALIFICATION_OVERDUE", reason=why)
        await establish(writing, left_to_people(row, StatusReason.REQUALIFICATION_OVERDUE, why))

    await writes(seeded, case, expires)
    following = Qualifying(seeded, "STA-1", case.at, Process.STATUS)
    await following.does("hana", "review", exit_criteria=["The site is qualified again."])
    assert (await refused(following.answers("ines", "propose-reinstatement"))).code is Code.GATE_CLOSED
    assert not await compared(following)
    await stands(seeded, AslStatus.APPROVED, effective_from=START.isoformat())
    assert await compared(following)


@on_one_database
@pytest.mark.parametrize("kind", ["RETIREMENT", "DISQUALIFICATION"])
async def test_routine_cases_of_a_site_that_is_not_used_any_more_are_withdrawn(seeded: Seeded, kind: str) -> None:
    await verified(seeded)
    await approved(seeded)
    reviewed = {"cause": "OTHER", "site_id": "VM-02", "scope_id": "SC-1", "reason": "More volume."}
    routine = {(await renewal(seeded, at=START)).case_id}
    routine.add((await a_case(seeded, Process.RISK, reviewed, by="ines")).case_id)
    case = await a_status_case(seeded, kind)
    if kind == "RETIREMENT":
        await case.does("priya", "retire")
    else:
        await case.does("hana", "disqualify")
        await case.does("erik", "consent")
    async with seeded.database.reading() as session:
        rows = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "signal"))).all()
    told = {row.lane: row.payload["sender"] for row in rows if row.payload["subject"] == Subject.WITHDRAWN.value}
    assert told == dict.fromkeys(routine, stream_of("SC-1"))
