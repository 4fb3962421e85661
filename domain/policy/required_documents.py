"""Which documents a site has to show for a scope: policy data (domain specification, section 4, row Documents)."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.core.text import ShortText
from domain.site.certificate import CertificateType
from domain.site.site import Activity, ProductStage, is_for_eu

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
    """Markets it is asked for; `EU` stands for every market of the Union and the EEA."""
    stages: Annotated[tuple[ProductStage, ...], Field(max_length=len(ProductStage))] = ()
    """Stages of supply it is asked for."""


def _each_key_once(documents: tuple[RequiredDocument, ...]) -> tuple[RequiredDocument, ...]:
    keys = [document.key for document in documents]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"{', '.join(twice)} is listed twice.")
    return documents


RequiredDocuments = Annotated[tuple[RequiredDocument, ...], Field(max_length=100), AfterValidator(_each_key_once)]


def required_for(
    documents: Iterable[RequiredDocument], activity: Activity, markets: Iterable[str], stage: ProductStage
) -> list[RequiredDocument]:
    """The documents that a scope needs, in the order of the policy. One market in common is enough."""
    sold = {*markets}
    if is_for_eu(sold):
        sold.add("EU")
    return [
        document
        for document in documents
        if (not document.activities or activity in document.activities)
        and (not document.markets or sold.intersection(document.markets))
        and (not document.stages or stage in document.stages)
    ]
