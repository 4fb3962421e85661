"""Who confirms what is made at a site: the part of an agreement between qualified persons (domain spec., section 17).

EU GMP Annex 16, 1.7 and appendix I; Chapter 7, 7.13. Where an agreement says nothing, the site's own confirms.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.core.forms import Value
from domain.core.refusals import broken
from domain.core.repeats import ONCE
from domain.core.text import Identifier, ShortText, Text
from domain.site.site import Activity


class ConfirmedBy(StrEnum):
    """Whose qualified person answers for work at a site."""

    SITE = "SITE"
    """That of the site itself."""
    OTHER_SITE = "OTHER_SITE"
    """That of another site, which covers this one."""
    CERTIFIER = "CERTIFIER"
    """Whoever certifies the product, without a confirmation."""


class ConfirmationArticle(Value):
    """One article of what qualified persons have agreed: who confirms which work of the site, and by which words."""

    article: ShortText = Field(examples=["5.2"])
    """Where it stands in the agreement."""
    work: Annotated[tuple[Activity, ...], Field(max_length=8), ONCE] = ()
    """Kinds of work that it is about; all that no other article names if none is named here."""
    confirmed_by: ConfirmedBy = Field(examples=[ConfirmedBy.SITE])
    """Whose qualified person answers for it: SITE, OTHER_SITE or CERTIFIER."""
    site: Identifier | None = None
    """Of OTHER_SITE: the code of that site."""
    statement: Text = Field(examples=["The qualified person of the site confirms each batch in writing."])
    """What they have agreed, in the words of the agreement."""


class Cover(NamedTuple):
    """Who answers for work at a site by its agreement."""

    by: ConfirmedBy
    site_id: str | None
    """Whose qualified person confirms; `None` where whoever certifies covers it."""
    article: str | None = None
    """`None` where the agreement says nothing of it, and the site's own confirms."""
    statement: str = ""


def cover_of(articles: Iterable[ConfirmationArticle], activity: Activity, site_id: str) -> Cover:
    """Who answers for work at a site. An article that names the work counts before one for all work."""
    found = [each for each in articles if not each.work or activity in each.work]
    own = min(found, key=lambda each: not each.work, default=None)
    if own is None:
        return Cover(ConfirmedBy.SITE, site_id)
    whose: Mapping[ConfirmedBy, str | None] = MappingProxyType(
        {ConfirmedBy.SITE: site_id, ConfirmedBy.OTHER_SITE: own.site, ConfirmedBy.CERTIFIER: None}
    )
    return Cover(own.confirmed_by, whose[own.confirmed_by], own.article, own.statement)


def confirmation_faults(articles: tuple[ConfirmationArticle, ...]) -> dict[str, str]:
    """What is wrong with the articles, by field: no work is given to two, and another site is named where it is one."""
    faults: dict[str, str] = {}
    given: set[Activity | None] = set()
    for index, each in enumerate(articles):
        named = f"confirmations.{index}"
        if (each.confirmed_by is ConfirmedBy.OTHER_SITE) != (each.site is not None):
            faults[f"{named}.site"] = f"is for {ConfirmedBy.OTHER_SITE}, and required there"
        own: set[Activity | None] = set(each.work) or {None}
        if own & given:
            faults[f"{named}.work"] = "is agreed in another article as well"
        given |= own
    return faults


def refuse_other_sites(named: Mapping[int, str], *, own: str, known: Collection[str]) -> None:
    """Raise `Refused` where an article has another site answer that is not registered, or the site of the agreement.

    `named` gives the site by the number of the article.
    """
    itself = f"is the site itself: say {ConfirmedBy.SITE}"
    faults = {
        f"terms.confirmations.{index}.site": itself if site == own else "unknown"
        for index, site in named.items()
        if site not in known or site == own
    }
    if faults:
        raise broken("section 4, QTA", "The quality agreement is not complete.", **faults)
