"""By which authority a site was inspected, whatever name it is entered under."""

from domain.core.names import party_key

_STATES = ("", "us ", "usa ", "united states ")
_FDA = frozenset(f"{of}{name}" for of in _STATES for name in ("fda", "food and drug administration")) | {"usfda"}


def authority_key(name: str) -> str:
    """What all names of one authority have in common. Equal keys are the same authority."""
    key = party_key(name.replace("&", " and "))
    return "fda" if key in _FDA or key.removesuffix(" us") in _FDA else key


def is_fda(name: str) -> bool:
    """Whether it is the Food and Drug Administration of the United States."""
    return authority_key(name) == "fda"
