"""The gate report as text: one page that a qualified person reads."""

from typing import Any

import pytest

from domain.batch.batch import MarketDecision, PhysicalStatus
from domain.batch.gate.decision_facts import HoldFacts
from domain.batch.gate.gate import Gate
from domain.batch.holds.holds import HoldType
from domain.batch.review import ProcessReview, RecordReview, ResultsReview
from domain.policy.market_rule import DecisionRule
from domain.release.evidence import BatchEvidence
from domain.release.gate_report import DecisionView, GateReport, ReportedBatch, ReviewerView
from domain.release.gate_report_text import WIDTH, rendered
from domain.release.gates import evaluate
from tests.domain.evidence import AT, CLEAN, FIRST, LAST, REVIEWS, SCOPE, but

BATCH = ReportedBatch(
    batch_id="BAT-1",
    number="B-001",
    sponsor_number="AUR-25-001",
    product="ARL-204",
    strength=None,
    quantity="118.4",
    unit="kg",
    site_id="VM-02",
    scope_ids=("SC-1",),
    mbr_version="MBR-204 v3",
    parameter_set_id="PS-1",
    started_on=FIRST,
    made_on=LAST,
    expiry_on=None,
    retest_on=None,
    zone="Europe/Berlin",
    shelf_life_ended=False,
    physical_status=PhysicalStatus.QUARANTINE,
)
TITLES = {form.action.name: form.action.title for form in (RecordReview, ResultsReview, ProcessReview)}
OPEN = DecisionView(
    rule=DecisionRule.QP,
    decision=None,
    quantity=None,
    certificate_number=None,
    decided_by=None,
    decided_at=None,
    withdrawn_at=None,
)


def report(evidence: BatchEvidence = CLEAN, **changes: Any) -> GateReport:
    known = GateReport(
        market="EU",
        at=AT,
        as_signed=False,
        batch=BATCH,
        gates=evaluate(evidence, {}, AT),
        sha256="0" * 64,
        deviations=(),
        results=(),
        holds=evidence.holds,
        reviewers=tuple(
            ReviewerView(action=each.action, title=TITLES[each.action], by_name=each.by_name, at=each.at)
            for each in REVIEWS
        ),
        decision=OPEN,
    )
    return known.model_copy(update=changes)


def test_a_batch_that_nothing_stands_against_is_told_in_lines_of_a_page() -> None:
    page = rendered(report())
    lines = page.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert "GATES: all open" in lines
    assert [line.split()[0] for line in lines if line.startswith("G") and " passes " in line] == [g.value for g in Gate]
    assert "Decision     open, by QP" in lines
    assert "Review of the results: nora, 2025-10-13; Review of the batch record: priya, 2025-10-13;" in page


def test_everything_that_was_looked_at_is_shown_of_what_is_open_as_well() -> None:
    long = "fact: " + "certificate " * 12
    gates = tuple(each.model_copy(update={"looked_at": ("fact: one", long) * 20}) for each in evaluate(CLEAN, {}, AT))
    page = rendered(report(gates=gates))
    assert page.count("- fact: one") == 20 * len(Gate)
    assert page.count("certificate") >= 20 * 12 * len(Gate)
    assert max(map(len, page.splitlines())) <= WIDTH


def test_what_is_closed_is_named_first_with_all_that_was_looked_at() -> None:
    scopes = tuple(SCOPE.model_copy(update={"scope_id": f"SC-{n}", "now": None}) for n in range(1, 7))
    hold = HoldFacts(
        hold_id="HOLD-1", type=HoldType.SUPPLIER_STATUS, reason="Data were deleted", since=AT, fact="ScopeSuspended"
    )
    page = rendered(report(but(scopes=scopes, holds=(hold,))))
    assert "GATES: G1, G2, G3, G14 not open" in page
    assert " ".join(page.split()).count("approved at manufacture, not on the list now") == 6
    assert page.count("HOLD-1") == 2, "why it stands, and what lifts it"
    assert "HOLD-1 (status of the site) stands: Data were deleted" in page
    said = " ".join(page.split())
    assert "HOLD-1: status of the site, for all markets, from 2025-10-13 on, since the status of its site" in said
    assert "lifted by quality assurance or supplier quality once the status stops release no more, confirmed by" in said


def test_a_signed_decision_shows_its_certificate_and_not_what_is_known_since() -> None:
    decided = {
        "decision": MarketDecision.RELEASE,
        "quantity": "100",
        "certificate_number": "EU-2025-000001",
        "decided_by": "Quentin Dubois",
        "decided_at": AT,
    }
    page = rendered(report(as_signed=True, decision=OPEN.model_copy(update={**decided, "capacity": DecisionRule.QP})))
    assert "As signed on 2025-10-13 09:00 UTC" in page
    assert "Decision     released by Quentin Dubois (QP), 2025-10-13 09:00 UTC" in page
    assert "Certificate  EU-2025-000001, 100 kg" in page
    assert "Deviations" not in page


@pytest.mark.parametrize("name", ["B" * 200, "Ω 批次 " * 25, "a b " * 40])
def test_no_name_breaks_the_page(name: str) -> None:
    batch = BATCH.model_copy(update={"number": name, "product": name, "scope_ids": (name,) * 5})
    assert max(map(len, rendered(report(batch=batch)).splitlines())) <= WIDTH


def test_nobody_is_shown_as_a_qualified_person_who_decided_as_something_else() -> None:
    decided = {"decision": MarketDecision.REJECT, "decided_by": "Tom Berg"}
    page = rendered(report(decision=OPEN.model_copy(update=decided)))
    assert "Decision     rejected by Tom Berg, -" in page
    page = rendered(report(decision=OPEN.model_copy(update={**decided, "on_behalf_of": "Quentin Dubois"})))
    assert "Decision     rejected by Tom Berg, for Quentin Dubois under a delegation, -" in page
    assert "(QP)" not in page
