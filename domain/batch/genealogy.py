"""The family of a batch as it is shown. Built from the records, never stored."""

from domain.core.view import View


class GenealogyNode(View):
    """A batch that another one comes from, or that comes from it."""

    batch_id: str
    number: str
    """The number that the site gave it."""
    site_id: str
    state: str
    """OPEN, CERTIFIED or CLOSED."""
    steps: int
    """How many steps away: negative for what the batch comes from, positive for what comes from it."""
    held: bool
    """Whether a hold stands on it."""


class GenealogyLink(View):
    """How a batch comes from another one."""

    batch_id: str
    parent_id: str
    relation: str


class Genealogy(View):
    """All that a batch comes from and all that comes from it."""

    batch_id: str
    batches: tuple[GenealogyNode, ...]
    """Itself among them, in the order of descent."""
    links: tuple[GenealogyLink, ...]
    complete: bool
    """Whether these are all; a family that is too large is cut off far from the batch."""
