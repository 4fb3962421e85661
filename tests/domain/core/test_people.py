"""Segregation of duties between who proposes a record and who decides on it."""

from domain.core.people import refuse_proposer
from tests.domain.filling import faults


def test_who_proposes_does_not_decide_nor_does_a_delegate_of_theirs() -> None:
    assert faults(lambda: refuse_proposer(frozenset({"PER-4", "PER-1"}), frozenset({"PER-1"}))) == {"<S1>"}
    refuse_proposer(frozenset({"PER-4"}), frozenset({"PER-1"}))
