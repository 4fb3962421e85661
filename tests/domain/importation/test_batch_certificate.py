"""Who reviews a manufacturer's certificate of a batch, and which sites have tested by it."""

import pytest

from domain.core.people import Actor, Org
from domain.core.refusals import Code, Refused
from domain.importation.batch_certificate import (
    BATCH_CERTIFICATE,
    CertifiedSite,
    ManufacturerCertificateReview,
    laboratories_of,
    refuse_own_review,
)
from domain.site.site import Activity
from tests.domain.filling import filled


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
