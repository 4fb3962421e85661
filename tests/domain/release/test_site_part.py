"""What the qualified person of a site is shown of the gates: the part of the site, and nothing else."""

from datetime import date

from domain.audit.finding import FindingStatus
from domain.batch.gate.batch_facts import OpenEventFacts
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.batch.gate.site_facts import CriticalFacts
from domain.batch.holds.holds import HoldType
from domain.event.site_event import EventSeverity, EventType
from domain.release.seen_gates import as_shown
from domain.release.site_part import gates_of_site, told_to_site
from tests.domain.evidence import ANALYSIS, AT, CLEAN, LAST, SCOPE, but

SITE = "VM-02"
MILL = SCOPE.model_copy(update={"scope_id": "SC-4", "site_id": "MK-01", "now": None, "is_subcontractor": True})
OTHERS = but(
    scopes=(SCOPE, MILL),
    critical=(CriticalFacts(reference="AUD-9.1", site_id="MK-01", site="Graz", status=FindingStatus.DRAFT),),
    open_events=(
        OpenEventFacts(
            event_id="EVT-9",
            type=EventType.OOS,
            severity=EventSeverity.CRITICAL,
            site_id="MK-01",
            site="Graz",
            detected_on=LAST,
        ),
    ),
    events=(SiteEventFacts(event_id="EVT-8", type=EventType.RECALL, site_id="MK-01", site="Graz"),),
    ancestors=(CLEAN.model_copy(update={"batch_id": "BAT-7", "number": "A-7", "scopes": (MILL,)}),),
    analysis=ANALYSIS.model_copy(update={"own_testing_overdue": True, "own_testing_differs": ("Assay",)}),
)


def shown(**changes: object) -> dict[Gate, GateResult]:
    found = gates_of_site(OTHERS.model_copy(update=changes), SITE, AT)
    return {each.gate: each for each in found}


def test_nothing_of_other_sites_or_batches_or_of_the_sponsors_own_testing_is_shown() -> None:
    gates = shown()
    assert {each.verdict for each in gates.values()} == {GateVerdict.PASS}
    words = as_shown(list(gates.values())) + str([each.looked_at for each in gates.values()])
    for foreign in ("MK-01", "Graz", "SC-4", "BAT-7", "AUD-9", "EVT-9", "EVT-8", "own testing"):
        assert foreign not in words


def test_what_stands_against_the_own_part_is_shown() -> None:
    finding = CriticalFacts(reference="AUD-1.2", site_id=SITE, site="Plant 2", status=FindingStatus.DRAFT)
    event = SiteEventFacts(event_id="EVT-2", type=EventType.RECALL, site_id=SITE, site="Plant 2")
    gates = shown(agreements=(), critical=(finding,), events=(event,))
    assert {gate for gate, each in gates.items() if not each.passes} == {Gate.G2, Gate.G5, Gate.G14}
    assert "AUD-1.2" in gates[Gate.G5].reason
    assert "EVT-2 (recall) is open" in gates[Gate.G14].reason


def test_an_event_of_the_site_is_shown_without_what_the_sponsor_has_opened_about_it() -> None:
    (event,) = OTHERS.open_events
    gates = shown(open_events=(event.model_copy(update={"site_id": SITE, "followed_by": ("STA-1",)}),))
    words = as_shown(list(gates.values())) + str(gates[Gate.G7].looked_at)
    assert "EVT-9" in words
    assert "STA-1" not in words


def test_of_a_hold_the_site_is_told_its_kind_only_where_it_is_told_that_anyway() -> None:
    holds = tuple(
        HoldFacts(hold_id=f"HOLD-{number}", type=kind, reason="The sponsor's reason.", market=market)
        for number, (kind, market) in enumerate(
            [(HoldType.OOS, None), (HoldType.MANUAL, None), (HoldType.FINDING, "EU"), (HoldType.OOS, "US")], 1
        )
    )
    found = shown(holds=holds)[Gate.G14]
    assert found.reason == (
        "HOLD-1 (result outside specification) stands; HOLD-2 (of the sponsor) stands; HOLD-3 (of the sponsor) stands"
    )
    assert found.hold_type is None


def test_the_site_is_told_why_a_gate_is_closed_only_as_far_as_it_sees_it() -> None:
    own = shown(agreements=()).values()
    told = told_to_site({"G2": "the sponsor's words", "G13": "another market has refused it"}, own)
    assert "no quality agreement" in told["G2"]
    assert told["G13"] == "is closed; ask the sponsor"


def test_a_certificate_of_the_own_scope_is_looked_at() -> None:
    late = CLEAN.certificates[0].model_copy(update={"valid_to": date(2025, 9, 30)})
    assert not shown(certificates=(late,))[Gate.G3].passes
