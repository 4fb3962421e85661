"""The review as a whole."""

from collections.abc import Sequence
from datetime import date

from domain.core.view import View
from domain.views.product_review.batches import (
    Departure,
    Learned,
    MadeBatch,
    MadeUnderChange,
    OutsideResult,
    Recalled,
    Refusal,
    ReleasedPart,
    Retested,
    ReturnedGoods,
    SuppliedUnderException,
    TakenBack,
)
from domain.views.product_review.recurring import Recurrence
from domain.views.product_review.series import Point
from domain.views.product_review.sites import (
    ReviewedScope,
    SiteAgreement,
    SiteAudit,
    SiteCertificate,
    SiteChange,
    SiteInspection,
    SiteOccurrence,
)


class ProductReview(View):
    """The extract for the product quality review: lists of flat records, each list one table.

    A record stands in the period by a day of its own, which is counted where its site is. Series have one point for
    each batch whose manufacture ended in the period.

    Not on record as data, and so not in here: results of stability studies (a batch names its study, retests are
    listed, and what a study brought up after a release is among what was `learned`), the review of starting
    materials and packaging by supplier, and the qualification of equipment and utilities.
    """

    product: str
    """As it was asked for."""
    first_day: date
    last_day: date
    scopes: Sequence[ReviewedScope]
    batches: Sequence[MadeBatch]
    released: Sequence[ReleasedPart]
    rejected: Sequence[Refusal]
    taken_back: Sequence[TakenBack]
    supplied_under_exception: Sequence[SuppliedUnderException]
    recalls: Sequence[Recalled]
    returns: Sequence[ReturnedGoods]
    oos: Sequence[OutsideResult]
    deviations: Sequence[Departure]
    recurring: Sequence[Recurrence]
    """Of the deviations and results above what occurs at least twice at a site."""
    changes: Sequence[SiteChange]
    made_under_changes: Sequence[MadeUnderChange]
    complaints: Sequence[SiteOccurrence]
    recall_notices: Sequence[SiteOccurrence]
    """Recalls of which a site or an authority has told; `recalls` are the sponsor's own."""
    retests: Sequence[Retested]
    learned: Sequence[Learned]
    parameters: Sequence[Point]
    attributes: Sequence[Point]
    yields: Sequence[Point]
    certificates: Sequence[SiteCertificate]
    agreements: Sequence[SiteAgreement]
    audits: Sequence[SiteAudit]
    inspections: Sequence[SiteInspection]
