"""Signatures of several hands (domain specification, section 11, S1)."""

from collections.abc import Collection, Iterable

from domain.core.refusals import Code, Refused


def refuse_hands(persons: Iterable[str], signers: Collection[str]) -> None:
    """Raise `Refused` when who has proposed or signed first would sign once more, in whatever capacity (S1)."""
    if any(person in signers for person in persons):
        message = "Two different persons propose and sign."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")
