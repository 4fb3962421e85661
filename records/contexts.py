"""The composition of the records: every context is imported here, so that it declares what it has, and nowhere else.

The entry points load it. A new context is one more name in one list.
"""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from domain.core.facts import kinds_of
from domain.processes import FORMS
from domain.release.reach import unanswered
from records import (
    agreement,
    appointment,
    asl,
    audit,
    authorisation,
    batch,
    change,
    core,
    delivery,
    event,
    exchange,
    importation,
    inspection,
    oversight,
    policy,
    qualification,
    release,
    site,
    status,
    triage,
    views,
)
from records.core.registries import DECLARED, Misdeclared, Registries

CONTEXTS = (
    core,
    site,
    appointment,
    policy,
    asl,
    agreement,
    event,
    change,
    audit,
    inspection,
    qualification,
    exchange,
    batch,
    authorisation,
    delivery,
    importation,
    release,
    triage,
    status,
    oversight,
    views,
)
"""From the ground up."""


@cache
def load() -> Registries:
    """Import every module of every context and seal what they declare. Raises `Misdeclared` if something is missing."""
    for context in CONTEXTS:
        for module in walk_packages(context.__path__, f"{context.__name__}."):
            import_module(module.name)
    facts = [fact for fact in kinds_of() if fact.__module__.startswith("domain.")]
    if missing := unanswered(facts):
        raise Misdeclared(f"Nobody says what {', '.join(missing)} reaches (domain.release.reach).")
    DECLARED.seal(FORMS, facts)
    return DECLARED
