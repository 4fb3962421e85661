"""Gate G1 of what was bought: the site that has made a substance, or a product, is known and qualified for it.

Directive 2001/83/EC, Article 46(f); EU GMP 5.27 to 5.29; ICH Q7, chapter 17. How that site stands, what shows its
GMP and its audits are looked at as of a site that makes a part of the batch.
"""

from collections.abc import Iterator
from types import MappingProxyType

from domain.authorisation.authorisation import RegisteredPart
from domain.batch.gate.chain_facts import MaterialFacts
from domain.batch.gate.results import Found
from domain.batch.making.makers import STAGE_OF
from domain.batch.making.materials import MaterialPart
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import words

AS = MappingProxyType({
    MaterialPart.STARTING_MATERIAL: RegisteredPart.STARTING_MATERIAL,
    MaterialPart.INTERMEDIATE: RegisteredPart.INTERMEDIATE,
    MaterialPart.API: RegisteredPart.API,
    MaterialPart.DOSAGE_FORM: RegisteredPart.DOSAGE_FORM,
})  # fmt: skip
"""What the maker of a lot is, in the words of an authorisation."""


def makers(evidence: BatchEvidence) -> Found:
    """G1: each lot that was bought, of the substance or as a product, comes from a registered site qualified for it.

    One whose maker is named without a site is left to judgement, until the lot is corrected. A site that makes the
    batch itself is looked at with its own step. A product may have been bought under its own authorisation, as a
    comparator is: its maker is looked at where it is named.
    """
    wrong = [
        f"{each.site} ({each.site_id}) is not qualified as {words(AS[each.part])} {each.name}"
        for each in evidence.makers
        if not each.scopes
    ]
    doubtful = [
        f"which registered site has made {lot.lot} of {lot.maker}, which {member.name} was made with, is not on record"
        for member, lot in _bought(evidence)
        if lot.site_id is None
    ]
    return Found("", wrong=wrong, doubtful=doubtful)


def _bought(evidence: BatchEvidence) -> Iterator[tuple[Member, MaterialFacts]]:
    for member in (evidence, *evidence.ancestors):
        for lot in member.materials:
            if lot.part in STAGE_OF and lot.part is not MaterialPart.DOSAGE_FORM:
                yield member, lot
