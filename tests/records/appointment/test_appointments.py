"""People on licences, through the journal: proposed, approved, ended, read."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.core.refusals import Code
from records.appointment.queries import appointments, one_appointment
from records.appointment.tables import AppointmentRow
from records.core.tables.journal import OutboxRow
from tests.records.agreeing import agrees
from tests.records.appointing import LICENCE, appointed, decides_on, ends, proposes
from tests.records.certifying import a_certificate
from tests.records.databases import on_one_database
from tests.records.qualifying import refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.seeded import START, Seeded

pytestmark = on_one_database


async def test_it_counts_once_another_person_has_approved_it(seeded: Seeded) -> None:
    await proposes(seeded, "quentin", role="QP")
    today = START.date()
    async with seeded.database.reading() as session:
        rosa = await seeded.actor("rosa")
        proposed = await one_appointment(session, rosa, "APT-7", today)
        mails = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "mail"))).all()
    assert (proposed.approved, proposed.in_force, proposed.name) == (None, False, "Quentin Dubois")
    assert {mail.payload["subject"] for mail in mails} == {"APT-7 waits for an approval"}
    assert {mail.payload["person"] for mail in mails} == {seeded.result.person(user) for user in ("hana", "priya")}
    await decides_on(seeded)
    async with seeded.database.reading() as session:
        listed = await appointments(session, rosa, today, person=seeded.result.person("quentin"))
        others = await appointments(session, await seeded.actor("vito"), today)
    shown = next(each for each in listed.items if each.number == "APT-7")
    assert (shown.in_force, shown.decided_by) == (True, seeded.result.person("hana"))
    assert others.items == ()
    await are_rebuilt_identically(seeded.database, "appointments")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"by": "quentin"}, Code.WRONG_ROLE, None),
        ({"role": "HEAD_QA"}, Code.RULE_BROKEN, "role"),
        ({"role": "FVP"}, Code.RULE_BROKEN, "role"),
        ({"person": "PER-999"}, Code.RULE_BROKEN, "person"),
        ({"sites": ["XX-99"]}, Code.RULE_BROKEN, "sites.0"),
        ({"products": ["ARL-204", "Aspirin"]}, Code.RULE_BROKEN, "products.1"),
        ({"markets": []}, Code.RULE_BROKEN, "markets"),
        ({"markets": ["US", "EU", "BR"]}, Code.RULE_BROKEN, "markets.2"),
        ({"markets": ["US", "EU", "US"]}, Code.RULE_BROKEN, "markets.2"),
        ({"licence": {**LICENCE, "site_id": None}}, Code.RULE_BROKEN, "licence.site_id"),
        ({"licence": {**LICENCE, "site_id": "XX-99"}}, Code.RULE_BROKEN, "licence.site_id"),
        ({"licence": {**LICENCE, "kind": "WDA"}}, Code.RULE_BROKEN, "licence.kind"),
        (
            {"licence": {**LICENCE, "site_id": "VM-02", "certificate_id": "CERT-99"}},
            Code.RULE_BROKEN,
            "licence.certificate_id",
        ),
    ],
)
async def test_what_does_not_fit_the_records_is_refused_by_field(
    seeded: Seeded, given: dict[str, Any], code: Code, field: str | None
) -> None:
    refusal = await refused(proposes(seeded, "quentin", **{"role": "QP", **given}))
    assert (refusal.code, set(refusal.fields) - {field}) == (code, set())
    assert "APT-7" not in {row.number for row in await seeded.rows(AppointmentRow)}


async def test_the_certificate_on_record_is_named_and_bears_the_number(seeded: Seeded) -> None:
    certificate = await a_certificate(seeded, type="MIA", number="de_rp_01_mia_2023_0042")
    licence = {**LICENCE, "site_id": "VM-02"}
    unnamed = await refused(proposes(seeded, "quentin", role="QP", licence=licence))
    assert unnamed.fields == {"licence.certificate_id": f"is required: {certificate} bears the number"}
    other = {**licence, "certificate_id": certificate, "number": "DE_RP_01_MIA_2023_0043"}
    misnamed = await refused(proposes(seeded, "quentin", role="QP", licence=other))
    assert misnamed.fields == {"licence.number": f"is not the number of {certificate}"}
    await proposes(seeded, "quentin", role="QP", licence={**licence, "certificate_id": certificate})


async def test_who_acts_for_a_holder_does_so_by_an_agreement_with_the_site_of_the_licence(seeded: Seeded) -> None:
    await employed(seeded, "ines", "FVP")
    acting = {"holder": "Arlivan Therapeutics GmbH", "agreement": "QTA-1"}
    known: dict[str, Any] = {"role": "FVP", "markets": ["CH"], "acts_for": acting}
    unknown = await refused(proposes(seeded, "ines", **known))
    assert unknown.fields == {"acts_for.agreement": "is no agreement with VM-02"}
    await agrees(seeded, {})
    await proposes(seeded, "ines", at=START + timedelta(minutes=1), **known)
    async with seeded.database.reading() as session:
        shown = await one_appointment(session, await seeded.actor("rosa"), "APT-7", START.date())
    assert (shown.acts_for, shown.acts_by) == ("Arlivan Therapeutics GmbH", "QTA-1")
    await are_rebuilt_identically(seeded.database, "appointments")


async def test_nobody_appoints_themselves_and_nobody_approves_what_they_have_proposed(seeded: Seeded) -> None:
    await employed(seeded, "hana", "QCU_RELEASER")
    letter = {**LICENCE, "kind": "APPOINTMENT", "number": "QCU-1"}
    own = await refused(proposes(seeded, "hana", by="hana", role="QCU_RELEASER", licence=letter))
    assert own.code is Code.SEGREGATION_OF_DUTIES
    await proposes(seeded, "hana", by="rosa", role="QCU_RELEASER", licence=letter)
    for approver in ("hana", "rosa"):
        assert (await refused(decides_on(seeded, by=approver))).code is Code.SEGREGATION_OF_DUTIES
    await decides_on(seeded, by="priya")
    again = await refused(decides_on(seeded, by="priya", at=START + timedelta(minutes=1)))
    assert again.code is Code.ALREADY_ANSWERED


async def test_one_person_ends_it_at_once_and_an_earlier_end_is_said_later(seeded: Seeded) -> None:
    await appointed(seeded, "quentin", "QP")
    ahead = await refused(ends(seeded, ended_from=(START + timedelta(days=1)).date()))
    assert ahead.fields["ended_from"].startswith("is in the future")
    await ends(seeded)
    row = await seeded.row(AppointmentRow, "APT-7")
    assert (row.ended_from, row.ended_by) == (START.date(), seeded.result.person("ines"))
    assert (await refused(ends(seeded, by="hana"))).code is Code.ALREADY_ANSWERED
    before = await refused(ends(seeded, by="hana", ended_from=(START - timedelta(days=366)).date()))
    assert before.fields["ended_from"].startswith("is before ")
    first = (START - timedelta(days=365)).date()
    await ends(seeded, by="hana", ended_from=first)
    assert (await seeded.row(AppointmentRow, "APT-7")).ended_from == first
    assert (await refused(ends(seeded, "APT-99"))).code is Code.NOT_FOUND
    await are_rebuilt_identically(seeded.database, "appointments")


async def test_one_that_has_not_begun_is_ended_today(seeded: Seeded) -> None:
    await appointed(seeded, "quentin", "QP", valid_from=(START + timedelta(days=30)).date())
    await ends(seeded)
    assert (await seeded.row(AppointmentRow, "APT-7")).ended_from == START.date()


async def test_a_licence_of_which_a_certificate_is_on_record_is_that_of_its_site(seeded: Seeded) -> None:
    certificate = await a_certificate(seeded, type="WDA", number="de_rp_01_wda_0042")
    given = {**LICENCE, "kind": "WDA", "number": "DE_RP_01_WDA_0042", "site_id": None}
    await employed(seeded, "ines", "RP_IMPORT")
    unnamed = await refused(proposes(seeded, "ines", role="RP_IMPORT", licence=given))
    assert unnamed.fields == {"licence.site_id": f"is required: {certificate} of a site bears the number"}


async def test_what_was_ended_before_is_not_approved(seeded: Seeded) -> None:
    await proposes(seeded, "quentin", role="QP")
    await ends(seeded)
    assert (await refused(decides_on(seeded))).code is Code.NOT_OPEN
