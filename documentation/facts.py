"""Facts of the business and what follows from each, as the contexts have declared it."""

from documentation.markdown import code, first_paragraph, page, table
from documentation.program import REGISTRIES, Fact, in_words


def facts_page() -> str:
    """Every fact, what it means, and its reactions in their order."""
    told = (
        "What becomes true in the business, and what follows from it in the same transaction."
        " [Architecture](../explanation/architecture.md#facts-and-reactions) says how facts and reactions are declared."
        " Reactions are run in the order in which they stand here. The last column says what a fact means for a batch"
        " that it is about, or that a scope which it is about has made; and why it reaches no more."
    )
    facts = sorted(REGISTRIES.reactions.known, key=lambda fact: (fact.__module__, fact.__name__))
    rows = (
        [code(fact.__name__), code(fact.__module__), first_paragraph(fact.__doc__), _follows(fact), in_words(fact)]
        for fact in facts
    )
    heads = ("Fact", "Declared in", "What has become true", "What follows", "What it reaches")
    return page("Facts", told, table(heads, rows))


def _follows(fact: type[Fact]) -> str:
    told = []
    for reaction in REGISTRIES.reactions.of(fact):
        if not reaction.__doc__:
            raise LookupError(f"{reaction.__module__}.{reaction.__qualname__} does not say what follows.")
        context = reaction.__module__.split(".")[1]
        told.append(f"{code(context)}: {first_paragraph(reaction.__doc__)}")
    return " ".join(told)
