"""What a certificate says, line by line (EU GMP Annex 16, appendix II)."""

from typing import Any

import pytest

from domain.policy.market_rule import DecisionRule
from domain.release.certificate import CertificateState, CertificateTemplate, Declaration, state_of, template_of
from domain.release.certificate_text import labels_of, lines_of

T = CertificateTemplate
PLACE = {
    "scope_id": "SC-1",
    "activity": "PACKAGING",
    "site_id": "PK-07",
    "name": "Plant 2",
    "address": "Industriestrasse 4, Mainz",
    "supplier": "Veldmark Pharma Services GmbH",
    "authorisations": ["DE_RP_01_MIA_2023_0042"],
}
ENTRY: dict[str, Any] = {
    "rule": "QP",
    "market": "EU",
    "batch_number": "P-1",
    "sponsor_number": None,
    "product": "Arlivan",
    "strength": "10 mg",
    "quantity": "100",
    "unit": "{pack}",
    "started_on": "2026-01-02",
    "made_on": "2026-01-05",
    "expiry_on": "2028-01-31",
    "retest_on": None,
    "mbr_version": "MBR v3",
    "parameter_set": None,
    "made_at": [{**PLACE, "authorisations": []}],
    "statement": "I certify this batch.",
    "authorisation": "DE_RP_01_MIA_2023_0042",
    "location": {"country": "DE", "shown_by": "Office network"},
    "certified_by": "PER-1",
    "certified_by_name": "Quentin Dubois",
    "on_behalf_of": None,
    "certified_at": "2026-02-01T10:00:00+00:00",
    "exceptions": [],
    "judged": [],
}
SIGNED_NOW: dict[str, Any] = {
    **ENTRY,
    "template": "PRODUCT",
    "content_version": 2,
    "sponsor_number": "AUR-1",
    "dosage_form": "Tablet",
    "pack": {"description": "30 tablets in blisters", "marks": ["UK_ONLY"]},
    "destinations": ["GB", "XI"],
    "made_at": [PLACE],
    "made_before": [{**PLACE, "activity": "API_MFG", "name": "Plant 1", "authorisations": []}],
    "signed_as": "QP",
}


def lines(entry: dict[str, Any]) -> dict[str, str]:
    return {each.label: each.text for each in lines_of(Declaration.model_validate(entry))}


def test_a_certificate_says_all_that_the_annex_asks_for() -> None:
    assert lines(SIGNED_NOW) == {
        "Name of the product": "Arlivan",
        "Strength": "10 mg",
        "Dosage form": "Tablet",
        "Pack size and type": '30 tablets in blisters, with "UK Only"',
        "Batch number": "P-1 (sponsor's number AUR-1)",
        "Destination": "GB, XI",
        "Sites of manufacture": "Veldmark Pharma Services GmbH, Plant 2, Industriestrasse 4, Mainz: packaging"
        " (DE_RP_01_MIA_2023_0042)",
        "Sites of what it comes from": "Veldmark Pharma Services GmbH, Plant 1, Industriestrasse 4, Mainz:"
        " manufacture of the active substance",
        "Quantity": "100 pack",
        "Made": "2026-01-02 to 2026-01-05",
        "Last day of use": "2028-01-31",
        "Statement": "I certify this batch.",
        "Signed by": "Quentin Dubois, qualified person",
        "Licence": "DE_RP_01_MIA_2023_0042",
        "Place": "DE (Office network)",
        "Signed at": "2026-02-01 10:00 UTC",
    }


def test_an_entry_of_an_older_version_says_what_it_does_not_state() -> None:
    older = Declaration.model_validate(ENTRY)
    assert (older.template, older.content_version) == (T.PRODUCT, 1)
    said = lines(ENTRY)
    assert (said["Dosage form"], said["Pack size and type"], said["Destination"]) == ("not stated", "not stated", "EU")
    assert said["Signed by"] == "Quentin Dubois"


def test_clinical_supply_has_a_template_of_its_own() -> None:
    trial = {"trial": "2027-504321-17-00", "phase": "PHASE_2", "specification_file": "PSF-204 v3"}
    assert Declaration.model_validate({**ENTRY, **trial}).template is T.CLINICAL_SUPPLY
    said = lines({**SIGNED_NOW, **trial, "template": "CLINICAL_SUPPLY"})
    assert (said["Trial"], said["Phase"]) == ("2027-504321-17-00", "phase 2")
    assert said["Product specification file"] == "PSF-204 v3"
    assert "Trial" not in set(labels_of(T.PRODUCT))
    assert {"Trial", "Product specification file", "Made under"} <= set(labels_of(T.CLINICAL_SUPPLY))


def test_what_is_no_product_is_said_otherwise() -> None:
    processing = {"rule": "PROCESSING", "supply_stage": "API", "for_sites": ["PK-07"], "purposes": ["TESTING"]}
    said = lines({**ENTRY, **processing, "authorisation": None, "location": None})
    assert (said["Stage"], said["For the sites"], said["For"]) == ("active substance", "PK-07", "testing")
    assert not {"Licence", "Place", "Pack size and type", "Destination"} & set(said)
    confirmed = lines({**ENTRY, "rule": "CONFIRMATION", "part": "Compression", "agreement": "QTA-1"})
    assert (confirmed["Part that is confirmed"], confirmed["Agreement"], confirmed["Market"]) == (
        "Compression",
        "QTA-1",
        "EU",
    )


@pytest.mark.parametrize(
    ("rule", "clinical", "template"),
    [
        (DecisionRule.QP, False, T.PRODUCT),
        (DecisionRule.QCU, True, T.CLINICAL_SUPPLY),
        (DecisionRule.MARKET, False, T.PRODUCT),
        (DecisionRule.PROCESSING, False, T.PROCESSING),
        (DecisionRule.CONFIRMATION, False, T.CONFIRMATION),
    ],
)
def test_the_rule_says_the_template(rule: DecisionRule, clinical: object, template: CertificateTemplate) -> None:
    assert template_of(rule, clinical=bool(clinical)) is template


def test_a_certificate_stands_until_it_is_taken_back() -> None:
    found = [state_of(None, None), state_of("2026-01-01", None), state_of("2026-01-01", "RECALLED")]
    assert found == [CertificateState.STANDS, CertificateState.WITHDRAWN, CertificateState.RECALLED]
