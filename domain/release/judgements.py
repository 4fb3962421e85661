"""What a judgement of a gate rests on: records that say what is claimed, not a phrase (domain specification, 19)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.batch.batch import DeviationState
from domain.batch.gate.results import Ask, GateResult, GateVerdict, Needed
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.release.certification import CertificationDecision, Ground, Judgement
from domain.release.evidence import BatchEvidence

FIELDS: Mapping[Ask, str] = {
    Ask.DEVIATION: "deviation_id",
    Ask.EVIDENCE: "evidence",
    Ask.SITE_STATEMENT: "site_statement",
    Ask.QP_DECLARATION: "qp_declarations",
    Ask.REINSTATEMENT: "reinstatement",
}
"""The field of a judgement in which each thing that is asked for is named."""
_QUALITY_OF_A_SITE = frozenset({Role.CDMO_QA, Role.CDMO_QU_HEAD})
_OPEN = frozenset({DeviationState.OPEN})


class Uploader(NamedTuple):
    """A role of who has uploaded a document, and the site that it is held at, if any."""

    role: Role
    site_id: str = ""


Uploaders = Mapping[str, Collection[Uploader]]
"""Who has uploaded, by document id."""


def documents_that_state(form: CertificationDecision) -> list[str]:
    """The ids of the documents that count for who has uploaded them: statements of sites."""
    found = [ground.site_statement for each in form.judgements for _, ground in _grounds(each)]
    return [each.document_id for each in found if each is not None]


def refuse_unless_grounded(
    form: CertificationDecision,
    results: Sequence[GateResult],
    evidence: BatchEvidence,
    *,
    uploaders: Uploaders,
) -> None:
    """Raise `Refused` field by field unless each judgement names what its gate asks for, and that is about the thing.

    A deviation is one of the batch in doubt or of the one decided on, a statement comes from the very site, each
    suspension has its own reinstatement, each maker a declaration that covers it.
    `uploaders` are those of `documents_that_state`.
    """
    judged = {each.gate: each for each in results if each.verdict is GateVerdict.JUDGED}
    records = _Records(evidence, uploaders)
    faults: dict[str, str] = {}
    for index, judgement in enumerate(form.judgements):
        found = judged.get(judgement.gate)
        missing = [records.lacking(judgement, each) for each in (found.needed if found is not None else ())]
        wrong = {field: fault for each in missing for field, fault in each.items()} | records.faults(judgement)
        faults |= {f"judgements.{index}.{field}": fault for field, fault in wrong.items()}
    if faults:
        raise broken("section 19, judgements", "A judgement names the records that it rests on.", **faults)


def _grounds(judgement: Judgement) -> Iterator[tuple[str, Judgement | Ground]]:
    """All grounds of a judgement, each with where its fields stand."""
    yield "", judgement
    for index, each in enumerate(judgement.further):
        yield f"further.{index}.", each


class _Records:
    """What is on record that a judgement may rest on."""

    def __init__(self, evidence: BatchEvidence, uploaders: Uploaders) -> None:
        family = (evidence, *evidence.ancestors)
        self.decided = evidence.batch_id
        self.names = {member.batch_id: member.name for member in family}
        self.deviations = {
            (member.batch_id, name_key(each.deviation_id)): each.state
            for member in family
            for each in member.deviations
        }
        scopes = [scope for member in family for scope in member.scopes]
        self.lifted = {status.lifted_in for scope in scopes for status in scope.during}
        self.sites = {scope.site_id: scope.site for scope in scopes}
        self.uploaders = uploaders
        declarations = [each for member in family for each in member.declarations]
        self.withdrawn = {each.number: each.withdrawn_on for each in declarations}
        self.covered = {(each.number, each.scope_id) for each in declarations}

    def lacking(self, judgement: Judgement, needed: Needed) -> dict[str, str]:
        """What a gate asks for and the judgement does not name, by its field."""
        field, gate = FIELDS[needed.ask], judgement.gate
        if not any(getattr(ground, field, None) for _, ground in _grounds(judgement)):
            return {field: f"is required: {gate} asks for it{self._about(needed)}"}
        if any(self._fits(ground, needed) for _, ground in _grounds(judgement)):
            return {}
        return {field: f"is not the one that {gate} asks for{self._about(needed)}"}

    def _about(self, needed: Needed) -> str:
        match needed.ask:
            case Ask.DEVIATION:
                return f", of {self.names.get(needed.of, needed.of)}"
            case Ask.SITE_STATEMENT:
                return f", of the quality unit of {self.sites.get(needed.of, '')} ({needed.of})"
            case Ask.QP_DECLARATION:
                return f", on {needed.of}"
            case Ask.REINSTATEMENT:
                return f", of the suspension that {needed.of} has lifted"
            case _:
                return ""

    def _fits(self, ground: Judgement | Ground, needed: Needed) -> bool:
        match needed.ask:
            case Ask.DEVIATION:
                deviation = ground.deviation_id
                return deviation is not None and any(
                    (batch, name_key(deviation)) in self.deviations for batch in (needed.of, self.decided)
                )
            case Ask.SITE_STATEMENT:
                statement = ground.site_statement
                return statement is not None and needed.of in self._stating(statement.document_id)
            case Ask.REINSTATEMENT:
                return ground.reinstatement == needed.of
            case Ask.QP_DECLARATION:
                named = getattr(ground, "qp_declarations", ())
                return any((number, needed.of) in self.covered for number in named)
            case _:
                return True

    def _stating(self, document_id: str) -> set[str]:
        """The sites whose quality unit has uploaded a document."""
        by = self.uploaders.get(document_id, ())
        return {each.site_id for each in by if each.role in _QUALITY_OF_A_SITE}

    def faults(self, judgement: Judgement) -> dict[str, str]:
        """What is named and is not there, or does not say what is claimed."""
        faults: dict[str, str] = {}
        for where, each in _grounds(judgement):
            faults |= {f"{where}{field}": fault for field, fault in self._wrong(each).items()}
        if judgement.qp_declaration is not None:
            faults["qp_declaration"] = "is a document; name the number of the declaration in qp_declarations"
        for index, number in enumerate(judgement.qp_declarations):
            if number not in self.withdrawn:
                faults[f"qp_declarations.{index}"] = "is no declaration that covers a maker of the batch"
            elif self.withdrawn[number] is not None:
                faults[f"qp_declarations.{index}"] = f"was withdrawn on {self.withdrawn[number]}"
        return faults

    def _wrong(self, ground: Judgement | Ground) -> dict[str, str]:
        faults: dict[str, str] = {}
        if ground.deviation_id is not None:
            key = name_key(ground.deviation_id)
            states = {state for (_, number), state in self.deviations.items() if number == key}
            if not states:
                faults["deviation_id"] = "is no deviation of the batch or of one that it comes from"
            elif states & _OPEN:
                faults["deviation_id"] = "is open"
        if ground.reinstatement is not None and ground.reinstatement not in self.lifted:
            faults["reinstatement"] = "has lifted no suspension under which the batch was made"
        if ground.site_statement is not None and not self.sites.keys() & self._stating(
            ground.site_statement.document_id
        ):
            faults["site_statement"] = "was not uploaded by the quality unit of a site that made a part of it"
        return faults
