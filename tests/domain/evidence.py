"""A batch that nothing stands against, as evidence for the EU."""

from datetime import UTC, date, datetime
from typing import Any

from domain.asl.asl import AslStatus
from domain.audit.outcome import Recommendation
from domain.authorisation.registered import Registered
from domain.batch.batch import Relation
from domain.batch.disposition import SiteVerdict
from domain.batch.gate.batch_facts import AnalysisFacts, PaperFacts, ProcessFacts, ValueFacts
from domain.batch.gate.chain_facts import MaterialFacts, ParentFacts, ReleaseFacts
from domain.batch.gate.decision_facts import DispositionFacts, ReviewFacts
from domain.batch.gate.site_facts import (
    AgreementFacts,
    AuditFacts,
    CertificateFacts,
    ReportFacts,
    ScopeFacts,
    StatusFacts,
)
from domain.policy.market_rule import DecisionRule
from domain.release.evidence import BatchEvidence
from domain.site.certificate import CertificateType
from domain.site.site import Activity
from tests.domain.shipped import POLICY

AT = datetime(2025, 10, 13, 9, tzinfo=UTC)
TODAY = AT.date()
FIRST, LAST = date(2025, 9, 1), date(2025, 9, 12)
SCOPE = ScopeFacts(
    scope_id="SC-1",
    site_id="VM-02",
    site="Plant 2",
    activity=Activity.API_MFG,
    during=(StatusFacts(status=AslStatus.APPROVED),),
    now=AslStatus.APPROVED,
)
AGREEMENT = AgreementFacts(scope_id="SC-1", qta_id="QTA-1", version=1, first=date(2025, 5, 20), last=date(2028, 5, 20))
CERTIFICATE = CertificateFacts(
    scope_id="SC-1",
    certificate_id="CERT-1",
    type=CertificateType.GMP_CERT,
    number="DE_RP_01",
    inspected_on=date(2023, 3, 10),
    valid_to=date(2026, 3, 10),
)
REPORT = ReportFacts(audit_id="AUD-1", last_day=date(2025, 4, 3), recommendation=Recommendation.ACCEPTABLE_WITH_CAPA)
AUDIT = AuditFacts(
    scope_id="SC-1",
    last_day=date(2025, 4, 3),
    reports=(REPORT,),
    due=date(2026, 4, 3),
    justifiable_until=date(2026, 7, 2),
    is_api_for_union=True,
)
VALUE = ValueFacts(
    parameter="Coupling temperature", value="41.2", unit="Cel", in_nor=True, in_par=True, is_critical=True
)
PROCESS = ProcessFacts(set_id="PS-1", effective_set_id="PS-1", critical=("Coupling temperature",), values=(VALUE,))
COA = PaperFacts(report="COA-1", dated=LAST)
ANALYSIS = AnalysisFacts(spec_id="SPEC-SC-1", spec_version=2, certificates=(COA,), own_testing_on=date(2025, 8, 1))


PARENT = ParentFacts(
    batch_id="BAT-7",
    number="B-007",
    relation=Relation.INTERMEDIATE,
    used_at=datetime(2025, 9, 1, 6, tzinfo=UTC),
    last_day=date(2026, 8, 31),
    site_released_at=datetime(2025, 7, 1, tzinfo=UTC),
    release=ReleaseFacts(since=datetime(2025, 8, 1, tzinfo=UTC), shown_by="EU-2025-000007"),
)
"""A batch that it comes from, released before it was used."""


def review(action: str, person: str, **changes: Any) -> ReviewFacts:
    return ReviewFacts(action=action, by_name=person, persons=(person,), at=AT, **changes)


REVIEWS = (review("review-results", "nora"), review("review-record", "priya"), review("review-process", "carla"))
DISPOSITION = DispositionFacts(verdict=SiteVerdict.RELEASED, by_name="Uta", persons=("uta",))
_SINCE = {"valid_from": date(2020, 1, 1)}
AUTHORISED = Registered.model_validate(
    {
        "authorisation_id": "AUT-ARL-EU",
        "version": 1,
        "type": "MA",
        "market": "EU",
        "product": "ARL-204",
        "number": "EU/1/27/1801",
        "holder": "Arlivan Therapeutics GmbH",
        "standing": [{"status": "IN_FORCE", **_SINCE}],
        "steps": [
            {"part": part, "site_id": site, "substance": None, **_SINCE}
            for part in ("INTERMEDIATE", "API", "DOSAGE_FORM", "PACKAGING")
            for site in ("VM-02", "OB-01")
        ],
        "release_sites": [{"site_id": "VM-02", **_SINCE}],
        "packs": [{"code": "EU/1/27/1801/001", "description": "30 tablets in blisters", **_SINCE}],
        "specifications": [{"spec_id": "SPEC-SC-1", "version": version, **_SINCE} for version in (1, 2)],
        "proposed_at": datetime(2024, 1, 1, tzinfo=UTC),
    }
)
"""What is registered for the product of the batch in its market."""
CLEAN = BatchEvidence(
    batch_id="BAT-1",
    number="B-001",
    market="EU",
    asks=POLICY.asks_of("EU"),
    today=TODAY,
    first_day=FIRST,
    last_day=LAST,
    scopes=(SCOPE,),
    agreements=(AGREEMENT,),
    certificates=(CERTIFICATE,),
    audits=(AUDIT,),
    audits_known=True,
    needs=DecisionRule.QP,
    process=PROCESS,
    analysis=ANALYSIS,
    reviews=REVIEWS,
    disposition=DISPOSITION,
    materials=(MaterialFacts(lot="Coupling agent C-12 C12-0417", maker="Rheinchem AG"),),
    product="ARL-204",
    authorisations=(AUTHORISED,),
    by_authorisation=True,
)


def of_market(market: str) -> dict[str, Any]:
    """Another market, with what its row asks; of papers beside those of GMP nothing."""
    return {"market": market, "asks": POLICY.asks_of(market).model_copy(update={"papers": ()})}


def but(**changes: Any) -> BatchEvidence:
    """The same with something else."""
    return CLEAN.model_copy(update=changes)


def with_scope(**changes: Any) -> BatchEvidence:
    return but(scopes=(SCOPE.model_copy(update=changes),))


def with_audit(**changes: Any) -> BatchEvidence:
    return but(audits=(AUDIT.model_copy(update=changes),))


def with_certificate(**changes: Any) -> BatchEvidence:
    return but(certificates=(CERTIFICATE.model_copy(update=changes),))


def with_analysis(**changes: Any) -> BatchEvidence:
    return but(analysis=ANALYSIS.model_copy(update=changes))


def with_process(**changes: Any) -> BatchEvidence:
    return but(process=PROCESS.model_copy(update=changes))
