"""A suspension in the records: one transaction with its holds, its proposals, and what it leads to."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from domain.asl.asl import AslStatus
from domain.batch.holds.holds import HoldType
from domain.core.entry import Answer, Entry
from domain.core.forms import Process
from domain.core.people import SYSTEM
from domain.core.refusals import Code
from domain.status.suspension import SuspensionOrder
from records.asl.statements import state
from records.asl.tables.listing import AslRow
from records.batch.queries.holds import Wanted, holds
from records.batch.tables.decisions import HoldRow
from records.contexts import load
from records.core.policies import Policies
from records.core.tables.cases import CaseRow
from records.core.tables.journal import OutboxRow
from records.core.writing import Writing
from records.status.queries.asl import approved_suppliers
from records.status.tables import SuspensionRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.deciding import a_status_case, approved, made, status, suspended
from tests.records.qualifying import a_case, a_qualification, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

BATCHES = {"BAT-91": "OPEN", "BAT-92": "OPEN", "BAT-93": "OPEN", "BAT-94": "CERTIFIED", "BAT-95": "CLOSED"}


async def with_batches(seeded: Seeded) -> Seeded:
    for batch_id, stands_at in BATCHES.items():
        await made(seeded, batch_id, stands_at)
    return seeded


async def test_a_suspension_holds_every_open_batch_in_its_own_transaction(seeded: Seeded) -> None:
    case = await suspended(await with_batches(seeded))
    assert not (await case.row()).shared
    (order,) = await seeded.events(case.case_id, "status.suspend")
    held = await seeded.rows(HoldRow)
    assert [(hold.batch_id, hold.type, hold.placed_in) for hold in held] == [
        (batch, "SUPPLIER_STATUS", case.case_id) for batch in ("BAT-91", "BAT-92", "BAT-93")
    ]
    (placed,) = await seeded.events("BAT-91", "batch.held")
    (demanded,) = await seeded.events("BAT-94", "batch.review_demanded")
    _, stated = await seeded.events("ASL-SC-1")
    assert {event.command_id for event in (order, placed, demanded, stated)} == {order.command_id}
    assert order.payload["effect"] == {
        "held": ["BAT-91", "BAT-92", "BAT-93"],
        "certified": ["BAT-94"],
        "review_on": (START + timedelta(days=30)).date().isoformat(),
    }
    row = await seeded.row(SuspensionRow, case.case_id)
    assert (row.affected_batches, row.lifted_at) == (["BAT-91", "BAT-92", "BAT-93", "BAT-94"], None)
    await is_rebuilt_identically(seeded.database, "suspensions", "holds", "asl")


async def test_a_hold_that_fails_takes_the_suspension_back(seeded: Seeded) -> None:
    case = await a_status_case(await approved(await with_batches(seeded)), "SUSPENSION")
    # Another row has the id that the second hold will get: the database refuses it.
    async with seeded.database.writing() as session:
        session.add(
            HoldRow(
                hold_id="HOLD-2", batch_id="BAT-0", type="MANUAL", reason="Other", placed_by="SYSTEM", placed_in="X",
                placed_at=START,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        await case.does("hana", "suspend")
    assert await status(seeded) == ("APPROVED", None)
    assert [hold.hold_id for hold in await seeded.rows(HoldRow)] == ["HOLD-2"]
    assert await seeded.rows(SuspensionRow) == []
    assert await seeded.events(case.case_id, "status.suspend") == []


@on_one_database
async def test_two_scopes_are_independent_and_a_stop_of_new_orders_holds_nothing(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED, scope_id="SC-2", site_id="OB-01")
    await made(seeded, "BAT-96", scope_id="SC-2")
    await made(seeded, "BAT-91")
    case = await suspended(seeded, scope="NEW_ORDERS")
    assert await seeded.rows(HoldRow) == []
    await case.does("hana", "review", scope="FULL")
    assert [hold.batch_id for hold in await seeded.rows(HoldRow)] == ["BAT-91"]
    assert (await status(seeded), await status(seeded, "SC-2")) == (("SUSPENDED", "FULL"), ("APPROVED", None))
    assert (await seeded.row(SuspensionRow, case.case_id)).scope == "FULL"
    await is_rebuilt_identically(seeded.database, "suspensions")


async def test_a_suspension_that_looks_back_is_known_only_since_it_was_decided(seeded: Seeded) -> None:
    since = START - timedelta(days=10)
    await suspended(seeded, effective_at=since.isoformat())
    hana, known = await seeded.actor("hana"), (await seeded.rows(AslRow))[-1].recorded_at
    async with seeded.database.reading() as session:
        for as_of, known_at, expected in (
            (START, None, "SUSPENDED"),
            (since, None, "SUSPENDED"),
            (since - timedelta(seconds=1), None, "APPROVED"),
            (START, known - timedelta(microseconds=1), "APPROVED"),
        ):
            page = await approved_suppliers(session, hana, as_of=as_of, known_at=known_at, limit=50)
            assert [line.status.value for line in page.items] == [expected]


@on_one_database
@pytest.mark.parametrize(
    ("kind", "stood", "changes", "code"),
    [
        ("SUSPENSION", "SUSPENDED", {"proposed_scope": "NEW_ORDERS"}, Code.NOT_OPEN),
        ("SUSPENSION", "EXPIRED", {}, Code.NOT_OPEN),
        ("PROBATION", "PROBATION", {}, Code.NOT_OPEN),
        ("DISQUALIFICATION", "DISQUALIFIED", {}, Code.NOT_OPEN),
        ("SUSPENSION", "APPROVED", {"in_force": True}, Code.RULE_BROKEN),
        ("SUSPENSION", "APPROVED", {"scope_id": "SC-2"}, Code.RULE_BROKEN),
        ("SUSPENSION", "APPROVED", {"source": "AUD-99"}, Code.RULE_BROKEN),
        ("SUSPENSION", "APPROVED", {"site_id": "XX-99"}, Code.NOT_FOUND),
    ],
)
async def test_a_proposal_fits_the_list(
    seeded: Seeded, kind: str, stood: str, changes: dict[str, Any], code: Code
) -> None:
    await stands(seeded, AslStatus(stood))
    assert (await refused(a_status_case(seeded, kind, **changes))).code is code


@on_one_database
async def test_a_second_proposal_joins_the_open_case_and_who_may_not_propose_is_refused(seeded: Seeded) -> None:
    first = await a_status_case(await approved(seeded), "SUSPENSION")
    again = await a_status_case(seeded, "SUSPENSION", by="quentin", proposed_scope="FULL")
    other = await a_status_case(seeded, "PROBATION", by="tom")
    assert (again.case_id, other.case_id) == (first.case_id, "STA-2")
    (merged,) = await seeded.events(first.case_id, "status.merged")
    assert merged.payload["requested_by"] == seeded.result.person("quentin")
    assert merged.payload["form"]["proposed_scope"] == "FULL"  # type: ignore[index, call-overload]
    for user, code in (("paul", Code.WRONG_ROLE), ("vito", Code.WRONG_ROLE)):
        assert (await refused(a_status_case(seeded, "DISQUALIFICATION", by=user))).code is code
    await stands(seeded, AslStatus.APPROVED, scope_id="SC-2", site_id="OB-01")
    refusal = await refused(a_status_case(seeded, "RETIREMENT", by="hana", scope_id="SC-2", site_id="OB-01"))
    assert list(refusal.fields) == ["kind"]


@on_one_database
async def test_the_program_proposes_and_never_answers(seeded: Seeded) -> None:
    case = await a_status_case(await approved(seeded), "SUSPENSION")
    prefill = await case.asks("suspend")
    form = filled(SuspensionOrder, prefill).model_dump(mode="json")
    line = Answer(action="suspend", form=form, task_id=case.tasks["suspend"])
    assert (await refused(case.writes(line, by=SYSTEM))).code is Code.NOT_SIGNED_IN
    assert (await refused(case.answers("quentin", "suspend", prefill))).code is Code.WRONG_ROLE
    assert await status(seeded) == ("APPROVED", None)


@on_one_database
async def test_the_decision_of_an_audit_suspends_its_scopes_and_opens_their_cases(seeded: Seeded) -> None:
    await approved(await with_batches(seeded))
    audit = await a_case(
        seeded,
        Process.AUDIT,
        {**seeded.result.audit_request, "scope_ids": ["SC-1"]},
        by="ines",
    )
    written = await audit.does("hana", "decide-suspension", scope="NEW_ORDERS")
    assert written.effect == {"suspended": {"SC-1": "STA-1"}}
    assert (await status(seeded), await seeded.rows(HoldRow)) == (("SUSPENDED", "NEW_ORDERS"), [])
    case = await seeded.row(CaseRow, "STA-1")
    assert (case.kind, case.requested_by, case.order["request"]["source"]) == ("SUSPENSION", "SYSTEM", audit.case_id)
    assert (await seeded.row(SuspensionRow, "STA-1")).affected_batches == ["BAT-91", "BAT-92", "BAT-93", "BAT-94"]
    again = await audit.does("hana", "decide-suspension", scope="FULL")  # reaches further, in the same case
    assert again.effect == {"suspended": {"SC-1": "STA-1"}}
    assert ((await status(seeded))[1], (await seeded.row(SuspensionRow, "STA-1")).scope) == ("FULL", "FULL")
    assert len(await seeded.rows(HoldRow)) == 3
    assert (await audit.does("hana", "decide-suspension", scope="NEW_ORDERS")).effect == {"suspended": {}}
    assert (await audit.does("hana", "decide-suspension", suspend=False, scope=None)).effect == {}
    await is_rebuilt_identically(seeded.database, "suspensions", "holds")


@on_one_database
async def test_of_a_scope_that_is_not_on_the_list_an_audit_states_nothing(seeded: Seeded) -> None:
    audit = await a_case(seeded, Process.AUDIT, dict(seeded.result.audit_request), by="ines")
    assert (await audit.does("hana", "decide-suspension")).effect == {"suspended": {}}
    assert await seeded.rows(AslRow) == []


@on_one_database
async def test_another_decision_is_told_to_the_case_that_it_overtakes_and_to_no_other(seeded: Seeded) -> None:
    case = await suspended(seeded)
    qualification = await a_qualification(seeded)
    ending = await a_status_case(seeded, "DISQUALIFICATION")
    await ending.does("hana", "disqualify")
    await ending.does("erik", "consent")
    async with seeded.database.reading() as session:
        signals = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "signal"))).all()
    told = {row.lane: row.payload["sender"] for row in signals if row.lane.startswith("STA-")}
    assert told == {case.case_id: "ASL-SC-1"}
    assert qualification.case_id not in {row.lane for row in signals}
    row = await seeded.row(SuspensionRow, case.case_id)
    assert (row.lifted_at, row.lifted_in) == (ending.at, ending.case_id)
    assert (await case.notes("status.compared")).effect == {"replaced": True, "again_at": None}
    assert (await ending.notes("status.compared")).effect == {"replaced": False, "again_at": None}


@on_one_database
async def test_a_status_that_is_stated_ahead_takes_the_place_of_another_when_it_takes_effect(seeded: Seeded) -> None:
    case, ahead = await suspended(seeded), START + timedelta(days=2)
    qualification = await a_qualification(seeded)
    entry = Entry(stream=qualification.case_id, command_id="decides", at=START, lines=())
    async with seeded.database.writing() as session:
        writing = Writing(session, entry, load(), Policies(), START, web="")
        decided = {"reason_code": "QUALIFICATION", "reason": "Decided.", "effective_from": ahead}
        await state(writing, await writing.case(), AslStatus.APPROVED, **decided)  # type: ignore[arg-type]
    async with seeded.database.reading() as session:
        rows = (await session.exec(select(OutboxRow).where(col(OutboxRow.lane) == case.case_id))).all()
    assert [row.payload["sender"] for row in rows if row.kind == "signal"] == ["ASL-SC-1"]
    assert (await case.notes("status.compared")).effect == {"replaced": False, "again_at": ahead.isoformat()}
    case.at = ahead
    assert (await case.notes("status.compared")).effect == {"replaced": True, "again_at": None}


@on_one_database
async def test_holds_are_listed_for_the_sponsor_alone(seeded: Seeded) -> None:
    await suspended(await with_batches(seeded))
    seen: list[str] = []
    cursor = None
    async with seeded.database.reading() as session:
        quentin, vito = await seeded.actor("quentin"), await seeded.actor("vito")
        while True:
            page = await holds(session, quentin, Wanted(scope="SC-1", still_open=True), cursor=cursor, limit=2)
            seen += [hold.batch_id for hold in page.items]
            if (cursor := page.next) is None:
                break
        assert seen == ["BAT-93", "BAT-92", "BAT-91"]
        for wanted, found in (
            (Wanted(scope="SC-2"), 0),
            (Wanted(still_open=False), 0),
            (Wanted(type=HoldType.OOS), 0),
            (Wanted(batch="BAT-91"), 1),
            (Wanted(market="EU"), 3),
        ):
            assert len((await holds(session, quentin, wanted, cursor=None, limit=9)).items) == found
        assert (await refused(holds(session, vito, Wanted(), cursor=None, limit=9))).code is Code.WRONG_ORGANISATION
        refusal = await refused(holds(session, quentin, Wanted(scope="SC-99"), cursor=None, limit=9))
        assert (refusal.code, set(refusal.fields)) == (Code.NOT_FOUND, {"scope"})
        for wrong in ("none", "WyJ4Il0"):
            assert (await refused(holds(session, quentin, Wanted(), cursor=wrong, limit=9))).code is Code.FORM_INVALID
