"""What a review says of the sites that make the product."""

from datetime import date

from domain.core.view import View


class ReviewedScope(View):
    """What a site does for the product."""

    scope_id: str
    site_id: str
    site: str
    company: str
    country: str | None
    zone: str
    """Time zone of the site, in which its days are counted."""
    product: str
    """As it was registered."""
    activity: str
    dosage_form: str | None
    stage: str
    markets: str


class SiteChange(View):
    """A change that a site announced, decided on or brought into use in the period."""

    case_id: str
    site_id: str
    change_id: str
    """Its number at the site."""
    category: str
    tier: str
    """As the sponsor has classified it, else as the site has."""
    announced_on: date
    decision: str | None
    decided_on: date | None
    implemented_on: date | None
    first_batch: str | None


class SiteOccurrence(View):
    """An event at a site that came in the period. One that names no scope concerns all of its site."""

    case_id: str
    site_id: str
    reference: str
    severity: str
    lots: str
    """Numbers that it names."""
    names_a_batch: bool
    """Whether one of them is a batch of the period."""
    detected_on: date
    received_on: date
    outcomes: str
    """What its triage has come to; empty while it is open."""


class SiteCertificate(View):
    """A certificate that was valid on a day of the period."""

    certificate_id: str
    site_id: str
    scope_id: str
    type: str
    number: str
    authority: str
    inspected_on: date | None
    valid_to: date | None
    status: str
    stopped_on: date | None


class SiteAgreement(View):
    """A version of a quality agreement that was in force on a day of the period."""

    qta_id: str
    version: int
    site_id: str
    scope_id: str
    status: str
    effective_from: date
    review_due: date | None
    lapses_on: date | None


class SiteAudit(View):
    """An audit on site on a day of the period, with its findings by severity."""

    case_id: str
    site_id: str
    type: str
    mode: str | None
    first_day: date
    last_day: date
    full_scope: bool
    recommendation: str | None
    critical: int
    major: int
    other: int
    recommendations: int


class SiteInspection(View):
    """An inspection by an authority that began in the period, or whose outcome came in it."""

    case_id: str
    site_id: str
    authority: str
    reference: str
    type: str
    start: date | None
    end: date | None
    outcome: str | None
    outcome_on: date | None
