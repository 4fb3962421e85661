"""The gates of release, G1 to G14: pure functions over the evidence (domain specification, sections 8 and 19).

They are looked at when certification begins, in every gate report, and again in the transaction that records the
signature; the later look wins.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from domain.batch.gate.gate import ExceptionFacts, Gate, Judgements
from domain.batch.gate.results import Found, GateResult, excuses, of_all, result
from domain.release.analysis_gates import analysis
from domain.release.authorisation_gates import authorised
from domain.release.batch_gates import departures, deviations, oos_results, process
from domain.release.bought_gates import bought_goods
from domain.release.chain_gates import changes, supply, use
from domain.release.compliance_gates import certificates
from domain.release.confirmation_gates import awaited, confirmed
from domain.release.decision_gates import audits_are_known, decision, regulatory, separation
from domain.release.evidence import BatchEvidence, Member
from domain.release.import_gates import imports
from domain.release.import_test_gates import importer_test
from domain.release.maker_gates import makers
from domain.release.site_gates import audits, critical_findings, quality_agreement, supplier_status


def _analysed(evidence: BatchEvidence) -> Found:
    """G9: as the certificate and own testing say, and the importer's test."""
    return analysis(evidence).beside(importer_test(evidence))


def _used(evidence: BatchEvidence) -> Found:
    """G12: the batch may be used, and whose confirmation of bulk is awaited."""
    return use(evidence).beside(awaited(evidence))


def _decided(evidence: BatchEvidence) -> Found:
    """G13: by the market's own rule; what is imported has arrived, and what others have made is confirmed."""
    own, imported, parts = decision(evidence), imports(evidence).beside(bought_goods(evidence)), confirmed(evidence)
    on_record = own.on_record and not imported.doubtful and not parts.doubtful
    return own.beside(imported).beside(parts)._replace(on_record=on_record)


OF_EACH_MEMBER: Mapping[Gate, Callable[[Member], Found]] = MappingProxyType({
    Gate.G1: supplier_status,
    Gate.G2: quality_agreement,
    Gate.G3: certificates,
    Gate.G4: audits,
    Gate.G5: critical_findings,
    Gate.G7: deviations,
    Gate.G8: oos_results,
    Gate.G10: changes,
    Gate.G12: supply,
    Gate.G14: regulatory,
})  # fmt: skip
"""What is looked at in the batch and in all that it comes from."""
OF_THE_BATCH: Mapping[Gate, Callable[[BatchEvidence], Found]] = MappingProxyType({
    Gate.G1: makers,
    Gate.G4: audits_are_known,
    Gate.G6: process,
    Gate.G9: _analysed,
    Gate.G10: authorised,
    Gate.G11: separation,
    Gate.G12: _used,
    Gate.G13: _decided,
})  # fmt: skip
"""What is looked at in the batch alone."""
OF_EACH_ANCESTOR: Mapping[Gate, Callable[[Member], Found]] = MappingProxyType({**OF_EACH_MEMBER, Gate.G6: departures})
"""What is looked at in all that it comes from."""
OF_EACH_MAKER: Mapping[Gate, Callable[[Member], Found]] = MappingProxyType({
    Gate.G1: supplier_status,
    Gate.G3: certificates,
    Gate.G4: audits,
    Gate.G5: critical_findings,
    Gate.G14: regulatory,
})  # fmt: skip
"""What is looked at in the maker of each lot that was bought and is one of the substance."""

EXCEPTABLE = frozenset({Gate.G3, Gate.G4, Gate.G10})
"""Gates that an emergency shortage may except (section 10); no other gate is ever bypassed."""


def evaluate(evidence: BatchEvidence, judgements: Judgements, at: datetime) -> tuple[GateResult, ...]:
    """What every gate says of a batch for a market at an instant, in the order of the gates.

    `judgements` are the certifier's rationales; they open only what is left to judgement, never what has failed.
    """
    return tuple(
        result(
            gate,
            _beside_what_counts_no_more(gate, evidence),
            rationale=judgements.get(gate),
            exceptions=_counting(evidence, gate, at),
        )
        for gate in Gate
    )


def _beside_what_counts_no_more(gate: Gate, evidence: BatchEvidence) -> Found:
    """What it has found, and the exceptions that were signed by nobody entitled. Another one is asked for."""
    found = found_at(gate, evidence)
    void = [
        f"{each.exception_id} does not count: it was signed under {each.under_none}, which did not count by then"
        for each in evidence.exceptions
        if each.gate is gate and each.market == evidence.market and each.under_none is not None
    ]
    return found._replace(looked_at=[*found.looked_at, *void]) if void else found


def found_at(gate: Gate, evidence: BatchEvidence) -> Found:
    """What a gate has found: in the batch, and by name in each that it comes from and each maker of what was bought."""
    look, look_at_batch = OF_EACH_MEMBER.get(gate), OF_THE_BATCH.get(gate)
    own = [each(evidence) for each in (look, look_at_batch) if each is not None]
    found = own[0] if len(own) == 1 else own[0].beside(own[1])
    look_back, look_at_maker = OF_EACH_ANCESTOR.get(gate), OF_EACH_MAKER.get(gate)
    others = [(each.name, look_back(each)) for each in evidence.ancestors] if look_back is not None else []
    if look_at_maker is not None:
        others += [(each.name, look_at_maker(each)) for each in evidence.makers]
    return of_all(found, others) if others else found


def not_excused(gate: Gate, evidence: BatchEvidence, at: datetime) -> list[str]:
    """What a gate finds wrong or doubtful, and no exception that counts excuses."""
    found, counting = found_at(gate, evidence), _counting(evidence, gate, at)
    return [each for each in (*found.wrong, *found.doubtful) if not any(excuses(one, each) for one in counting)]


def _counting(evidence: BatchEvidence, gate: Gate, at: datetime) -> tuple[ExceptionFacts, ...]:
    """The exceptions of a gate that were granted for the market by then, the oldest first."""
    return tuple(
        each
        for each in evidence.exceptions
        if gate in EXCEPTABLE and each.gate is gate and each.market == evidence.market
        if each.granted_at <= at and each.under_none is None
    )
