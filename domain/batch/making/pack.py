"""What a batch is packed as. Different packs are different batches (domain specification, section 18)."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field

from domain.batch.batch import Relation
from domain.batch.supply_stage import SupplyStage
from domain.core.forms import Value
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.core.text import ShortText
from domain.policy.market_rule import MarketRule, row_of
from domain.policy.pack_marks import PackMark

RULE = "section 18, packs"
_AS_THEY_ARE = frozenset({Relation.SPLIT, Relation.BLEND, Relation.CORRECTION})
"""Relations by which goods stay in the packs that they are in."""
IN_WORDS: Mapping[PackMark, str] = MappingProxyType(
    {PackMark.UK_ONLY: '"UK Only"', PackMark.EU_SAFETY_FEATURES: "the safety features of the Union"}
)


class Pack(Value):
    """A pack: its size and type as they stand on it, and what is marked on it for the sake of a market."""

    description: ShortText = Field(examples=["30 tablets in blisters"])
    """Size and type, as on the pack."""
    code: ShortText | None = Field(default=None, examples=["04012345678901"])
    """Code of the pack, such as its GTIN."""
    marks: tuple[PackMark, ...] = Field(default=(), max_length=len(PackMark), examples=[[PackMark.EU_SAFETY_FEATURES]])
    """What is marked on it for the sake of a market; none if nothing is."""

    def words(self) -> str:
        """In one line."""
        code = f", code {self.code}" if self.code is not None else ""
        marks = ", ".join(IN_WORDS[each] for each in self.marks)
        return f"{self.description}{code}, {f'with {marks}' if marks else 'without marks'}"

    @property
    def key(self) -> tuple[str, str, frozenset[PackMark]]:
        """What all ways to write the same pack have in common (section 22)."""
        return name_key(self.description), name_key(self.code or ""), frozenset(self.marks)


class PackRule(NamedTuple):
    """What a market says of packs."""

    market: str
    demanded: Sequence[PackMark]
    refused: Sequence[PackMark]

    @classmethod
    def of(cls, row: MarketRule) -> "PackRule":
        return cls(row.market, row.demanded_marks, row.refused_marks)


class KnownPack(NamedTuple):
    """What a batch is packed as that another one comes from."""

    name: str
    """The batch, as people find it."""
    pack: Pack


def faults_for(pack: Pack, rule: PackRule, stage: SupplyStage | None) -> list[str]:
    """Why a pack is not for a market; none if it is. Clinical supply need not carry the marks of the market."""
    carried = [IN_WORDS[each] for each in rule.refused if each in pack.marks]
    faults = [f"carries {each}, which no pack for {rule.market} does" for each in carried]
    if stage is not SupplyStage.CLINICAL_SUPPLY:
        lacking = [IN_WORDS[each] for each in rule.demanded if each not in pack.marks]
        faults += [f"lacks {each}, which every pack for {rule.market} carries" for each in lacking]
    return faults


def is_unknown_for(pack: Pack | None, rule: PackRule, stage: SupplyStage | None) -> bool:
    """Whether it is not on record what a product is packed as, and the market's row says something of packs."""
    return pack is None and stage is SupplyStage.FINISHED and bool(rule.refused or rule.demanded)


def faults_of_registration(
    pack: Pack | None, stage: SupplyStage | None, markets: Iterable[str], rows: Iterable[MarketRule]
) -> dict[str, str]:
    """What is wrong with what a batch is to be packed as, by the fields of its registration."""
    if pack is None:
        return {"pack": "is required of a finished product"} if stage is SupplyStage.FINISHED else {}
    if stage is not None and not stage.reaches_patients:
        return {"pack": "is of what is packed for patients"}
    rows = tuple(rows)
    known = {index: row_of(rows, market) for index, market in enumerate(markets)}
    found = {index: faults_for(pack, PackRule.of(row), stage) for index, row in known.items() if row is not None}
    return {f"markets.{index}": f"the pack {'; '.join(faults)}" for index, faults in found.items() if faults}


def keeps_the_pack(relation: Relation) -> bool:
    """Whether goods stay in their packs: what is labelled or packed anew has another one."""
    return relation in _AS_THEY_ARE


def refuse_other_pack(pack: Pack | None, known: Iterable[KnownPack]) -> None:
    """Raise `Refused` if goods that stay as they are would be another pack than what they come from."""
    others = [f"{each.name} is {each.pack.words()}" for each in known if pack is None or pack.key != each.pack.key]
    if others:
        raise broken(RULE, "Another pack is another batch, labelled or packed anew.", pack=", ".join(others))
