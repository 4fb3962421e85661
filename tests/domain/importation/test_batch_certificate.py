"""What a manufacturer's certificate says of a batch, beside what the records say of it."""

from datetime import date
from typing import Any

import pytest

from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.importation.batch_certificate import (
    BATCH_CERTIFICATE,
    CertifiedBatch,
    CertifiedSite,
    ManufacturerCertificate,
    ManufacturerCertificateReview,
    laboratories_of,
    refuse_own_review,
    refuse_unless_of_the_batch,
)
from domain.site.site import Activity
from tests.domain.filling import filled

TODAY = date(2025, 2, 1)
BATCH = CertifiedBatch(
    numbers=("T-0051", "AT-51"),
    product="Arlivan 10 mg",
    strength="10 mg",
    begun_on=date(2025, 1, 10),
    made_on=date(2025, 1, 13),
    expires_on=date(2028, 1, 31),
    makers={"BS-01": "CH", "ML-02": "CH"},
    authorisations=("506789-102",),
)
MADE = {"site_id": "BS-01", "activity": "DRUG_PRODUCT", "authorisation": "506789"}
MILLED = {"site_id": "ML-02", "activity": "DRUG_PRODUCT", "authorisation": "506790"}
FORM: dict[str, Any] = {
    "product": "arlivan 10 mg",
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
        {"sites": [MADE, MILLED, {"site_id": "QL-01", "activity": "TESTING", "authorisation": "7"}]},
    ],
)
def test_what_is_printed_may_be_written_otherwise(given: dict[str, Any]) -> None:
    refuse_unless_of_the_batch(entered(**given), BATCH, TODAY)


def test_what_nobody_has_recorded_is_left_to_the_review() -> None:
    bare = BATCH.model_copy(update={"strength": None, "expires_on": None})
    refuse_unless_of_the_batch(entered(strength="20 mg", expires_on="2027-01-31"), bare, TODAY)


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
                "signed_under": "is no verified manufacturing authorisation of a site in CH in force on that day: have"
                " the site show it, and have it verified, first"
            },
        ),
        (
            {"sites": [MADE, MILLED, {**MADE, "site_id": "XX-01"}]},
            {"sites.2.site_id": "has made no part of the batch"},
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


def test_another_person_accepts_it_and_anybody_turns_it_down() -> None:
    ines = Actor(person="PER-1", user="ines", name="Ines", org=Org.SPONSOR, roles=frozenset())
    yes, no = (filled(ManufacturerCertificateReview, accept=accept) for accept in (True, False))
    refuse_own_review(yes, ines, "PER-2", accepted=None)
    refuse_own_review(no, ines, "PER-1", accepted=None)
    refuse_own_review(no, ines, "PER-1", accepted=True)
    with pytest.raises(Refused) as refused:
        refuse_own_review(yes, ines, "PER-1", accepted=None)
    assert refused.value.refusal.code is Code.SEGREGATION_OF_DUTIES
    for form, accepted in ((yes, True), (yes, False), (no, False)):
        with pytest.raises(Refused) as refused:
            refuse_own_review(form, ines, "PER-2", accepted=accepted)
        assert refused.value.refusal.code is Code.ALREADY_ANSWERED


def test_who_makes_it_has_tested_it_unless_a_laboratory_is_named() -> None:
    made, tested = (CertifiedSite(site_id=each, activity=kind, authorisation="1") for each, kind in SITES)
    assert laboratories_of([made]) == {"BS-01"}
    assert laboratories_of([made, tested]) == {"QL-01"}


SITES = (("BS-01", Activity.DRUG_PRODUCT), ("QL-01", Activity.TESTING))


def test_a_certificate_is_known_by_its_number() -> None:
    assert [BATCH_CERTIFICATE.names(each) for each in ("MBC-1", "MBC-", "IMP-1")] == [True, False, False]
