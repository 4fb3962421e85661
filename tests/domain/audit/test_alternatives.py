from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.audit.alternatives import (
    QualificationWaiver,
    QualificationWaiverDecision,
    RecommendationAgreement,
    ThirdPartyDecision,
    ThirdPartyReport,
    refuse_unless_reliable,
)
from domain.audit.waiver import AuditWaiver, WaiverDecision
from domain.core.forms import Decision, Meaning
from tests.domain.filling import faults, filled

TODAY = date(2026, 2, 13)
HIGH: dict[str, Any] = {
    "tier": "HIGH",
    "first_qualification": True,
    "product": "ARL-204",
    "interval_months": 12,
    "today": TODAY,
}


@pytest.mark.parametrize(
    ("given", "facts", "expected"),
    [
        ({}, {}, set()),
        ({"audited_to": "2025-02-12"}, {}, {"audited_to"}),
        ({"audited_to": "2025-02-12"}, {"interval_months": 24}, set()),
        ({"audited_from": "2025-02-14"}, {}, {"audited_to"}),
        ({"audited_to": "2026-02-13"}, {}, set()),
        ({"audited_to": "2026-02-14"}, {}, {"audited_to"}),
        ({"audited_from": "2026-02-14", "audited_to": "2026-02-15"}, {}, {"audited_from", "audited_to"}),
        ({"contract_giver_is_authorisation_holder": False}, {}, {"contract_giver_is_authorisation_holder"}),
        ({"products": ["ARL-310"]}, {}, {"products"}),
        ({"products": ["ARL-310", "ARL-204"]}, {}, set()),
        ({"standards": ["GDP", "GDP"]}, {}, {"standards"}),
        ({"mode": "PAPER"}, {}, {"mode"}),
        ({"mode": "REMOTE"}, {}, {"mode"}),
        ({"mode": "PAPER"}, {"tier": "CRITICAL"}, {"mode"}),
        ({"mode": "PAPER"}, {"tier": "MEDIUM"}, set()),
        ({"mode": "REMOTE"}, {"first_qualification": False}, set()),
        ({"mode": "PAPER", "products": ["ARL-999"]}, {}, {"mode", "products"}),
    ],
)
def test_a_third_party_report_stands_in_only_if_contract_days_scope_and_mode_fit(
    given: dict[str, Any], facts: dict[str, Any], expected: set[str]
) -> None:
    report = filled(ThirdPartyReport, **given)
    assert faults(lambda: refuse_unless_reliable(report, **{**HIGH, **facts})) == expected


@pytest.mark.parametrize("missing", ["third_party", "auditor_name", "auditor_qualification", "final_assessment"])
def test_a_third_party_report_names_contract_auditor_and_the_holders_own_assessment(missing: str) -> None:
    whole = filled(ThirdPartyReport).model_dump(mode="json")
    with pytest.raises(ValidationError, match=missing):
        ThirdPartyReport.model_validate({name: value for name, value in whole.items() if name != missing})


@pytest.mark.parametrize(
    ("form", "yes", "meaning"),
    [
        (QualificationWaiverDecision, "grant", Meaning.WAIVED),
        (ThirdPartyDecision, "accept", Meaning.APPROVED),
        (RecommendationAgreement, "agree", Meaning.REVIEWED),
    ],
)
def test_a_no_is_signed_as_rejected(form: type[Decision], yes: str, meaning: Meaning) -> None:
    assert filled(form).meaning() is meaning
    no: dict[str, Any] = {yes: False}
    assert filled(form, **no).meaning() is Meaning.REJECTED


def test_the_waiver_of_a_qualification_asks_for_the_same_as_that_of_an_audit() -> None:
    assert QualificationWaiver.model_fields.keys() == AuditWaiver.model_fields.keys()
    assert QualificationWaiverDecision.model_fields.keys() == WaiverDecision.model_fields.keys()
    assert (QualificationWaiver.action.name, AuditWaiver.action.name) == ("waive-audit", "waive")
