"""Which appointment a signature stands on, and what is said where none carries it."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.appointment.appointment import APPOINTED, AppointmentProposal, LicenceKind, faults_of_licence
from domain.appointment.reliance import Appointment, Paper, Signing, fault_of_papers, faults_of, relied_on
from domain.core.forms import Form
from domain.core.people import NAMED_BY_ROWS, QUALITY_UNIT, Role
from domain.core.refusals import Code, Refused
from domain.processes import FORMS
from domain.site.certificate import Certificate, CertificateStatus
from domain.site.site import Activity
from records.appointment.markets import declares_for, in_markets
from records.installation.supplementing import shipped_policy
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
    assert fields["appointment"] == f"APT-2 comes nearest: {other.words()}"


def test_all_that_would_carry_it_on_another_day_are_told_the_waiting_one_with_who_approves_it() -> None:
    known = [of("APT-1", ended_from=TODAY), of("APT-2", approved=False), of("APT-3", products=("ARL-310",))]
    with pytest.raises(Refused) as refused:
        relied_on(signing(), known, TODAY)
    fields = refused.value.refusal.fields
    waits = "APT-2 is not approved; it waits for an approval by HEAD_QA, QA_APPROVER, REG_AFFAIRS"
    assert fields["appointment.products"].startswith("APT-3 is for ARL-310")
    assert fields["appointment"].startswith(waits)
    assert "POST /v1/appointments/APT-2/approval" in fields["appointment"]
    assert f"; APT-1 has ended on {TODAY}" in fields["appointment"]


@pytest.mark.parametrize(
    ("appointment", "market", "carries"),
    [
        (of(markets=("EU",)), "EU", True),
        (of(markets=("EU",)), "DE", True),
        (of(markets=("DE",)), "EU", False),
        (of(markets=("EU",)), "GB", False),
        (of(markets=("EU",)), "XI", False),
        (of(markets=("GB",)), "XI", True),
        (of(markets=("JP",)), "AU", False),
        (of(markets=("US", "GB")), "GB", True),
        (of(country="DE"), "EU", True),
        (of(country="AT"), "DE", True),
        (of(country="DE"), "GB", False),
        (of(country="GB"), "GB", True),
        (of(country="IN"), "EU", False),
        (of(), "EU", False),
    ],
)
def test_it_is_for_the_markets_that_it_names_and_an_older_one_for_that_of_its_licence(
    appointment: Appointment, market: str, *, carries: bool
) -> None:
    asked = in_markets(signing(market=market), shipped_policy())
    if carries:
        assert relied_on(asked, [appointment], TODAY) == appointment
        return
    with pytest.raises(Refused) as refused:
        relied_on(asked, [appointment], TODAY)
    assert f"not for {market}" in refused.value.refusal.fields["appointment.markets"]


@pytest.mark.parametrize(
    ("country", "market", "role", "carries"),
    [
        ("DE", "EU", Role.QP, True),
        ("NO", "AT", Role.QP, True),
        ("GB", "EU", Role.QP, False),
        ("GB", "DE", Role.QP, False),
        ("GB", "XI", Role.QP, False),
        ("DE", "XI", Role.QP, True),
        ("GB", "GB", Role.RP_IMPORT, True),
        ("XI", "GB", Role.QP, True),
        ("FI", "GB", Role.RP_IMPORT, False),
        ("FI", "GB", Role.QP, False),
        (None, "GB", Role.RP_IMPORT, True),
        ("CH", "CH", Role.FVP, True),
        ("DE", "CH", Role.FVP, False),
        ("DE", "JP", Role.AUTHORISED_PERSON, False),
        ("DE", "AU", Role.AUTHORISED_PERSON, True),
        (None, "EU", Role.QP, True),
        ("IN", "EU", Role.CDMO_QP, True),  # what a site has done is confirmed on its own licence
        ("IN", "US", Role.QCU_RELEASER, True),
    ],
)
def test_who_decides_is_on_a_licence_of_the_countries_that_the_row_names(
    country: str | None, market: str, role: Role, *, carries: bool
) -> None:
    asked = in_markets(signing(market=market, roles={role}, site_id=None), shipped_policy())
    faults = faults_of(of(country=country, markets=(market, *asked.asks[0].counting), role=role), asked, TODAY)
    assert ("appointment.licence.country" not in faults) is carries


@pytest.mark.parametrize(
    ("named", "country", "carries"),
    [
        (("EU",), "DE", True),
        (("EU",), "GB", False),  # the licence that Great Britain takes is none for the Union
        (("GB",), "GB", True),
        (("GB",), "DE", False),
        (("EU", "GB"), "DE", True),
        (("EU",), None, True),
    ],
)
def test_of_several_markets_each_is_judged_by_its_own_row(
    named: tuple[str, ...], country: str | None, *, carries: bool
) -> None:
    for markets in (("EU", "GB"), ("EU", "GB", "US")):
        asked = in_markets(signing(markets=markets), shipped_policy())
        faults = faults_of(of(country=country, markets=named), asked, TODAY)
        assert ("appointment.licence.country" not in faults) is carries


def test_a_row_that_was_stored_without_licences_asks_for_none() -> None:
    rows = tuple(row.model_copy(update={"licensed_in": ()}) for row in shipped_policy().markets)
    asked = in_markets(signing(market="GB"), shipped_policy().model_copy(update={"markets": rows}))
    assert faults_of(of(country="IN", markets=("GB",)), asked, TODAY) == {}


@pytest.mark.parametrize(
    ("market", "markets", "country", "counts"),
    [
        ("EU", ("EU",), "DE", True),
        ("EU", ("GB",), "GB", False),
        ("EU", ("EU", "GB"), "GB", False),  # on a licence of another country
        ("DE", ("EU",), None, True),
        ("GB", ("EU",), "DE", False),
        ("GB", ("GB",), "GB", True),
        ("GB", ("GB",), "FI", True),  # as their certification is taken there
        ("GB", ("GB",), "IN", False),
        ("EU", (), "DE", True),  # made when all declared for the Union
    ],
)
def test_a_declaration_counts_where_the_appointment_of_its_signer_does(
    market: str, markets: tuple[str, ...], country: str | None, *, counts: bool
) -> None:
    assert declares_for(shipped_policy(), market, markets, country) is counts


def test_what_concerns_a_batch_as_a_whole_is_signed_by_who_decides_for_one_of_its_markets() -> None:
    whole = in_markets(signing(markets=("EU", "US")), shipped_policy())
    assert relied_on(whole, [of(markets=("DE", "EU"))], TODAY).number == "APT-1"
    with pytest.raises(Refused) as refused:
        relied_on(whole, [of(markets=("JP",))], TODAY)
    assert "APT-1 is for JP, not for EU or US" in refused.value.refusal.fields["appointment.markets"]


@pytest.mark.parametrize(
    ("confirmed", "form", "fault"),
    [
        (["tablet"], "tablet", ""),
        (["Tablet"], "tablet", ""),
        (["capsule", "tablet"], "tablet", ""),
        ([None], "tablet", ""),
        (["capsule"], None, ""),
        (["capsule"], "tablet", "the MIA CERT-7 was confirmed for capsule, not for tablet"),
    ],
)
def test_the_licence_of_the_maker_was_confirmed_for_the_dosage_form(
    confirmed: list[str | None], form: str | None, fault: str
) -> None:
    papers = tuple(paper().model_copy(update={"dosage_form": each}) for each in confirmed)
    for site, expected in (("VM-02", fault), ("OB-01", "")):  # of a licence of another site nothing made is asked
        assert fault_of_papers(of(licence_site=site, papers=papers), signing(dosage_form=form), TODAY) == expected


@pytest.mark.parametrize(
    ("sites", "at", "fault"),
    [
        (None, None, ""),
        ({"EU/1 (AUT-1)": ("OB-01",), "EU/2 (AUT-2)": ("VM-02",)}, "VM-02", ""),
        ({"EU/1 (AUT-1)": ("OB-01",)}, "VM-02", "is on a licence of VM-02, and EU/1 (AUT-1) names OB-01"),
        ({"EU/1 (AUT-1)": ("OB-01",)}, None, "is on a licence of no site"),
    ],
)
def test_the_licence_is_that_of_a_release_site_where_one_is_asked_for(
    sites: dict[str, tuple[str, ...]] | None, at: str | None, fault: str
) -> None:
    asked, held = signing(release_sites=sites), of(licence_site=at)
    if not fault:
        assert relied_on(asked, [held], TODAY) == held
        return
    with pytest.raises(Refused) as refused:
        relied_on(asked, [held], TODAY)
    assert fault in refused.value.refusal.fields["appointment.licence.site_id"]


@pytest.mark.parametrize(
    ("given", "holders", "agreed", "field"),
    [
        ({"holder": "Aurelia Pharma AG"}, None, (), None),
        ({"holder": "ARLIVAN Therapeutics AG"}, {"MA 1 (AUT-1)": "Arlivan Therapeutics AG"}, (), None),
        ({"holder": "Zwei AG"}, {"MA 1 (AUT-1)": "Eins AG", "MA 2 (AUT-2)": "Zwei AG"}, (), None),
        ({"holder": "Drei AG"}, {"MA 1 (AUT-1)": "Eins AG"}, (), "appointment.licence.holder"),
        ({"holder": "Drei AG", "acts_for": "Zwei AG"}, {"MA 1 (AUT-1)": "Eins AG"}, (), "appointment.licence.holder"),
        ({"holder": "Drei AG", "acts_for": "Eins AG"}, {"MA 1 (AUT-1)": "Eins AG"}, ("OB-01", "QTA-1"), None),
        (
            {"holder": "Drei AG", "acts_for": "Eins AG"},
            {"MA 1 (AUT-1)": "Eins AG"},
            ("VM-02", "QTA-1"),
            "appointment.acts_for.agreement",
        ),
        ({"holder": "Drei AG", "acts_for": "Eins AG"}, {"MA 1": "Eins AG"}, (), "appointment.acts_for.agreement"),
    ],
)
def test_the_licence_is_the_holders_or_of_who_acts_for_it_by_an_agreement_in_force(
    given: dict[str, str], holders: dict[str, str] | None, agreed: tuple[str, ...], field: str | None
) -> None:
    asked = signing(holders=holders, agreed={agreed} if agreed else frozenset())
    faults = faults_of(of(licence_site="OB-01", acts_by="QTA-1", **given), asked, TODAY)
    assert [*faults] == ([] if field is None else [field])


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


@pytest.mark.parametrize(
    ("kind", "market", "clinical", "fields"),
    [
        (LicenceKind.MIA, "EU", False, set()),
        (LicenceKind.MIA, "EU", True, {"appointment.licence.kind"}),
        (LicenceKind.MIA_IMP, "EU", True, set()),
        (LicenceKind.MIA_IMP, "EU", False, {"appointment.licence.kind"}),
        (LicenceKind.MIA_IMP, "GB", True, set()),
        (LicenceKind.MIA_IMP, "CH", False, set()),
    ],
)
def test_who_certifies_is_on_a_licence_of_the_kind_that_the_row_asks_for(
    kind: LicenceKind, market: str, fields: set[str], *, clinical: bool
) -> None:
    asked = in_markets(signing(market=market, is_clinical=clinical), shipped_policy())
    assert set(faults_of(of(kind=kind, markets=(market,), country="DE"), asked, TODAY)) - {_COUNTRY} == fields


_COUNTRY = "appointment.licence.country"


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
        ({"role": "CDMO_QP", "licence": {"site_id": None}}, "licence.site_id"),
        ({"licence": {"site_id": None}}, "licence.site_id"),
        (
            {"role": "FVP", "licence": {"site_id": None, "certificate_id": "CERT-1"}},
            "licence.certificate_id",
        ),
        ({"markets": []}, "markets"),
        (
            {
                "role": "FVP",
                "licence": {"site_id": None},
                "acts_for": {"holder": "Eins AG", "agreement": "QTA-1"},
            },
            "acts_for.agreement",
        ),
        ({"valid_from": "2026-12-02", "valid_to": "2026-12-01"}, "valid_to"),
    ],
)
def test_role_licence_and_days_fit_together(given: dict[str, Any], field: str) -> None:
    licence = {"kind": "MIA", "number": NUMBER, "holder": "Aurelia Pharma GmbH", "site_id": "VM-02"}
    assert faults_of_licence(filled(AppointmentProposal, {"licence": licence})) == {}
    licence |= given.pop("licence", {})
    assert set(faults_of_licence(filled(AppointmentProposal, {"licence": licence, **given}))) == {field}


def test_what_was_stored_before_markets_were_asked_for_is_read_and_nothing_new_goes_without() -> None:
    told = filled(AppointmentProposal).model_dump(mode="json")
    del told["markets"]
    assert AppointmentProposal.stored(told).markets == ()
    with pytest.raises(ValidationError):
        AppointmentProposal.model_validate(told)
