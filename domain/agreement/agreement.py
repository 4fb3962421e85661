"""What a quality agreement says: duties, notification times, audit rights, change tiers (section 4, QTA).

EU GMP Chapter 7; ICH Q7 chapter 16; FDA guidance on quality agreements, November 2016.
"""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from math import ceil
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from domain.agreement.confirmations import ConfirmationArticle, confirmation_faults
from domain.core.days import Calendar, Span, Unit, counted
from domain.core.document import DocumentReference
from domain.core.forms import Value
from domain.core.names import name_key, party_key
from domain.core.refusals import broken
from domain.core.text import Names, ShortText
from domain.policy.change_tier import ChangeCategory, ChangeTiers, usual_tiers
from domain.policy.limits import Limit, Limits
from domain.policy.policy import AgreementActivity, Policy
from domain.policy.responsibility import ActivityKey, Duties, sharing_faults
from domain.site.site import Activity


def _in_days(span: Span) -> Span:
    if span.unit is Unit.HOURS:
        raise ValueError("Count it in days: d, bd or mo.")
    return span


Days = Annotated[Limit, AfterValidator(_in_days)]
"""A length of time that ends with a day."""
Years = Annotated[int, Field(ge=1, le=100)]


class AgreementStatus(StrEnum):
    """Where a version of a quality agreement stands."""

    DRAFT = "DRAFT"
    AGREED = "AGREED"
    """The site has accepted the text; it is not in force."""
    EFFECTIVE = "EFFECTIVE"
    SUPERSEDED = "SUPERSEDED"
    LAPSED = "LAPSED"
    """The hard stop has passed without a new version."""


class MatrixRow(Value):
    """One activity and what each side does in it. No side is blank, exactly one is accountable."""

    key: ActivityKey = Field(examples=["change_control"])
    """Stable name of the activity; those of the policy must all be there."""
    title: ShortText = Field(examples=["Change control"])
    """The activity in words."""
    sponsor: Duties = Field(examples=[["A"]])
    """Duties of the sponsor: R responsible, A accountable, C consulted, I informed."""
    cdmo: Duties = Field(examples=[["R"]])
    """Duties of the site."""


class NotificationTimes(Value):
    """How soon the site tells the sponsor. They take the place of the policy's while the agreement is in force."""

    oos: Limit = Field(examples=["1bd"])
    """An out-of-specification result, from its detection."""
    critical_deviation: Limit = Field(examples=["0d"])
    """A critical deviation, from its detection; `0d` is the same day."""
    major_deviation: Limit = Field(examples=["2bd"])
    """A major deviation, from its detection."""
    inspection_announced: Limit = Field(examples=["1bd"])
    """An inspection by an authority, from its announcement or start."""
    inspection_outcome: Limit = Field(examples=["3bd"])
    """The outcome of an inspection, from its receipt."""
    ownership_change: Limit = Field(examples=["5bd"])
    """A change of ownership, from its publication."""
    change_approval_tier: Days = Field(examples=["90d"])
    """A change that the sponsor approves: so long before its first use."""
    batch_package: Limit = Field(examples=["5bd"])
    """The package of a batch, from the site's disposition."""
    record_on_request: Limit = Field(examples=["2bd"])
    """A full batch record, from the request."""


_CHANGE_NOTICE = "change.notify"
NOTIFICATIONS = {
    "oos.notify": "oos",
    "crit_dev.notify": "critical_deviation",
    "major_dev.notify": "major_deviation",
    "inspection.notify": "inspection_announced",
    "inspection.outcome": "inspection_outcome",
    "ownership.notify": "ownership_change",
    _CHANGE_NOTICE: "change_approval_tier",
    "batch.package": "batch_package",
    "batch.record": "record_on_request",
}
"""The notification time that takes the place of each policy key (section 9)."""


class AuditRights(Value):
    """When the sponsor may audit, and what it may see."""

    routine_per_year: Annotated[int, Field(ge=1, le=52)] | None = None
    """Most routine audits in a year; no cap if left out."""
    for_cause_without_cap: bool = Field(examples=[True])
    """For-cause audits are never capped: must be true."""
    for_cause_notice: Days = Field(examples=["0d"])
    """Shortest notice of a for-cause audit; may be 0."""
    raw_data_access: bool = Field(examples=[True])
    """The sponsor sees raw data and audit trails: must be true."""


class Subcontractor(Value):
    """Another company that does a part of the work. Never without prior approval (EU GMP Chapter 7, 7.11)."""

    name: ShortText = Field(examples=["Rheinlab GmbH"])
    """Legal name."""
    site: ShortText = Field(examples=["Mannheim, Germany"])
    """Where the work is done."""
    activity: ShortText = Field(examples=["Microbiological testing"])
    """What is done there."""
    approved_on: date = Field(examples=["2025-01-07"])
    """Day on which the sponsor approved it in writing."""
    approved_until: date | None = None
    """Last day for which it is approved; without one as long as the agreement says so."""
    products: Names = ()
    """Products that it is approved for; none for all that the agreement covers."""
    kinds_of_work: Annotated[tuple[Activity, ...], Field(max_length=8)] = ()
    """Kinds of work that it is approved for; none if `activity` alone says so."""


class SubcontractedWork(NamedTuple):
    """What another site does of the manufacture of a batch."""

    places: tuple[str, ...]
    """By what an agreement may name the site: its code, its name, its address."""
    product: str
    activity: Activity
    step: str
    """What is done, in words."""
    first: date
    last: date


def unapproved(terms: "AgreementTerms", work: SubcontractedWork) -> str | None:
    """Why an agreement does not approve a subcontractor for its work; `None` if it does (EU GMP Chapter 7, 7.11).

    The words follow on the name of the agreement. A subcontractor counts only for the work, the products and the period
    that it was approved for; if it is named several times, one of these has to cover all of it.
    """
    wanted = set(map(party_key, work.places))
    named = [each for each in terms.subcontractors if wanted & {party_key(each.name), party_key(each.site)}]
    faults = [_not_covered(each, terms, work) for each in named]
    return next(iter(sorted(faults, key=lambda fault: fault is not None)), "does not name")


def _not_covered(each: Subcontractor, terms: "AgreementTerms", work: SubcontractedWork) -> str | None:
    if not any(name_key(work.product) == name_key(name) for name in each.products or terms.products):
        return f"does not approve for {work.product}"
    if each.kinds_of_work and work.activity not in each.kinds_of_work:
        return f"approves for {', '.join(each.kinds_of_work)} only, not for {work.activity} ({work.step})"
    if work.first < each.approved_on:
        return f"approves from {each.approved_on} on"
    if each.approved_until is not None and work.last > each.approved_until:
        return f"approves until {each.approved_until} only"
    return None


class AgreementTerms(Value):
    """The terms of one version of a quality agreement."""

    title: ShortText = Field(examples=["Quality agreement for ARL-204, version 1.0"])
    """Title and version as printed on the agreement."""
    products: Names = Field(min_length=1, examples=[["ARL-204"]])
    """Products that it covers, each once."""
    matrix: tuple[MatrixRow, ...] = Field(
        min_length=1,
        max_length=200,
        examples=[[{"key": "change_control", "title": "Change control", "sponsor": ["A"], "cdmo": ["R"]}]],
    )
    """Who does what: every activity once, those of the policy among them."""
    notification: NotificationTimes
    """How soon the site tells the sponsor."""
    audit_rights: AuditRights
    """When the sponsor may audit."""
    change_tiers: ChangeTiers = Field(examples=[usual_tiers()])
    """Whether the sponsor approves a change or is told: every category once."""
    subcontractors: tuple[Subcontractor, ...] = Field(default=(), max_length=100)
    """Approved subcontractors; all others are forbidden."""
    confirmations: tuple[ConfirmationArticle, ...] = Field(default=(), max_length=50)
    """Which qualified person confirms which work of the site (EU GMP Annex 16, 1.7). What no article names its own
    confirms."""
    retention_years: Years = Field(examples=[5])
    """Years for which records are kept; at least what the policy says."""
    post_termination_access_years: Years = Field(examples=[5])
    """Years of access to records after the agreement has ended."""
    effective_on: date = Field(examples=["2027-06-01"])
    """Day from which it shall be in force, once both sides have signed."""
    document: DocumentReference | None = None
    """The text that is signed, if it is kept as a document of its own."""


class Validity(NamedTuple):
    """How long a version is in force."""

    effective_from: date
    review_due: date
    lapses_on: date
    """Last day in force."""


class WatchedAgreement(BaseModel):
    """The agreement of a scope as it is watched: the version in force, or the last one if it has lapsed."""

    model_config = ConfigDict(frozen=True)

    qta_id: str
    version: int
    review_due: date
    lapses_on: date
    """Last day in force."""
    review_open: bool
    """Whether a case reviews it already, or has left it unchanged until it lapses: no other is opened by itself."""


def validity(effective: date, *, review: Span, hard_stop: Span, calendar: Calendar) -> Validity:
    """When a version is to be reviewed and when it lapses, by the spans of `qta.review` and `qta.hard_stop`.

    Months are clamped to their end. With the usual 24 and 36 months, 2025-05-20 gives 2027-05-20 and 2028-05-20.
    """
    return Validity(effective, counted(effective, review, calendar), counted(effective, hard_stop, calendar))


def status_on(status: AgreementStatus, lapses_on: date | None, day: date) -> AgreementStatus:
    """The status as of a day: what was effective lapses by itself after its last day."""
    lapsed = status is AgreementStatus.EFFECTIVE and lapses_on is not None and lapses_on < day
    return AgreementStatus.LAPSED if lapsed else status


_YEARS = {Unit.MONTHS: 12, Unit.CALENDAR_DAYS: 365, Unit.BUSINESS_DAYS: 260, Unit.HOURS: 365 * 24}


def least_retention(limits: Limits) -> int:
    """The fewest whole years for which records are kept (limits `retention_*`; EU GMP Chapter 4)."""
    spans = (limits.retention_after_expiry, limits.retention_after_certification)
    return max(1, *(ceil(span.n / _YEARS[span.unit]) for span in spans))


def policy_span(policy: Policy, key: str) -> Span:
    """What the policy says of a notification. Raises `Refused` (NOT_FOUND) if it has no such key."""
    return policy.limits.change_notice_approval if key == _CHANGE_NOTICE else policy.clock(key).span


def agreed_span(times: NotificationTimes, key: str) -> Span | None:
    """What an agreement says in place of a policy key; `None` if it says nothing about it."""
    span: Span | None = getattr(times, NOTIFICATIONS.get(key, ""), None)
    return span


def refuse_unless_in_force(field: str, named: str, in_force: Collection[str]) -> None:
    """Raise `Refused` unless an agreement that a form names is in force with the site, by its id."""
    if named not in in_force:
        known = ", ".join(in_force) or "none is in force with the site"
        message = "The agreement must be one that is in force with the site."
        raise broken("section 4, QTA", message, **{field: f"is none of those in force: {known}"})


def refuse_unless_complete(
    terms: AgreementTerms,
    activities: Iterable[AgreementActivity],
    *,
    product: str,
    retention_years: int,
    today: date,
    latest_day: date,
    field: str = "terms",
) -> None:
    """Raise `Refused` with every fault of the terms; `field` is where they stand in the form (section 4, QTA).

    `activities` are those that the policy requires, none if it is empty. `product` is the product of the scope,
    `retention_years` the least that the policy allows (`least_retention`).
    """
    faults = _matrix_faults(terms.matrix, activities) | _rights_faults(terms) | confirmation_faults(terms.confirmations)
    if product not in terms.products:
        faults["products"] = f"does not name {product}"
    elif len(set(terms.products)) != len(terms.products):
        faults["products"] = "names a product twice"
    for index, subcontractor in enumerate(terms.subcontractors):
        if subcontractor.approved_on > latest_day:
            faults[f"subcontractors.{index}.approved_on"] = "no subcontracting without prior approval"
        if subcontractor in terms.subcontractors[:index]:
            faults[f"subcontractors.{index}"] = "is named twice"
    if terms.retention_years < retention_years:
        faults["retention_years"] = f"must be at least {retention_years}"
    if terms.effective_on < today:
        faults["effective_on"] = "is in the past"
    if faults:
        named = {f"{field}.{path}": fault for path, fault in faults.items()}
        raise broken("section 4, QTA", "The quality agreement is not complete.", **named)


def _matrix_faults(matrix: tuple[MatrixRow, ...], activities: Iterable[AgreementActivity]) -> dict[str, str]:
    faults: dict[str, str] = {}
    keys = [row.key for row in matrix]
    if missing := [activity.key for activity in activities if activity.key not in keys]:
        faults["matrix"] = f"lacks {', '.join(missing)}"
    for index, row in enumerate(matrix):
        if row.key in keys[:index]:
            faults[f"matrix.{index}.key"] = "is assigned twice"
        for side, fault in sharing_faults(row.sponsor, row.cdmo).items():
            faults[f"matrix.{index}.{side}".rstrip(".")] = fault
    return faults


def _rights_faults(terms: AgreementTerms) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not terms.audit_rights.for_cause_without_cap:
        faults["audit_rights.for_cause_without_cap"] = "must be true: for-cause audits are never capped"
    if not terms.audit_rights.raw_data_access:
        faults["audit_rights.raw_data_access"] = "must be true: no oversight without raw data"
    return faults | {
        f"change_tiers.{category}": "is missing" for category in ChangeCategory if category not in terms.change_tiers
    }


def suggested_terms(
    previous: AgreementTerms | None, policy: Policy, *, site_id: str, product: str, effective_on: date
) -> dict[str, JsonValue]:
    """Prefill of a draft: the previous terms, or the policy's, with everything that the policy asks for by now."""
    terms = previous.model_dump(mode="json") if previous else _first_terms(policy, site_id, effective_on)
    known = {row.key for row in previous.matrix} if previous else set()
    wanted = [activity.model_dump(mode="json") for activity in policy.agreement_activities if activity.key not in known]
    if rows := [*terms.get("matrix", []), *wanted]:
        terms["matrix"] = rows
    if product not in terms["products"]:
        terms["products"].append(product)
    usual = {category.value: tier.value for category, tier in policy.limits.change_tiers.items()}
    terms["change_tiers"] = usual | terms["change_tiers"]
    terms["retention_years"] = max(terms["retention_years"], least_retention(policy.limits))
    terms["effective_on"] = max(terms["effective_on"], effective_on.isoformat())
    return terms


def _first_terms(policy: Policy, site_id: str, effective_on: date) -> dict[str, Any]:
    notice = policy.limits.audit_notice_for_cause
    return {
        "title": f"Quality agreement with {site_id}, version 1.0",
        "products": [],
        "notification": {name: str(policy_span(policy, key)) for key, name in NOTIFICATIONS.items()},
        "audit_rights": {"for_cause_without_cap": True, "for_cause_notice": str(notice), "raw_data_access": True},
        "change_tiers": {},
        "retention_years": 1,
        "post_termination_access_years": policy.limits.post_termination_access_years,
        "effective_on": effective_on.isoformat(),
    }
