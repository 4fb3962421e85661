"""What the ways in which a batch comes from another one have in common (domain specification, section 17)."""

from domain.batch.batch import Relation

DIVIDED = frozenset({Relation.SPLIT, Relation.BLEND, Relation.RELABEL})
"""Shares of the same goods, in the same unit."""
OTHER_CONTAINERS = DIVIDED | {Relation.REPACK}
"""The same goods in other containers: they last no longer than what they come from (ICH Q7, 8.47)."""
OF_A_PART = OTHER_CONTAINERS | {Relation.INTERMEDIATE}
"""What takes a part of the other batch as it is; that part is then missing there."""
WORKED_AGAIN = frozenset({Relation.REPROCESS, Relation.REWORK})
"""What failed in the other batch is why."""
AFTER_REJECTION = WORKED_AGAIN | {Relation.CORRECTION}
"""What may come of a batch that was rejected."""
SAME_SUBSTANCE = OTHER_CONTAINERS | {Relation.CORRECTION}
"""Nothing is done to the goods themselves: stage and strength stay."""
