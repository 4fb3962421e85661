"""Which documents a site has to show for a scope: policy data (domain specification, section 4, row Documents)."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.core.text import ShortText
from domain.policy.market_rule import MarketRule, counting_as
from domain.site.certificate import CertificateType
from domain.site.site import Activity, ProductStage

DocumentKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
"""Name of a required document in the policy."""


class RequiredDocument(BaseModel):
    """A document that sites have to show. An empty list of activities, markets or stages means all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    key: DocumentKey
    """Its name in forms and lists."""
    title: ShortText
    """What it is, for people."""
    mandatory: bool
    """Whether the site is not approved without it."""
    gxp: bool
    """Whether it bears on GMP; insurance does not."""
    certificate: CertificateType | None = None
    """The kind of certificate that it is, if it is one."""
    activities: Annotated[tuple[Activity, ...], Field(max_length=len(Activity))] = ()
    """Activities it is asked for."""
    markets: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    """Markets it is asked for; the market of a row of the policy stands for all that counts as it."""
    stages: Annotated[tuple[ProductStage, ...], Field(max_length=len(ProductStage))] = ()
    """Stages of supply it is asked for."""


def _each_key_once(documents: tuple[RequiredDocument, ...]) -> tuple[RequiredDocument, ...]:
    keys = [document.key for document in documents]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"{', '.join(twice)} is listed twice.")
    return documents


RequiredDocuments = Annotated[tuple[RequiredDocument, ...], Field(max_length=100), AfterValidator(_each_key_once)]


class DocumentRules(NamedTuple):
    """The documents of a policy, with the rows that say what its markets count as."""

    documents: tuple[RequiredDocument, ...]
    markets: tuple[MarketRule, ...]


def required_for(
    rules: DocumentRules, activity: Activity, markets: Iterable[str], stage: ProductStage
) -> list[RequiredDocument]:
    """The documents that a scope needs, in the order of the policy. One market in common is enough."""
    sold = counting_as(rules.markets, markets)
    return [
        document
        for document in rules.documents
        if (not document.activities or activity in document.activities)
        and (not document.markets or sold.intersection(document.markets))
        and (not document.stages or stage in document.stages)
    ]
