"""Every personal duty of the program is signed under an appointment, read in the transaction that signs."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.forms import Form, Process
from domain.core.refusals import Code, Refused
from domain.processes import FORMS
from records.appointment.tables import AppointmentUseRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRoleRow, PersonRow
from records.release.queries.certifications import one_certification
from tests.domain.core.test_personal_duties import _SAYS_NO, _SAYS_YES
from tests.records.appointing import LICENCE, appointed, ends
from tests.records.certifying import decides, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.known import known
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

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
    await ends(seeded, "APT-1", at=batch.at)
    assert await seeded.rows(ReviewDemandRow) == []  # it counted until today
    before = (batch.at - timedelta(days=3)).date()
    await ends(seeded, "APT-1", by="hana", at=batch.at + timedelta(days=1), ended_from=before)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause, demand.fact_kind) == (batch.case_id, "APT-1", "SignedUnderNone")
