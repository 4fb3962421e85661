"""What a judgement of a gate rests on: records that say what is claimed, not a phrase (domain specification, 19)."""

from collections.abc import Collection, Mapping, Sequence

from domain.batch.batch import DeviationState
from domain.batch.gate.results import Ask, GateResult, GateVerdict
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.release.certification import CertificationDecision, Judgement
from domain.release.evidence import BatchEvidence

FIELDS: Mapping[Ask, str] = {
    Ask.DEVIATION: "deviation_id",
    Ask.EVIDENCE: "evidence",
    Ask.SITE_STATEMENT: "site_statement",
    Ask.QP_DECLARATION: "qp_declaration",
    Ask.REINSTATEMENT: "reinstatement",
}
"""The field of a judgement in which each thing that is asked for is named."""
_OPEN = frozenset({DeviationState.OPEN})


def statements_of_sites(form: CertificationDecision) -> list[str]:
    """The ids of the documents that are named as statements of a site."""
    return [each.site_statement.document_id for each in form.judgements if each.site_statement is not None]


def refuse_unless_grounded(
    form: CertificationDecision,
    results: Sequence[GateResult],
    evidence: BatchEvidence,
    *,
    by_sites: Collection[str],
) -> None:
    """Raise `Refused` field by field unless each judgement names what its gate asks for, and that is there.

    `by_sites` are those of the documents named as statements of a site that its quality unit has uploaded.
    """
    judged = {each.gate: each for each in results if each.verdict is GateVerdict.JUDGED}
    faults: dict[str, str] = {}
    for index, judgement in enumerate(form.judgements):
        found = judged.get(judgement.gate)
        asks = found.asks if found is not None else ()
        missing = {FIELDS[ask]: f"is required: {judgement.gate} asks for it" for ask in asks if _lacks(judgement, ask)}
        wrong = missing | _unknown(judgement, evidence, by_sites)
        faults |= {f"judgements.{index}.{field}": fault for field, fault in wrong.items()}
    if faults:
        raise broken("section 19, judgements", "A judgement names the records that it rests on.", **faults)


def _lacks(judgement: Judgement, ask: Ask) -> bool:
    return not getattr(judgement, FIELDS[ask])


def _unknown(judgement: Judgement, evidence: BatchEvidence, by_sites: Collection[str]) -> dict[str, str]:
    """What is named and is not there, or does not say what is claimed."""
    faults: dict[str, str] = {}
    if judgement.deviation_id is not None:
        state = _deviations(evidence).get(name_key(judgement.deviation_id))
        if state is None:
            faults["deviation_id"] = "is no deviation of the batch or of one that it comes from"
        elif state in _OPEN:
            faults["deviation_id"] = "is open"
    if judgement.reinstatement is not None and judgement.reinstatement not in _lifted_in(evidence):
        faults["reinstatement"] = "has lifted no suspension under which the batch was made"
    if judgement.site_statement is not None and judgement.site_statement.document_id not in by_sites:
        faults["site_statement"] = "was not uploaded by the quality unit of a site that made a part of it"
    return faults


def _deviations(evidence: BatchEvidence) -> dict[str, DeviationState]:
    family = (evidence, *evidence.ancestors)
    return {name_key(each.deviation_id): each.state for member in family for each in member.deviations}


def _lifted_in(evidence: BatchEvidence) -> set[str]:
    family = (evidence, *evidence.ancestors)
    statuses = [status for member in family for scope in member.scopes for status in scope.during]
    return {status.lifted_in for status in statuses if status.lifted_in is not None}
