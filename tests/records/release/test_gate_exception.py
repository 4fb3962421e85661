"""Exceptions of gates and corrections of rejections in the records."""

from datetime import timedelta
from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.core.refusals import Code
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.cases import CaseRow
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import DelegationRow
from records.release.gate_exceptions import exceptions_of
from records.release.tables import GateExceptionRow
from tests.records.appointing import ends
from tests.records.databases import on_one_database
from tests.records.making import ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.releasing import decided
from tests.records.seeded import START, Seeded

LETTER = {"document_id": "DOC-1", "sha256": "0" * 64}


async def requests(batch: Qualifying, **changes: Any) -> dict[str, Any]:
    """Hana asks for an exception; returns what the signatures start from."""
    written = await batch.does("hana", "request-exception", authority_letter=LETTER, **changes)
    read = {"version": written.record_version, "sha256": written.record_hash}
    found: Any = written.effect["reasons"]
    seen = "\n".join(each["words"] for each in found)
    return {"exception_id": written.effect["exception_id"], "request": read, "reasons_seen": seen}


async def test_an_exception_counts_once_three_people_have_signed(seeded: Seeded) -> None:
    await ready(seeded)
    batch, other = await registered(seeded), await registered(seeded)
    read = await requests(batch)
    assert (await refused(requests(batch))).code is Code.CONFLICT
    assert list((await refused(requests(batch, market="JP"))).fields) == ["market"]
    regulatory = "sign-exception-regulatory"
    assert (await refused(batch.answers("rosa", regulatory, read))).code is Code.NOT_OPEN  # the qualified person first
    stale = {**read, "request": {"version": 2, "sha256": "1" * 64}}
    assert (await refused(batch.answers("quentin", "sign-exception", stale))).code is Code.VERSION_STALE
    assert (await refused(other.answers("quentin", "sign-exception", read))).fields == {"exception_id": "unknown"}
    unread = {**read, "reasons_seen": "All is well."}
    assert (await refused(batch.answers("quentin", "sign-exception", unread))).fields.keys() == {"reasons_seen"}
    await batch.answers("quentin", "sign-exception", read)
    async with seeded.database.reading() as session:
        assert await exceptions_of(session, batch.case_id) == ()
    await batch.answers("rosa", regulatory, read)
    async with seeded.database.reading() as session:
        (granted,) = await exceptions_of(session, batch.case_id)
        assert await exceptions_of(session, other.case_id) == ()
    assert (granted.gate, granted.market, granted.authority_letter) == (Gate.G3, "EU", "DOC-1")
    assert granted.reasons is not None
    assert [each.words for each in granted.reasons] == [read["reasons_seen"]]
    assert read["reasons_seen"].startswith("no valid certificate of manufacture of the dosage form at Plant 2 (VM-02)")
    assert list((await refused(requests(batch))).fields) == ["gate"]  # nothing is left to excuse
    assert (await refused(batch.answers("rosa", regulatory, read))).code is Code.NOT_OPEN
    await are_rebuilt_identically(seeded.database, "gate_exceptions")
    await ends(seeded, "APT-1", at=batch.at)
    async with seeded.database.reading() as session:
        (void,) = await exceptions_of(session, batch.case_id)
    assert (granted.under_none, void.under_none) == (None, "APT-1")
    assert (await requests(batch))["exception_id"] == "EXC-2"  # asked anew


@on_one_database
async def test_nobody_signs_an_exception_twice_for_another(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await registered(seeded)
    read = await requests(batch)
    await delegates(seeded, "quentin", "hana", "QP")
    assert (
        await refused(batch.answers("hana", "sign-exception", read, on_behalf_of="quentin"))
    ).code == "personal_duty"
    refusal = await refused(batch.answers("hana", "sign-exception", read, on_behalf_of="quentin", approve=False))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
    await batch.answers("quentin", "sign-exception", read, approve=False)
    async with seeded.database.reading() as session:
        assert await exceptions_of(session, batch.case_id) == ()
    (declined,) = await seeded.rows(GateExceptionRow)
    assert declined.declined_by == seeded.result.person("quentin")
    assert (await requests(batch))["exception_id"] == "EXC-2"  # asked anew


async def delegates(seeded: Seeded, giver: str, taker: str, role: str) -> None:
    """Whoever acts for another counts as both (S11)."""
    day = START.date()
    async with seeded.database.writing() as session:
        session.add(
            DelegationRow(
                delegation_id="DEL-1", delegator=seeded.result.person(giver), delegate=seeded.result.person(taker),
                roles=[role], valid_from=day, valid_to=day + timedelta(days=9), accepted=True,
            )
        )  # fmt: skip


async def rejected(seeded: Seeded, number: str, by: str = "quentin") -> Qualifying:
    """A batch that is rejected for all markets, after an event by somebody, and whose case is closed."""
    batch = await registered(seeded, number=number)
    written = await batch.notes("attempt.refused", by=by)
    await decided(seeded, batch.case_id, by=by, EU="REJECT", US="REJECT")
    async with seeded.database.writing() as session:
        for market in ("EU", "US"):
            (await session.get_one(BatchMarketRow, (batch.case_id, market))).event_number = written.numbers[0]
    await batch.closes("REJECTED")
    return batch


def correcting(batch: Qualifying, number: str) -> dict[str, Any]:
    return {"number": number, "parents": [{"batch_id": batch.case_id, "relation": "CORRECTION"}]}


async def test_a_wrong_rejection_is_corrected_by_two_others_in_a_new_record(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await rejected(seeded, "B-7", by="priya")
    again = await registered(seeded, **correcting(batch, "B-7"))
    assert (await refused(registered(seeded, **correcting(batch, "B-7")))).code is Code.CONFLICT
    opened = (await again.notes("batch.correction_opened")).effect
    assert opened == {"batch_id": batch.case_id, "rejecters": [seeded.result.person("priya")]}
    early = {"confirmation": {"version": 1, "sha256": "0" * 64}}
    assert (await refused(again.answers("quentin", "countersign-correction", early))).code is Code.NOT_OPEN
    await again.does("hana", "confirm-correction", evidence=[LETTER])
    written = await again.does("quentin", "countersign-correction")
    nothing: dict[str, list[str]] = {"deviations": [], "results": []}
    assert written.effect.pop("appointments")
    assert written.effect == {"corrects": batch.case_id, "corrected": True, "unfinished": nothing}
    (told,) = await seeded.events(batch.case_id, "batch.rejection_corrected")
    assert told.payload["corrected_by"] == again.case_id
    assert (await seeded.row(CaseRow, batch.case_id)).stage == "REJECTED"  # it stays
    mails = [row.payload for row in await seeded.rows(OutboxRow) if row.kind == "mail"]
    reported = {mail["person"] for mail in mails if "was wrong" in mail["subject"]}
    assert reported == {seeded.result.person("hana"), seeded.result.person("erik")}


@on_one_database
@pytest.mark.parametrize("rejecter", ["hana", "quentin"])
async def test_who_has_rejected_a_batch_does_not_correct_that(seeded: Seeded, rejecter: str) -> None:
    await ready(seeded)
    again = await registered(seeded, **correcting(await rejected(seeded, "B-7", by=rejecter), "B-7"))
    if rejecter == "hana":
        refusal = await refused(again.does("hana", "confirm-correction", evidence=[LETTER]))
    else:
        await again.does("hana", "confirm-correction", evidence=[LETTER])
        refusal = await refused(again.does("quentin", "countersign-correction"))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")


@on_one_database
async def test_a_correction_that_is_turned_down_leaves_the_rejection_and_may_be_asked_anew(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await rejected(seeded, "B-7", by="priya")
    again = await registered(seeded, **correcting(batch, "B-7"))
    await again.does("hana", "confirm-correction", evidence=[LETTER], confirm=False)
    assert (await refused(again.does("quentin", "countersign-correction"))).code is Code.NOT_OPEN
    await again.closes("CANCELLED")
    assert await seeded.events(batch.case_id, "batch.rejection_corrected") == []
    await registered(seeded, **correcting(batch, "B-7"))
    plain = await registered(seeded)
    assert (await refused(plain.notes("batch.correction_opened"))).code is Code.NOT_OPEN
