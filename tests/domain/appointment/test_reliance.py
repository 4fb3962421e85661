"""Which appointment a signature stands on, and what is said where none carries it."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.appointment.appointment import APPOINTED, AppointmentProposal, LicenceKind, faults_of_licence
from domain.appointment.reliance import Appointment, Paper, Signing, relied_on
from domain.core.forms import Form
from domain.core.people import NAMED_BY_ROWS, QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused
from domain.processes import FORMS
from domain.site.certificate import Certificate, CertificateStatus
from domain.site.site import Activity
from tests.domain.filling import filled

TODAY = date(2026, 11, 30)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NUMBER = "DE_RP_01_MIA_2023_0042"


def of(number: str = "APT-1", **changes: Any) -> Appointment:
    known: dict[str, Any] = {
        "number": number,
        "person": "PER-5",
        "role": Role.QP,
        "kind": LicenceKind.MIA,
        "licence": NUMBER,
        "holder": "Aurelia Pharma GmbH",
        "valid_from": date(2024, 1, 1),
        "approved": True,
    }
    return Appointment(**{**known, **changes})


def paper(**changes: Any) -> Paper:
    known: dict[str, Any] = {
        "status": CertificateStatus.VERIFIED,
        "valid_to": None,
        "register_checked_on": date(2026, 1, 1),
        "scope_confirmed_by": "PER-1",
        "confirmed_activity": Activity.PACKAGING,
    }
    return Paper(certificate_id="CERT-7", certificate=Certificate(**{**known, **changes}))


def signing(**changes: Any) -> Signing:
    known: dict[str, Any] = {
        "roles": {Role.QP},
        "site_id": "VM-02",
        "product": "ARL-204",
        "activity": Activity.PACKAGING,
        "number": NUMBER,
    }
    return Signing(**{**known, **changes})


def of_the_maker(**changes: Any) -> Appointment:
    return of(licence_site="VM-02", papers=(paper(**changes),))


@pytest.mark.parametrize(
    "appointment",
    [
        of(),
        of(valid_from=TODAY, valid_to=TODAY),
        of(sites=("OB-01", "VM-02"), products=("arl 204",)),
        of(ended_from=TOMORROW),
        of(licence="de_rp_01_mia_2023_0042"),
        of_the_maker(),
        of(licence_site="OB-01", papers=(paper(confirmed_activity=Activity.STERILE_FILL),)),
        of(licence_site="VM-02", papers=(paper(status=CertificateStatus.SUPERSEDED), paper())),
    ],
)
def test_it_carries_what_it_is_for(appointment: Appointment) -> None:
    assert relied_on(signing(), [appointment], TODAY) == appointment


@pytest.mark.parametrize(
    ("appointment", "field", "fault"),
    [
        (of(approved=False), "appointment", "APT-1 is not approved"),
        (of(valid_from=TOMORROW), "appointment", f"APT-1 counts from {TOMORROW}"),
        (of(valid_to=YESTERDAY), "appointment", f"APT-1 was over on {YESTERDAY}"),
        (of(ended_from=TODAY), "appointment", f"APT-1 has ended on {TODAY}"),
        (of(sites=("OB-01",)), "appointment.sites", "APT-1 is for OB-01, not for VM-02"),
        (of(products=("ARL-310",)), "appointment.products", "APT-1 is for ARL-310, not for ARL-204"),
        (of(licence="DE_RP_01_MIA_2023_0043"), "authorisation", "is not that of APT-1: DE_RP_01_MIA_2023_0043"),
        (of_the_maker(status=CertificateStatus.SUSPENDED), "appointment.licence", "CERT-7 is suspended by its auth"),
        (of_the_maker(status=CertificateStatus.WITHDRAWN), "appointment.licence", "CERT-7 is withdrawn by its auth"),
        (of_the_maker(status=CertificateStatus.RECEIVED), "appointment.licence", "CERT-7 is not verified"),
        (of_the_maker(status=CertificateStatus.SUPERSEDED), "appointment.licence", "CERT-7 is replaced"),
        (of_the_maker(valid_to=YESTERDAY), "appointment.licence", f"CERT-7 was over on {YESTERDAY}"),
        (of_the_maker(confirmed_activity=Activity.TESTING), "appointment.licence", "does not name PACKAGING"),
        (of_the_maker(confirmed_activity=None), "appointment.licence", "does not name what the site does"),
    ],
)
def test_what_is_missing_is_said_by_field(appointment: Appointment, field: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        relied_on(signing(), [appointment], TODAY)
    assert refused.value.refusal.code is Code.NOT_APPOINTED
    assert fault in refused.value.refusal.fields[field]


def test_who_is_named_nowhere_is_told_how_it_is_recorded() -> None:
    for known in ([], [of(role=Role.FVP)]):
        with pytest.raises(Refused) as refused:
            relied_on(signing(), known, TODAY)
        assert "PUT /v1/appointments" in refused.value.refusal.fields["appointment"]


def test_of_several_the_one_that_fits_is_relied_on_and_else_the_nearest_is_told() -> None:
    over, other = of("APT-1", valid_to=YESTERDAY, sites=("OB-01",)), of("APT-2", products=("ARL-310",))
    assert relied_on(signing(), [over, other, of("APT-3")], TODAY).number == "APT-3"
    with pytest.raises(Refused) as refused:
        relied_on(signing(), [over, other], TODAY)
    fields = refused.value.refusal.fields
    assert set(fields) == {"appointment", "appointment.products"}
    assert fields["appointment"] == "is APT-2"


def test_a_sites_own_person_acts_for_the_site_of_the_licence_alone() -> None:
    own = of(role=Role.CDMO_QP, licence_site="OB-01")
    assert relied_on(signing(roles={Role.CDMO_QP}, site_id="OB-01"), [own], TODAY) is own
    with pytest.raises(Refused) as refused:
        relied_on(signing(roles={Role.CDMO_QP}), [own], TODAY)
    assert "is for OB-01, not for VM-02" in refused.value.refusal.fields["appointment.sites"]


def test_of_a_licence_of_another_site_any_activity_counts_but_the_authority_stops_it_all() -> None:
    elsewhere = of(licence_site="OB-01", papers=(paper(status=CertificateStatus.SUSPENDED),))
    with pytest.raises(Refused):
        relied_on(signing(), [elsewhere], TODAY)


def test_who_is_of_the_quality_unit_acts_as_that_and_a_releaser_alone_is_appointed() -> None:
    assert APPOINTED >= NAMED_BY_ROWS
    for role in Role:
        assert Signing(roles=frozenset({role})).needs_appointment() is (role in APPOINTED)
    assert {Role.HEAD_QA, Role.QA_APPROVER} == QUALITY_UNIT - APPOINTED
    assert not Signing(roles=frozenset({Role.QCU_RELEASER, Role.HEAD_QA})).needs_appointment()


@pytest.mark.parametrize("form", [form for form in FORMS if form.action.in_person], ids=lambda form: form.action.name)
def test_every_personal_duty_is_taken_in_a_role_that_is_named_or_by_the_quality_unit(form: type[Form]) -> None:
    assert form.action.deciders - {Role.HEAD_QA, Role.QA_APPROVER} <= APPOINTED


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "HEAD_QA"}, "role"),
        ({"role": "RP_IMPORT"}, "licence.kind"),
        ({"role": "QCU_RELEASER"}, "licence.kind"),
        ({"role": "CDMO_QP"}, "licence.site_id"),
        ({"licence": {"certificate_id": "CERT-1"}}, "licence.certificate_id"),
        ({"valid_from": "2026-12-02", "valid_to": "2026-12-01"}, "valid_to"),
    ],
)
def test_role_licence_and_days_fit_together(given: dict[str, Any], field: str) -> None:
    licence = {"kind": "MIA", "number": NUMBER, "holder": "Aurelia Pharma GmbH", **given.pop("licence", {})}
    assert set(faults_of_licence(filled(AppointmentProposal, {"licence": licence, **given}))) == {field}
    assert faults_of_licence(filled(AppointmentProposal, {"licence": licence | {"certificate_id": None}})) == {}
