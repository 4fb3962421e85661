from datetime import date
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.asl.lifting import Hindrances, critical_to, refuse_leads, refuse_while_hindered
from domain.core.refusals import Code, Refused
from domain.core.signatures import refuse_hands
from domain.status.decision import barred_from_deciding
from domain.status.reinstatement import (
    ReinstatedStatus,
    ReinstatementProposal,
    hindrances_to,
    refuse_unless_reinstatable,
)
from tests.domain.filling import faults, filled

TODAY, LATEST = date(2026, 7, 13), date(2027, 1, 13)
EVIDENCE = [{"document_id": "DOC-1", "sha256": "0" * 64}]
CONDITION = {"text": "Observers", "owner": "Site head", "due": "2026-10-01", "verification": "Reports"}
CONDITIONAL: dict[str, Any] = {
    "status": "CONDITIONALLY_APPROVED",
    "conditions": [CONDITION],
    "conditional_to": "2026-12-31",
}


def shown(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number, "finding": "Seen.", "evidence": EVIDENCE} for number in numbers]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"criteria": shown(2, 1)}, set()),
        ({"criteria": shown(1)}, {"criteria"}),
        ({"criteria": shown(1, 1)}, {"criteria"}),
        ({"criteria": shown(1, 2, 3)}, {"criteria"}),
        ({"criteria": shown(1, 2, 2)}, {"criteria"}),
        ({"status": "PROBATION"}, {"measures"}),
        ({"status": "PROBATION", "measures": ["No late CAPA for two months."]}, set()),
        ({"measures": ["No late CAPA for two months."]}, {"measures"}),
        (CONDITIONAL, set()),
        ({**CONDITIONAL, "conditions": []}, {"conditions"}),
        ({**CONDITIONAL, "conditional_to": None}, {"conditional_to"}),
        ({**CONDITIONAL, "conditional_to": "2026-07-13"}, {"conditional_to", "conditions.0.due"}),
        ({**CONDITIONAL, "conditional_to": "2027-01-14"}, {"conditional_to"}),
        ({**CONDITIONAL, "conditions": [{**CONDITION, "due": "2026-07-12"}]}, {"conditions.0.due"}),
        ({**CONDITIONAL, "conditions": [{**CONDITION, "due": "2027-01-01"}]}, {"conditions.0.due"}),
        ({"conditions": [CONDITION]}, {"conditions"}),
        ({"conditional_to": "2026-12-31"}, {"conditional_to"}),
    ],
)
def test_a_reinstatement_shows_every_criterion_and_is_whole(changes: dict[str, Any], expected: set[str]) -> None:
    proposal = filled(ReinstatementProposal, {"criteria": shown(1, 2)}, **changes)

    def rule() -> None:
        refuse_unless_reinstatable(
            proposal,
            status=AslStatus.SUSPENDED,
            criteria=["One", "Two"],
            today=TODAY,
            latest_conditional=LATEST,
        )

    assert faults(rule) == expected


@pytest.mark.parametrize(("status", "expected"), [("APPROVED", {"status"}), ("EXPIRED", set()), (None, set())])
def test_the_status_becomes_another_one(status: str | None, expected: set[str]) -> None:
    proposal, stands = filled(ReinstatementProposal, {"criteria": []}), AslStatus(status) if status else None
    found = faults(
        lambda: refuse_unless_reinstatable(proposal, status=stands, criteria=[], today=TODAY, latest_conditional=LATEST)
    )
    assert found == expected


EVERYTHING = Hindrances(
    critical_findings=("FND-3-1",),
    critical_capas=("CAPA-7",),
    expired_certificates=("GMP_CERT",),
    agreement_lapsed=True,
    unmet_conditions=("QC-1/2",),
    requalification_overdue=True,
)


ALWAYS = {"findings", "capas", "certificates", "agreement", "requalification"}


@pytest.mark.parametrize(
    ("status", "found", "criteria", "expected"),
    [
        ("APPROVED", Hindrances(), True, set()),
        ("APPROVED", Hindrances(), False, {"criteria"}),
        ("APPROVED", EVERYTHING, True, {*ALWAYS, "conditions"}),
        ("PROBATION", EVERYTHING, True, ALWAYS),
        ("APPROVED", Hindrances(requalification_overdue=True), True, {"requalification"}),
        ("CONDITIONALLY_APPROVED", Hindrances(unmet_conditions=("QC-1/2",)), True, set()),
    ],
)
def test_what_is_open_hinders_a_reinstatement(
    status: str, found: Hindrances, expected: set[str], *, criteria: bool
) -> None:
    missing = hindrances_to(ReinstatedStatus(status), found, criteria=criteria)
    assert faults(lambda: refuse_while_hindered(missing)) == expected


def test_what_is_critical_keeps_a_suspension_whichever_way_it_is_to_end() -> None:
    assert (set(critical_to(EVERYTHING)), critical_to(Hindrances(agreement_lapsed=True))) == ({"findings", "capas"}, {})


def test_a_closed_gate_says_so() -> None:
    with pytest.raises(Refused, match="capas are critical and not verified: CAPA-7") as refused:
        refuse_while_hindered(hindrances_to(ReinstatedStatus.PROBATION, EVERYTHING, criteria=True))
    assert refused.value.refusal.code is Code.GATE_CLOSED


def test_who_led_an_audit_proposed_or_signed_first_does_not_sign() -> None:
    refuse_leads(["hana"], {"tom"})
    refuse_hands(["hana"], {"ines"})
    for refuse, rule in ((refuse_leads, "S2"), (refuse_hands, "S1")):
        with pytest.raises(Refused) as refused:
            refuse(["quentin", "hana"], {"hana"})
        assert (refused.value.refusal.code, refused.value.refusal.rule) == (Code.SEGREGATION_OF_DUTIES, rule)
    assert barred_from_deciding(["ines"], {"hana"}) == {"ines": "S1", "hana": "S1"}
