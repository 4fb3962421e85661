"""What the certificate of clinical supply says of its trial."""

from typing import Any

import pytest

from domain.batch.trial import Phase
from domain.core.refusals import Refused
from domain.policy.clinical_row import RulesByPhase
from domain.release.certification import QcuApproval, QpCertification
from domain.release.trial_supply import (
    made_under,
    refuse_unless_authorised,
    refuse_unless_of_a_trial,
)
from records.installation.supplementing import shipped_policy
from tests.domain.evidence import AUTHORISED, but
from tests.domain.filling import faults, filled

RULES = RulesByPhase(first="Statutory CGMP", later="21 CFR Part 211")
CTA = {"number": "CTA-1", "phase": "PHASE_1", "specification_file": "PSF-1"}
NO = {"decision": "REJECT"}


@pytest.mark.parametrize(
    ("phase", "made_available", "rules"),
    [
        (Phase.PHASE_1, False, RULES.first),
        (Phase.PHASE_1, True, RULES.later),
        (Phase.PHASE_2, False, RULES.later),
        (None, False, RULES.later),
    ],
)
def test_phase_1_is_made_under_rules_of_its_own(phase: Phase | None, rules: str, *, made_available: bool) -> None:
    assert made_under(RULES, phase, made_available=made_available) == rules


@pytest.mark.parametrize(
    ("market", "changes", "known", "fields"),
    [
        ("EU", {"trial": CTA}, {}, set()),
        ("EU", {}, {}, {"trial"}),
        ("EU", {"trial": CTA}, {"is_clinical": False}, {"trial"}),
        ("EU", {}, {"is_clinical": False}, set()),
        ("EU", {**NO}, {}, set()),
        ("EU", {**NO, "trial": CTA}, {}, {"trial"}),
        ("EU", {"trial": {"number": "CTA-1"}}, {}, {"trial.specification_file"}),
        ("EU", {"trial": CTA}, {"before": "cta 1"}, set()),
        ("EU", {"trial": CTA}, {"before": "CTA-2"}, {"trial.number"}),
        ("US", {"trial": {"number": "IND 1"}}, {}, {"trial.phase"}),
        ("US", {"trial": CTA}, {}, set()),
    ],
)
def test_the_certificate_of_clinical_supply_alone_names_its_trial(
    market: str, changes: dict[str, Any], known: dict[str, Any], fields: set[str]
) -> None:
    row = shipped_policy().market_rule(market)
    assert row is not None
    asked = row.clinical
    form = filled(QpCertification if market == "EU" else QcuApproval, {"market": market, **changes})
    found: set[str] = set()
    try:
        refuse_unless_of_a_trial(form, asked, **{"is_clinical": True, **known})
    except Refused as refusal:
        found = set(refusal.refusal.fields)
    assert found == fields


@pytest.mark.parametrize(
    ("number", "authorised", "known", "fields"),
    [
        ("CTA-1", ("cta 1",), {}, set()),
        ("CTA-1", ("CTA-2", "CTA-1"), {}, set()),
        ("CTA-1", ("CTA-2",), {}, {"trial.number"}),
        ("CTA-1", ("CTA-2",), {"by_authorisation": False}, set()),
        ("CTA-1", (), {}, set()),
    ],
)
def test_the_trial_is_one_that_is_authorised_in_the_market(
    number: str, authorised: tuple[str, ...], known: dict[str, Any], fields: set[str]
) -> None:
    form = filled(QpCertification, {"market": "EU", "trial": {**CTA, "number": number}})
    trials = tuple(AUTHORISED.model_copy(update={"trial": each}) for each in authorised)
    assert faults(lambda: refuse_unless_authorised(form, but(authorisations=trials, **known))) == fields
