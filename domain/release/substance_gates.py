"""Gate G10 of the active substance: what a dosage form is made of was bought or made at a registered source.

Directive 2001/83/EC, Article 46(f); domain specification, section 17. A substance that is made by batches of ours is
looked at as an ancestor; one that was bought is a lot of a material.
"""

from collections.abc import Iterator

from domain.authorisation.authorisation import RegisteredPart
from domain.authorisation.registered import Registered
from domain.batch.gate.chain_facts import MaterialFacts
from domain.batch.gate.reasons import Kind, Reason
from domain.batch.making.materials import MaterialPart
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import words
from domain.release.import_gates import dosage_forms
from domain.release.registered_days import Fault, fault_of
from domain.release.registered_steps import steps_of

_OF_THE_SUBSTANCE = {
    MaterialPart.STARTING_MATERIAL: RegisteredPart.STARTING_MATERIAL,
    MaterialPart.INTERMEDIATE: RegisteredPart.INTERMEDIATE,
    MaterialPart.API: RegisteredPart.API,
}


def lots_of_the_substance(member: Member, version: Registered) -> Iterator[Fault]:
    """What was bought on the way to the substance was made at a registered source, where sources of it are registered.

    As long as the lot was used. A lot whose maker is named without a site comes from no registered source.
    """
    for lot in member.materials:
        part = _OF_THE_SUBSTANCE.get(lot.part) if lot.part is not None else None
        sources = [each for each in version.steps if each.part is part and each.substance is not None]
        if part is None or not sources:
            continue
        found = [each for each in sources if each.site_id == lot.site_id and _is_of(lot, each.substance)]
        if (fault := fault_of(member, found)) is not None:
            place = f" ({lot.site_id})" if lot.site_id is not None else ", whose site is not named,"
            text = f"{lot.maker}{place} is not registered as {words(part)} {lot.name} in {member.market}"
            yield f"{text}, which {lot.lot} was bought as{fault[0]}", lot.lot, part.value, fault[1]


def _is_of(lot: MaterialFacts, substance: str | None) -> bool:
    return substance is not None and name_key(substance) == name_key(lot.name)


def without_a_substance(evidence: BatchEvidence, version: Registered) -> Iterator[tuple[Reason, bool]]:
    """Dosage forms of which nobody has said what active substance they are made of, where its sources are registered.

    The second says that it may be judged: a placebo or comparator of a trial, or one of several dosage forms that the
    product is made of, as a solvent.
    """
    sources = [each for each in version.steps if each.part is RegisteredPart.API and each.substance is not None]
    if not sources:
        return
    forms = {each.batch_id: each for each in dosage_forms(evidence)}
    first = [each for each in forms.values() if not any(parent.batch_id in forms for parent in each.parents)]
    of_ours = {each.batch_id for each in evidence.ancestors if each.supply_stage is SupplyStage.API}
    bare = [each for each in first if not _has_substance(each, of_ours)]
    may_be = version.type.is_clinical or len(bare) < len(first)
    named = ", ".join(dict.fromkeys(str(each.substance) for each in sources))
    for member in bare:
        text = f"which active substance {member.name} is made of is not on record: no batch and no lot of it is named"
        said = f"{text}, and {evidence.market} registers sources of {named}"
        yield member.reason(said, Kind.NOT_REGISTERED, member.batch_id, "substance", since=member.first_day), may_be


def _has_substance(member: Member, of_ours: set[str]) -> bool:
    """Whether it comes from a batch of the substance or a lot of it, or its own site makes the substance beside it.

    A comparator was bought as the product that it is.
    """
    return (
        any(each.part is MaterialPart.API or each.comparator is not None for each in member.materials)
        or any(parent.batch_id in of_ours for parent in member.parents)
        or any(part is RegisteredPart.API and not scope.is_subcontractor for scope, part in steps_of(member))
    )
