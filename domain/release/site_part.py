"""What the qualified person of a site is shown of the gates: those of the part that the site has done itself.

Nothing of other sites, suppliers or batches, and nothing of what the sponsor keeps to itself (S6; section 17).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.batch.gate.batch_facts import AnalysisFacts
from domain.batch.gate.decision_facts import HoldFacts
from domain.batch.gate.gate import Gate
from domain.batch.gate.results import Found, GateResult, result
from domain.batch.holds.hold import KNOWN_TO_SITE
from domain.release.evidence import BatchEvidence
from domain.release.gate_words import words
from domain.release.gates import evaluate

_SHOWN = frozenset({Gate.G1, Gate.G2, Gate.G3, Gate.G5, Gate.G6, Gate.G7, Gate.G8, Gate.G9})
"""Status, agreement, certificates, critical findings, parameters, deviations, results. G14 has words of its own."""

_OWN_TESTING = "own testing"
_NOT_TESTED = {
    name: field.get_default() for name, field in AnalysisFacts.model_fields.items() if name.startswith("own_testing")
}


def gates_of_site(evidence: BatchEvidence, site_id: str, at: datetime) -> tuple[GateResult, ...]:
    """The gates of what a site has done, in their order."""
    own = _part_of(evidence, site_id)
    shown = tuple(_without_own_testing(each) for each in evaluate(own, {}, at) if each.gate in _SHOWN)
    return (*shown, result(Gate.G14, _stops(own)))


def told_to_site(closed: Mapping[str, str], own: Iterable[GateResult]) -> dict[str, str]:
    """Why gates are closed, as the site is told: as far as it is about its own part."""
    known = {each.gate.value: each.reason for each in own if not each.passes}
    return {gate: known.get(gate, "is closed; ask the sponsor") for gate in closed}


def _without_own_testing(found: GateResult) -> GateResult:
    """What the sponsor has tested itself, and when, is not for the site."""
    lines = tuple(line for line in found.looked_at if not line.startswith(_OWN_TESTING))
    return found.model_copy(update={"looked_at": lines})


def _part_of(evidence: BatchEvidence, site_id: str) -> BatchEvidence:
    scopes = tuple(each for each in evidence.scopes if each.site_id == site_id)
    known = {each.scope_id for each in scopes}
    return evidence.model_copy(
        update={
            "ancestors": (),
            "scopes": scopes,
            "agreements": tuple(each for each in evidence.agreements if each.scope_id in known),
            "certificates": tuple(each for each in evidence.certificates if each.scope_id in known),
            "inspections": tuple(each for each in evidence.inspections if each.scope_id in known),
            "critical": tuple(each for each in evidence.critical if each.site_id == site_id),
            "open_events": tuple(
                each.model_copy(update={"followed_by": ()}) for each in evidence.open_events if each.site_id == site_id
            ),
            "deviations": tuple(
                each.model_copy(update={"accepted_by_name": None, "assessment": None}) for each in evidence.deviations
            ),
            "events": tuple(each for each in evidence.events if each.site_id == site_id),
            "exceptions": (),
            "analysis": evidence.analysis.model_copy(update=_NOT_TESTED),
        }
    )


def _stops(own: BatchEvidence) -> Found:
    """Alerts about the site, and that holds stand; why only as far as the site is told anyway."""
    alerts = [f"{each.event_id} ({words(each.type)}) is open" for each in own.events]
    holds = [f"{each.hold_id} {_kind(each)} stands" for each in own.holds if each.market in (None, own.market)]
    lines = [
        f"recalls, alerts, non-compliance: {', '.join(each.event_id for each in own.events) or 'none open'}",
        f"holds: {', '.join(holds) or 'none'}",
    ]
    return Found("No hold, recall or alert.", lines, [*alerts, *holds], held=[*alerts, *holds])


def _kind(hold: HoldFacts) -> str:
    return f"({words(hold.type)})" if hold.type in KNOWN_TO_SITE else "(of the sponsor)"
