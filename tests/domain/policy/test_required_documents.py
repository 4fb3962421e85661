import pytest

from domain.policy.required_documents import DocumentRules, RequiredDocument, required_for
from domain.site.certificate import CertificateType
from domain.site.site import Activity, ProductStage
from tests.domain.shipped import POLICY

SHIPPED = POLICY.required_documents
ALWAYS = {
    "smf",
    "inspection_report",
    "qms_certificates",
    "iso_certificate",
    "organisation_chart",
    "product_list",
    "subcontractor_list",
    "validation_master_plan",
    "data_integrity_policy",
    "insurance",
}
LICENCES = {"mia", "gmp_certificate"}
US = {"fda_registration"}


@pytest.mark.parametrize(
    ("activity", "markets", "stage", "more"),
    [
        (Activity.API_MFG, ("EU", "US"), ProductStage.COMMERCIAL, LICENCES | US | {"cep"}),
        (Activity.API_MFG, ("DE",), ProductStage.COMMERCIAL, LICENCES | {"cep"}),
        (Activity.API_MFG, ("JP", "NO"), ProductStage.COMMERCIAL, LICENCES | {"cep"}),
        (Activity.API_MFG, ("CH", "GB"), ProductStage.COMMERCIAL, LICENCES),
        (Activity.API_MFG, ("EU",), ProductStage.CLINICAL, LICENCES),
        (Activity.API_MFG, ("US",), ProductStage.COMMERCIAL, LICENCES | US),
        (Activity.API_MFG, ("US",), ProductStage.CLINICAL, LICENCES),
        (Activity.STERILE_FILL, ("EU",), ProductStage.CLINICAL, LICENCES | {"sterilisation_validation", "mia_imp"}),
        (Activity.PACKAGING, ("GB",), ProductStage.CLINICAL, LICENCES | {"mia_imp"}),
        (Activity.PACKAGING, ("US",), ProductStage.CLINICAL, LICENCES),
        (Activity.DRUG_PRODUCT, ("JP",), ProductStage.COMMERCIAL, LICENCES),
        (Activity.STORAGE, ("EU",), ProductStage.COMMERCIAL, {"wda"}),
        (Activity.DEVELOPMENT, ("EU",), ProductStage.CLINICAL, set()),
    ],
)
def test_a_scope_decides_which_documents_are_required(
    activity: Activity, markets: tuple[str, ...], stage: ProductStage, more: set[str]
) -> None:
    assert {document.key for document in required_for(POLICY.document_rules, activity, markets, stage)} == ALWAYS | more


def test_certificates_are_of_their_type_and_insurance_is_no_matter_of_gmp() -> None:
    by_key = {document.key: document for document in SHIPPED}
    assert {key: document.certificate for key, document in by_key.items() if document.certificate} == {
        "mia": CertificateType.MIA,
        "mia_imp": CertificateType.MIA_IMP,
        "gmp_certificate": CertificateType.GMP_CERT,
        "wda": CertificateType.WDA,
        "cep": CertificateType.CEP,
        "fda_registration": CertificateType.FDA_REGISTRATION,
        "iso_certificate": CertificateType.ISO,
        "insurance": CertificateType.INSURANCE,
    }
    assert [key for key, document in by_key.items() if not document.gxp] == ["insurance"]
    optional = {key for key, document in by_key.items() if not document.mandatory}
    assert optional == {"insurance", "iso_certificate", "cep", "mia_imp", "fda_registration"}


@pytest.mark.parametrize(
    ("restriction", "asked"),
    [
        ({}, True),
        ({"activities": ("TESTING", "API_MFG")}, True),
        ({"activities": ("TESTING",)}, False),
        ({"markets": ("JP", "US")}, True),
        ({"markets": ("JP",)}, False),
        ({"stages": ("COMMERCIAL",)}, True),
        ({"stages": ("CLINICAL",)}, False),
        ({"activities": ("API_MFG",), "stages": ("CLINICAL",)}, False),
    ],
)
def test_a_restriction_that_does_not_fit_lifts_the_requirement(
    restriction: dict[str, tuple[str, ...]], *, asked: bool
) -> None:
    document = RequiredDocument.model_validate(
        {"key": "one", "title": "One", "mandatory": True, "gxp": True, **restriction}
    )
    found = required_for(DocumentRules((document,), ()), Activity.API_MFG, ["EU", "US"], ProductStage.COMMERCIAL)
    assert bool(found) is asked
