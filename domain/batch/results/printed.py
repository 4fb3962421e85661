"""Which specification a certificate of analysis prints: one in force, one that is not, one that nobody knows (G9)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self

from domain.core.names import name_key, numbered


class Printed(StrEnum):
    """What is known of the specification that a certificate prints."""

    IN_FORCE = "IN_FORCE"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    """Another version, or what only another version is printed as."""
    UNKNOWN = "UNKNOWN"
    """A number that nobody has registered, or one without its version."""


def called(spec_id: str, version: int, printed_as: Iterable[str]) -> tuple[str, ...]:
    """What certificates may call a version of a specification: by its own id, and as its maker prints it."""
    return (f"{spec_id} v{version}", *printed_as)


def printed(specification: str, in_force: Iterable[str], not_in_force: Iterable[str]) -> Printed:
    """Look up what a certificate prints among what versions that are in force are called, and other versions.

    Another version of a number that is known is not in force, whether or not anybody has registered it.
    """
    said, valid, others = _Name.of(specification), [*map(_Name.of, in_force)], [*map(_Name.of, not_in_force)]
    if any(said.is_the_same(each) for each in valid):
        return Printed.IN_FORCE
    if any(said.is_the_same(each) for each in others):
        return Printed.NOT_IN_FORCE
    known = [each for each in (*valid, *others) if each.number == said.number and each.version is not None]
    if known and said.version is not None and said.version not in {each.version for each in valid if each in known}:
        return Printed.NOT_IN_FORCE
    return Printed.UNKNOWN


class _Name(NamedTuple):
    key: str
    number: str
    version: str | None
    more: bool

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(name_key(text), *numbered(text))

    def is_the_same(self, other: "_Name") -> bool:
        """Written alike, or a number and its version and nothing beside them."""
        return self.key == other.key or (self[1:] == other[1:] and self.version is not None and not self.more)


def specification_fault(found: Printed) -> str | None:
    """What is wrong with what a certificate prints as it comes; `None` if nothing is, or a person has to judge."""
    if found is Printed.NOT_IN_FORCE:
        return "is a version that is not in force, now or when the batch was made"
    return None
