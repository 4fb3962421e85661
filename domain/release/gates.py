"""The gates of release, G1 to G14: pure functions over the evidence (domain specification, section 8).

They are looked at when certification begins, in every gate report, and again in the transaction that records the
signature; the later look wins.
"""

from collections.abc import Callable
from datetime import datetime

from domain.batch.gate_facts import Gate, Judgements
from domain.batch.gate_results import Found, GateResult, result
from domain.release.batch_gates import analysis, changes, deviations, oos_results, process, supply
from domain.release.decision_gates import decision, regulatory, separation
from domain.release.evidence import BatchEvidence
from domain.release.site_gates import audits, certificates, critical_findings, quality_agreement, supplier_status

_LOOKS: dict[Gate, Callable[[BatchEvidence], Found]] = {
    Gate.G1: supplier_status,
    Gate.G2: quality_agreement,
    Gate.G3: certificates,
    Gate.G4: audits,
    Gate.G5: critical_findings,
    Gate.G6: process,
    Gate.G7: deviations,
    Gate.G8: oos_results,
    Gate.G9: analysis,
    Gate.G10: changes,
    Gate.G11: separation,
    Gate.G12: supply,
    Gate.G13: decision,
    Gate.G14: regulatory,
}

EXCEPTABLE = frozenset({Gate.G3, Gate.G4, Gate.G10})
"""Gates that an emergency shortage may except (section 10); no other gate is ever bypassed."""


def evaluate(evidence: BatchEvidence, judgements: Judgements, at: datetime) -> tuple[GateResult, ...]:
    """What every gate says of a batch for a market at an instant, in the order of the gates.

    `judgements` are the certifier's rationales; they open only what is left to judgement, never what has failed.
    """
    return tuple(
        result(gate, look(evidence), rationale=judgements.get(gate), exception=_exception(evidence, gate, at))
        for gate, look in _LOOKS.items()
    )


def _exception(evidence: BatchEvidence, gate: Gate, at: datetime) -> str | None:
    """The exception of a gate that was granted for the market by then, the first one."""
    granted = [
        each.exception_id
        for each in evidence.exceptions
        if each.gate is gate and each.market == evidence.market and each.granted_at <= at
    ]
    return granted[0] if granted and gate in EXCEPTABLE else None
