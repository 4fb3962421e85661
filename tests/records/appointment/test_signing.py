"""Every personal duty of the program is signed under an appointment, read in the transaction that signs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from domain.core.forms import Form, Process
from domain.core.refusals import Code, Refused
from domain.processes import FORMS
from domain.release.evidence import BatchEvidence
from domain.release.gate_exception import ExceptionSignature
from records.appointment.queries import one_appointment
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.core.policies import Policies
from records.core.tables.cases import CaseRow
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import PersonRoleRow, PersonRow
from records.release.gate_evidence import evidence_of
from records.release.queries.certifications import one_certification
from records.release.tables import GateExceptionRow
from tests.domain.core.test_personal_duties import _SAYS_NO, _SAYS_YES
from tests.records.appointing import LICENCE, appointed, ends
from tests.records.authorising import SINCE, authorises
from tests.records.certifying import a_certificate, decides, fit, reviewed, sold_in
from tests.records.databases import on_one_database
from tests.records.declaring import an_audit, declares
from tests.records.known import known
from tests.records.making import batch_of, registered
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.scored import watched
from tests.records.seeded import START, Seeded
from tests.records.stopping import stops

pytestmark = on_one_database
PERSONAL = [form for form in FORMS if form.action.in_person]
_AS: dict[str, tuple[str, str]] = {
    "approve": ("QCU_RELEASER", "QCU"),
    "approve-further": ("QCU_RELEASER", "QCU"),
    "release-for-processing": ("QCU_RELEASER", "PROCESSING"),
    "release-further": ("QCU_RELEASER", "PROCESSING"),
    "confirm-manufacture": ("CDMO_QP", "CONFIRMATION"),
    "confirm-further": ("CDMO_QP", "CONFIRMATION"),
    "release-to-market": ("FVP", "MARKET"),
    "release-further-to-market": ("FVP", "MARKET"),
}
"""In which role it is signed, where a market is decided under which rule; else as a qualified person."""


async def a_case_for(seeded: Seeded, form: type[Form]) -> tuple[Qualifying, str, dict[str, Any]]:
    """A case in which it may be said, by whom, and what is said: the person holds the role and is named nowhere."""
    role, rule = _AS.get(form.action.name, ("QP", "QP"))
    user = "vito" if role == "CDMO_QP" else "erik"
    await known(seeded, "BAT-1", "B-1")
    process = Process.BATCH if form.action.belongs_to(Process.BATCH) else Process.STATUS
    async with seeded.database.writing() as session:
        for market in ("EU", "US"):
            row = BatchMarketRow(batch_id="BAT-1", market=market, rule=rule)
            row.deciders = ["FVP"] if rule == "MARKET" else None
            row.decision = "RELEASE" if form.action.name in ("review-release", "assess-impact") else None
            await session.merge(row)
        person_id = seeded.result.person(user)
        session.add(PersonRoleRow(person_id=person_id, role=role, site_id="VM-02" if user == "vito" else ""))
        (await session.get_one(PersonRow, person_id)).roles = [role]
        case = (await session.get_one(CaseRow, "BAT-1")).model_dump()
        if process is Process.STATUS:
            session.add(CaseRow(**{**case, "case_id": "STA-1", "process": process.value, "number": 99}))
    case_id = "BAT-1" if process is Process.BATCH else "STA-1"
    given = {"market": "EU"} if "market" in form.model_fields else {}
    return Qualifying(seeded, case_id, START, process), user, {**given, **_SAYS_YES.get(form.action.name, {})}


async def outcome(case: Qualifying, user: str, action: str, given: dict[str, Any]) -> Code | None:
    """The code with which it is refused, if it is."""
    try:
        await case.answers(user, action, given)
    except Refused as error:
        return error.refusal.code
    return None


@pytest.mark.parametrize("form", PERSONAL, ids=lambda form: form.action.name)
async def test_nobody_signs_a_personal_duty_without_an_appointment(seeded: Seeded, form: type[Form]) -> None:
    case, user, given = await a_case_for(seeded, form)
    action = form.action.name
    refusal = await refused(case.answers(user, action, given))
    assert (refusal.code, list(refusal.fields)) == (Code.NOT_APPOINTED, ["appointment"]), refusal
    assert await outcome(case, user, action, {**given, **_SAYS_NO[action]}) is not Code.NOT_APPOINTED
    role, _ = _AS.get(action, ("QP", "QP"))
    await appointed(seeded, user, role, "APT-8", markets=["JP"])
    elsewhere = await refused(case.answers(user, action, given))
    assert elsewhere.code is Code.NOT_APPOINTED
    assert elsewhere.fields["appointment.markets"].startswith("APT-8 is for JP, not for EU")
    await appointed(seeded, user, role, markets=["EU", "US"])
    assert await outcome(case, user, action, given) is not Code.NOT_APPOINTED
    await ends(seeded, at=START + timedelta(minutes=1))
    case.at = START + timedelta(minutes=2)
    assert await outcome(case, user, action, given) is not None


async def test_an_exception_is_signed_under_an_appointment_for_its_own_market(seeded: Seeded) -> None:
    case, user, given = await a_case_for(seeded, ExceptionSignature)
    async with seeded.database.writing() as session:
        exception: dict[str, Any] = {"exception_id": "EXC-1", "batch_id": case.case_id, "gate": "G3", "market": "EU"}
        said: dict[str, Any] = {
            "authority_letter": "DOC-1",
            "version": 1,
            "requested_by": "PER-0",
            "requested_at": START,
        }
        session.add(GateExceptionRow(**exception, **said))
    await appointed(seeded, user, "QP", "APT-8", markets=["US"])
    refusal = await refused(case.answers(user, "sign-exception", given))
    assert (refusal.code, [*refusal.fields]) == (Code.NOT_APPOINTED, ["appointment", "appointment.markets"])
    assert refusal.fields["appointment.markets"].startswith("APT-8 is for US, not for EU:")


async def test_the_certificate_says_under_which_appointment_it_was_signed(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    written = await decides(batch, "quentin", "EU")
    words = f"APT-1: qualified person, manufacturing authorisation {LICENCE['number']} of Veldmark Fine Chemistry"
    assert written.effect["appointments"] == [
        {"number": "APT-1", "words": words, "batch_id": batch.case_id, "market": "EU"}
    ]
    g13 = next(each for each in written.effect["gates"] if each["gate"] == "G13")
    assert f"signed under {words}" in g13["looked_at"]
    async with seeded.database.reading() as session:
        number = str(written.effect["certificate_number"])
        said = (await one_certification(session, await seeded.actor("rosa"), number)).declaration
    assert said.appointments == (words,)
    (use,) = await seeded.rows(AppointmentUseRow)
    assert (use.number, use.stream, use.market) == ("APT-1", batch.case_id, "EU")
    await are_rebuilt_identically(seeded.database, "appointments", "appointment_uses")


async def test_what_was_released_under_an_appointment_that_had_ended_is_reviewed(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    tomorrow = batch.at + timedelta(days=1)
    await ends(seeded, "APT-1", at=tomorrow)
    assert await seeded.rows(ReviewDemandRow) == []  # it counted as it was signed
    await ends(seeded, "APT-1", by="hana", at=tomorrow, ended_from=batch.at.date())
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause, demand.fact_kind) == (batch.case_id, "APT-1", "SignedUnderNone")


async def test_what_was_signed_today_is_reviewed_whenever_the_end_of_today_is_entered(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    await decides(batch, "quentin", "EU")
    await ends(seeded, "APT-1", at=batch.at)
    assert [row.fact_kind for row in await seeded.rows(ReviewDemandRow)] == ["SignedUnderNone"]


async def on_record(seeded: Seeded, **changes: Any) -> str:
    """The authorisation that names the qualified person, on record and verified."""
    known = {"type": "MIA", "number": LICENCE["number"], "valid_to": (START + timedelta(days=900)).date()}
    known["case_id"] = (await a_qualification(seeded)).case_id
    known["sort_valid_to"] = known["valid_to"]
    return await a_certificate(seeded, **{**known, **changes})


async def mails(seeded: Seeded, words: str) -> list[str]:
    rows = [row.payload for row in await seeded.rows(OutboxRow) if row.kind == "mail"]
    return [str(mail["text"]) for mail in rows if words in str(mail["text"])]


@pytest.mark.parametrize("act", ["SUSPENDED", "WITHDRAWN"])
async def test_what_an_authority_stops_reaches_what_was_signed_under_it_and_who_is_left(
    seeded: Seeded, act: str
) -> None:
    await fit(seeded)
    certificate = await on_record(seeded)
    batch, waiting = await reviewed(seeded), await reviewed(seeded, number="B-2")
    await decides(batch, "quentin", "EU")
    await stops(seeded, "rosa", certificate, at=batch.at, act=act)
    kinds = {(row.batch_id, row.fact_kind) for row in await seeded.rows(ReviewDemandRow)}
    assert (batch.case_id, "SignedUnderNone") in kinds
    words = "EU, ARL-204: nobody who acts as QP on a licence of OB-01 or VM-02 has an appointment in force for it"
    assert await mails(seeded, words)
    waiting.at = batch.at
    refusal = await refused(decides(waiting, "quentin", "EU"))
    assert refusal.code is Code.NOT_APPOINTED
    said = f"the MIA {certificate} is {act.lower()} by its authority"
    assert refusal.fields["appointment.licence"] == said


async def test_what_was_signed_while_a_licence_did_not_count_is_reviewed_though_the_appointment_has_ended_since(
    seeded: Seeded,
) -> None:
    await fit(seeded)
    certificate = await on_record(seeded)
    batch = await reviewed(seeded)
    await decides(batch, "quentin", "EU")
    since, later = batch.at.date().isoformat(), batch.at + timedelta(days=2)
    await ends(seeded, "APT-1", at=later)
    assert await seeded.rows(ReviewDemandRow) == []
    await stops(seeded, "rosa", certificate, at=later, since=since)
    assert "SignedUnderNone" in {row.fact_kind for row in await seeded.rows(ReviewDemandRow)}


async def test_what_is_stopped_from_tomorrows_view_leaves_what_was_signed_before(seeded: Seeded) -> None:
    await fit(seeded)
    certificate = await on_record(seeded)
    batch = await reviewed(seeded)
    await decides(batch, "quentin", "EU")
    await stops(seeded, "rosa", certificate, at=batch.at + timedelta(days=2))
    kinds = {row.fact_kind for row in await seeded.rows(ReviewDemandRow)}
    assert "SignedUnderNone" not in kinds


async def test_a_licence_of_no_site_does_not_evade_what_bears_its_number(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    certificate = await on_record(seeded, status="SUSPENDED")
    async with seeded.database.writing() as session:
        (await session.get_one(AppointmentRow, "APT-1")).licence_site = None
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert "appointment.licence.site_id" in refusal.fields
    async with seeded.database.reading() as session:
        shown = await one_appointment(session, await seeded.actor("rosa"), "APT-1", batch.at.date())
    assert shown.in_force_not == (f"the MIA {certificate} is suspended by its authority",)


async def test_a_batch_for_a_market_that_nobody_is_appointed_for_is_told_as_it_is_registered(seeded: Seeded) -> None:
    await sold_in(seeded, "EU", "CH")
    await registered(seeded, markets=["EU"])
    assert await mails(seeded, "nobody who acts as") == []
    await registered(seeded, number="B-2", markets=["CH", "EU"])
    who = "nobody who acts as FVP on a licence of Arlivan Therapeutics GmbH"
    assert await mails(seeded, f"CH, ARL-204: {who} has an appointment in force for it")


@pytest.mark.parametrize(("renewed", "told"), [(False, True), (True, False)])
async def test_the_end_of_the_last_appointment_for_an_open_batch_is_told_ahead(
    seeded: Seeded, *, renewed: bool, told: bool
) -> None:
    site = await watched(seeded)
    await fit(seeded)
    last = (START + timedelta(days=40)).date()
    async with seeded.database.writing() as session:
        for row in (await session.exec(select(AppointmentRow).where(AppointmentRow.role == "QP"))).all():
            row.valid_to = last
    await registered(seeded)
    said = f"After {last}, unless one is recorded: EU, ARL-204: nobody who acts as QP"
    assert (before := len(await mails(seeded, said))) > 0
    if renewed:
        await appointed(seeded, "quentin", "QP", "APT-77", valid_from=START.date().isoformat())
    await site.notes("site.looked")
    assert len(await mails(seeded, said)) == before
    site.at = START + timedelta(days=11)
    await site.notes("site.looked")
    assert (len(await mails(seeded, said)) > before) is told


async def test_who_is_left_is_asked_again_as_another_release_site_is_registered(seeded: Seeded) -> None:
    batch = await registered(await fit(seeded))
    assert await mails(seeded, "nobody who acts as") == []
    elsewhere = {"release_sites": [{"site_id": "OB-01", **SINCE}], "replaces": 1}
    await authorises(seeded, "AUT-WORLD-0-EU", at=batch.at, **elsewhere)
    said = "EU, ARL-204: nobody who acts as QP on a licence of OB-01 has an appointment in force for it"
    assert await mails(seeded, said)
    assert await mails(seeded, "US, ARL-204") == []


async def test_a_declaration_by_whom_was_not_appointed_shows_nothing(seeded: Seeded) -> None:
    await an_audit(await fit(seeded, "API_MFG"))
    given = {"substance": "ARL-204", "valid_until": "2025-10-31"}
    await declares(seeded, "quentin", "QPD-2025-014", {"SC-1": "AUD-900"}, at=START, **given)
    (use,) = await seeded.rows(AppointmentUseRow)
    assert (use.number, use.stream) == ("APT-1", "QPD-2025-014")
    batch = await reviewed(seeded, supply_stage="API")
    (before,) = (await gates_at(batch)).declarations
    await ends(seeded, "APT-1", at=batch.at, ended_from=START.date())
    (after,) = (await gates_at(batch)).declarations
    assert (before.under_none, after.under_none) == (None, "APT-1")
    await are_rebuilt_identically(seeded.database, "appointment_uses")


async def gates_at(batch: Qualifying) -> BatchEvidence:
    """What is known of a batch for the Union."""
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        return await evidence_of(session, Policies(), row, "EU", batch.at)
