"""What the certificate of clinical supply says of its trial."""

from typing import Any

import pytest

from domain.batch.trial import Phase
from domain.core.refusals import Refused
from domain.policy.market_rule import DecisionRule
from domain.release.certification import QcuApproval, QpCertification
from domain.release.trial_supply import (
    REGULATIONS,
    STATUTORY,
    made_under,
    refuse_unless_authorised,
    refuse_unless_of_a_trial,
)
from tests.domain.evidence import AUTHORISED, but
from tests.domain.filling import faults, filled

CTA = {"number": "CTA-1", "phase": "PHASE_1", "specification_file": "PSF-1"}
NO = {"decision": "REJECT"}


@pytest.mark.parametrize(
    ("market", "phase", "made_available", "rules"),
    [
        ("US", Phase.PHASE_1, False, STATUTORY),
        ("US", Phase.PHASE_1, True, REGULATIONS),
        ("US", Phase.PHASE_2, False, REGULATIONS),
        ("EU", Phase.PHASE_1, False, None),
    ],
)
def test_phase_1_in_the_us_is_made_under_the_statute(
    market: str, phase: Phase, rules: str | None, *, made_available: bool
) -> None:
    assert made_under(market, phase, made_available=made_available) == rules


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
    rule = DecisionRule.QP if market == "EU" else DecisionRule.QCU
    form = filled(QpCertification if rule is DecisionRule.QP else QcuApproval, {"market": market, **changes})
    found: set[str] = set()
    try:
        refuse_unless_of_a_trial(form, rule, **{"is_clinical": True, **known})
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
