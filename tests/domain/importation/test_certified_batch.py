"""What a manufacturer's certificate says of a batch, beside what the records say of it."""

from datetime import date
from typing import Any

import pytest

from domain.authorisation.registered import Registered
from domain.core.refusals import Code, Refused
from domain.importation.batch_certificate import ManufacturerCertificate
from domain.importation.certified_batch import CertifiedBatch, refuse_unless_acceptable, refuse_unless_of_the_batch
from domain.importation.licences import Licence
from domain.site.certificate import CertificateStatus
from domain.site.site import Activity
from tests.domain.filling import filled
from tests.domain.importation.test_certified_results import IMPURITY


def an_authorisation(**changes: Any) -> Registered:
    known = {
        "authorisation_id": "AUT-1",
        "version": 1,
        "type": "MA",
        "market": "EU",
        "product": "Arlivan 10 mg",
        "number": "EU/1/27/1801",
        "holder": "Arlivan Therapeutics GmbH",
        "standing": [],
        "packs": [{"code": "EU/1/27/1801/001", "description": "28 tablets", "valid_from": "2024-01-01"}],
        "proposed_at": "2024-01-01T00:00:00Z",
    }
    return Registered.model_validate({**known, **changes})


FOUND = {"test": "Impurity I-3", "limit": "\u2264 0.15 %", "result": "0.12 %"}
TODAY = date(2025, 2, 1)
BATCH = CertifiedBatch(
    numbers=("T-0051", "AT-51"),
    product="Arlivan 10 mg",
    strength="10 mg",
    begun_on=date(2025, 1, 10),
    made_on=date(2025, 1, 13),
    expires_on=date(2028, 1, 31),
    dosage_form="tablet",
    makers={"BS-01": "CH", "ML-02": "CH"},
    did={"BS-01": frozenset({Activity.DRUG_PRODUCT, Activity.PACKAGING}), "ML-02": frozenset({Activity.DRUG_PRODUCT})},
    laboratories=frozenset({"QL-01"}),
    licences={"BS-01": (Licence("506789-102", CertificateStatus.VERIFIED, date(2025, 2, 10)),)},
    registered=(an_authorisation(),),
    specifications=((IMPURITY,),),
)
MADE = {"site_id": "BS-01", "activity": "DRUG_PRODUCT", "authorisation": "506789-102"}
MILLED = {"site_id": "ML-02", "activity": "DRUG_PRODUCT", "authorisation": "506790"}
FORM: dict[str, Any] = {
    "product": "arlivan 10 mg",
    "authorisation_number": "EU/1/27/1801/001",
    "dosage_form": "Film-coated tablets",
    "results": [FOUND],
    "strength": "10 mg",
    "batch_number": "T\u20110051",
    "manufactured_on": "2025-01-13",
    "expires_on": "2028-01-31",
    "sites": [MADE, MILLED],
    "issued_in": "CH",
    "issued_on": "2025-01-20",
}


def entered(**given: Any) -> ManufacturerCertificate:
    return filled(ManufacturerCertificate, **{**FORM, **given})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"batch_number": "at-51"},
        {"signed_as": "QUALIFIED_PERSON", "signed_under": "506789\u2011102"},
        {"authorisation_number": "eu/1/27/1801"},
        {"sites": [MADE, {**MADE, "activity": "PACKAGING"}, {**MADE, "activity": "TESTING"}, MILLED]},
        {"sites": [MADE, MILLED, {"site_id": "QL-01", "activity": "TESTING", "authorisation": "7"}]},
    ],
)
def test_what_is_printed_may_be_written_otherwise(given: dict[str, Any]) -> None:
    refuse_unless_of_the_batch(entered(**given), BATCH, TODAY)


def test_what_nobody_has_recorded_is_left_to_the_review() -> None:
    unknown: dict[str, Any] = {"strength": None, "expires_on": None, "dosage_form": None, "licences": {}}
    bare = BATCH.model_copy(update={**unknown, "registered": (), "specifications": ()})
    said = {"strength": "20 mg", "expires_on": "2027-01-31", "dosage_form": "cream", "authorisation_number": "PL 1"}
    refuse_unless_of_the_batch(entered(**said, sites=[{**MADE, "authorisation": "1"}, MILLED]), bare, TODAY)


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"batch_number": "T-0052"}, {"batch_number": "is not T-0051 or AT-51"}),
        ({"product": "Arlivan 20 mg"}, {"product": "is not Arlivan 10 mg"}),
        ({"strength": "20 mg"}, {"strength": "is not 10 mg"}),
        ({"manufactured_on": "2025-01-14"}, {"manufactured_on": "is not within 2025-01-10 and 2025-01-13"}),
        ({"manufactured_on": "2025-01-09"}, {"manufactured_on": "is not within 2025-01-10 and 2025-01-13"}),
        ({"expires_on": "2028-02-01"}, {"expires_on": "is not 2028-01-31"}),
        ({"issued_on": "2025-01-12"}, {"issued_on": "is before the end of manufacture on 2025-01-13"}),
        ({"issued_on": "2025-02-02"}, {"issued_on": "is in the future"}),
        ({"issued_in": "DE"}, {"issued_in": "is the country of no site that made it"}),
        ({"sites": [MADE]}, {"sites": "lack ML-02"}),
        (
            {"signed_as": "QUALIFIED_PERSON", "signed_under": None},
            {"signed_under": "is required of a certification by a qualified person"},
        ),
        ({"signed_under": "506789-102"}, {"signed_under": "belongs to a certification by a qualified person"}),
        (
            {"signed_as": "QUALIFIED_PERSON", "signed_under": "506789-103"},
            {
                "signed_under": "is no verified manufacturing authorisation of a site in CH that made the batch: have"
                " the site show it, and have it verified, first"
            },
        ),
        (
            {"sites": [MADE, MILLED, {**MADE, "site_id": "XX-01"}]},
            {"sites.2.site_id": "has made no part of the batch"},
        ),
        ({"dosage_form": "suppository"}, {"dosage_form": "is not tablet"}),
        (
            {"authorisation_number": "PL 99999/0001"},
            {"authorisation_number": "is not EU/1/27/1801, registered in DE"},
        ),
        (
            {"sites": [{**MADE, "activity": "STORAGE"}, MILLED]},
            {"sites.0.activity": "is not DRUG_PRODUCT or PACKAGING, which it did"},
        ),
        ({"sites": [{**MADE, "authorisation": "AT-000-1"}, MILLED]}, {"sites.0.authorisation": "is not 506789-102"}),
        (
            {"sites": [MADE, MILLED, {"site_id": "XX-01", "activity": "TESTING", "authorisation": "7"}]},
            {"sites.2.site_id": "has no scope for testing Arlivan 10 mg"},
        ),
        (
            {"results": [{"test": "Appearance", "limit": "white", "result": "white"}]},
            {"results": "lack Impurity I-3, which the registered specification asks for"},
        ),
    ],
)
def test_what_is_unlike_is_refused_field_by_field(given: dict[str, Any], faults: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(entered(**given), BATCH, TODAY)
    refusal = refused.value.refusal
    assert (refusal.code, refusal.rule) == (Code.RULE_BROKEN, "section 18, manufacturer's certificate")
    assert refusal.fields == faults


@pytest.mark.parametrize(
    ("batch", "fault"), [(None, "unknown"), (BATCH.model_copy(update={"made_on": None}), "is not made yet")]
)
def test_a_certificate_is_of_a_batch_that_is_made(batch: CertifiedBatch | None, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(entered(), batch, TODAY)
    assert refused.value.refusal.fields["batch_id"] == fault


@pytest.mark.parametrize(
    ("name", "field", "fault"),
    [
        ("strength", "strength", "is not 5 mg, for which EU/1/27/1801 (AUT-1) is"),
        ("dosage_form", "dosage_form", "is not 5 mg, for which EU/1/27/1801 (AUT-1) is"),
    ],
)
def test_the_authorisation_whose_number_is_printed_is_for_that_strength_and_form(
    name: str, field: str, fault: str
) -> None:
    other = BATCH.model_copy(update={"registered": (an_authorisation(**{name: "5 mg"}),)})
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(entered(), other, TODAY)
    assert refused.value.refusal.fields == {field: fault}


def test_a_failing_result_is_entered_as_it_is_printed_and_not_accepted() -> None:
    form = entered(results=[{**FOUND, "result": "0.3 %"}, {"test": "Appearance", "limit": "white", "result": "Fails"}])
    refuse_unless_of_the_batch(form, BATCH, TODAY)
    with pytest.raises(Refused) as refused:
        refuse_unless_acceptable(form, BATCH, TODAY)
    assert refused.value.refusal.fields == {
        "results": "Impurity I-3: 0.3 % is above 0.15 %; Appearance: Fails is not 'white': turn the certificate down,"
        " and follow the result as an OOS of the batch"
    }
    refuse_unless_acceptable(entered(), BATCH, TODAY)


def test_who_certifies_and_who_makes_it_had_an_authorisation_on_the_day_of_issue() -> None:
    over = {"BS-01": (Licence("506789-102", CertificateStatus.VERIFIED, date(2025, 1, 19)),)}
    other = {"QL-01": (Licence("7", CertificateStatus.VERIFIED),)}
    certifies = {"signed_as": "QUALIFIED_PERSON", "signed_under": "506789-102"}
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(entered(**certifies), BATCH.model_copy(update={"licences": over}), TODAY)
    said = "was over on 2025-01-19"
    assert refused.value.refusal.fields == {"sites.0.authorisation": said, "signed_under": said}
    tests = {"site_id": "QL-01", "activity": "TESTING", "authorisation": "7"}
    form = entered(signed_as="QUALIFIED_PERSON", signed_under="7", sites=[MADE, MILLED, tests])
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(form, BATCH.model_copy(update={"licences": other}), TODAY)
    assert list(refused.value.refusal.fields) == ["signed_under"]


@pytest.mark.parametrize(
    ("given", "imported", "faults"),
    [
        ({}, {"DE": (Licence("DE-MIA-7", CertificateStatus.VERIFIED),)}, []),
        ({}, {}, ["issued_in", "signed_under"]),
        ({}, {"DE": ()}, ["signed_under"]),
        ({}, {"DE": (Licence("DE-MIA-8", CertificateStatus.VERIFIED),)}, ["signed_under"]),
        ({}, {"DE": (Licence("DE-MIA-7", CertificateStatus.SUSPENDED),)}, ["signed_under"]),
        ({"signed_under": None}, {"DE": ()}, ["signed_under"]),
        ({"issued_in": "CH"}, {"DE": ()}, ["issued_in", "signed_under"]),
    ],
)
def test_an_importer_certifies_under_the_authorisation_of_the_import(
    given: dict[str, Any], imported: dict[str, tuple[Licence, ...]], faults: list[str]
) -> None:
    form = entered(**{"signed_as": "IMPORTER", "signed_under": "DE MIA 7", "issued_in": "DE", **given})
    batch = BATCH.model_copy(update={"imported_in": frozenset(imported), "import_licences": imported})
    if not faults:
        refuse_unless_of_the_batch(form, batch, TODAY)
        return
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_batch(form, batch, TODAY)
    assert sorted(refused.value.refusal.fields) == faults


def test_what_the_records_say_otherwise_by_now_is_not_accepted() -> None:
    stopped = {"BS-01": (Licence("506789-102", CertificateStatus.WITHDRAWN, stopped_on=date(2025, 1, 25)),)}
    with pytest.raises(Refused) as refused:
        refuse_unless_acceptable(entered(), BATCH.model_copy(update={"licences": stopped}), TODAY)
    assert refused.value.refusal.fields == {"sites.0.authorisation": "is withdrawn by its authority"}
