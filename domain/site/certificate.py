"""Certificates of a site: how long they are valid, when their end is announced, what they count for (section 5)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from domain.core.attestations import Known
from domain.core.countries import Country
from domain.core.days import add_months
from domain.core.forms import LAST_DAY, Value
from domain.core.text import STORED, ShortText, Text
from domain.site.site import Activity


class CertificateType(StrEnum):
    """What is certified (section 5)."""

    GMP_CERT = "GMP_CERT"
    MIA = "MIA"
    """Manufacturing or import authorisation (Directive 2001/83/EC, Article 40)."""
    MIA_IMP = "MIA_IMP"
    """The same for investigational products (Regulation (EU) No 536/2014, Article 61)."""
    WDA = "WDA"
    CEP = "CEP"
    ISO = "ISO"
    QTA = "QTA"
    INSURANCE = "INSURANCE"
    FDA_REGISTRATION = "FDA_REGISTRATION"
    """Registration of an establishment with the FDA, renewed each year (21 CFR 207.29)."""

    @property
    def is_of_manufacture(self) -> bool:
        """Whether a site may make or import medicines under it."""
        return self in OF_MANUFACTURE


OF_MANUFACTURE = frozenset({CertificateType.MIA, CertificateType.MIA_IMP})


OF_AUTHORITIES = OF_MANUFACTURE | {CertificateType.GMP_CERT, CertificateType.WDA}
"""What an authority issues, and another one may recognise."""


class CertificateStatus(StrEnum):
    """Received from the site, verified by the sponsor, rejected, replaced by a later one that was verified; or, once
    verified, stopped by its authority.
    """

    RECEIVED = "RECEIVED"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"


class CertificateData(Value):
    """A certificate as it is printed."""

    type: Annotated[CertificateType, Known("the type that is asked for")] = Field(examples=[CertificateType.GMP_CERT])
    """What is certified."""
    number: ShortText = Field(examples=["DE_RP_01_GMP_2024_0117"])
    """Number of the certificate or authorisation."""
    authority: ShortText = Field(examples=["Landesamt für soziale Angelegenheiten, Mainz"])
    """Who issued it, by name."""
    issued_by: Country | None = Field(examples=["DE"])
    """The country whose authority issued it, wherever the site is: `EU` for an authority of the Union itself. Required
    for a GMP certificate and an authorisation (gate G3 compares it with what the row of the market recognises); null
    for what no authority issues."""
    inspected_on: date | None = None
    """Last day of the inspection it rests on. Required for a GMP certificate that names no last day."""
    valid_to: date | None = Field(examples=["2030-12-31"])
    """Last day of validity as printed; null if none is printed."""
    scope_text: Text = Field(examples=["Manufacture of active substances: chemical synthesis, packaging, testing"])
    """What it covers, in the words of the certificate."""

    @model_validator(mode="before")
    @classmethod
    def _says_nothing_as_stored_before(cls, given: Any, info: ValidationInfo) -> Any:
        """What was stored before issuers were asked for says nothing of whose authority has issued it."""
        was_stored = isinstance(given, dict) and (info.context or {}).get(STORED)
        return {"issued_by": None, **given} if was_stored else given


class CertificateEntry(BaseModel):
    """How a certificate is entered when it is received."""

    model_config = ConfigDict(frozen=True)

    certificate_id: str
    valid_to: date | None
    """Last day on which it is valid; `None` if it has no end."""
    replaces: str | None = None
    """The certificate whose place it takes, once it is verified."""


class Certificate(BaseModel):
    """What is known of a certificate when somebody wants to rely on it."""

    model_config = ConfigDict(frozen=True)

    status: CertificateStatus
    valid_to: date | None
    """Last day on which it is valid; `None` if it has no end."""
    register_checked_on: date | None = None
    scope_confirmed_by: str | None = None
    """Person id of who confirmed that its scope text names `confirmed_activity`."""
    confirmed_activity: Activity | None = None


class Watched(BaseModel):
    """Certificates of one type as they are watched for a scope (section 5)."""

    model_config = ConfigDict(frozen=True)

    type: CertificateType
    certificate_id: str
    """The verified one that counts for the activity and ends last."""
    valid_to: date | None
    """Its last day; `None` if it has no end."""
    valid: bool
    """Whether it is valid on the day that was asked about."""
    demanded: bool
    """Whether the policy demands this type for the scope: without a valid one new orders stop."""
    renewal_open: bool
    """Whether a case renews it already."""

    def announced_on(self, days: Iterable[int]) -> list[date]:
        """The days on which its end is announced (policy limit `certificate_reminders`); none if it has no end."""
        return reminder_days(self.valid_to, days) if self.valid_to is not None else []


class Named(NamedTuple):
    """A certificate with its id and type, for those who look for the one to rely on."""

    certificate_id: str
    type: CertificateType
    certificate: Certificate


def last_to_end(certificates: Iterable[Named], activity: Activity) -> list[Named]:
    """Of each type the certificate that counts for the activity and ends last, in the order of the types.

    It may have ended: then it is the one whose successor is missing. One that was received, rejected or replaced,
    or whose scope text lacks the activity, extends nothing (section 5).
    """
    counting = [each for each in certificates if counts_for(each.certificate, activity, _last_day(each))]
    by_type: dict[CertificateType, Named] = {}
    for each in sorted(counting, key=_last_day):
        by_type[each.type] = each
    return [by_type[type_] for type_ in CertificateType if type_ in by_type]


def _last_day(named: Named) -> date:
    return named.certificate.valid_to or LAST_DAY


def valid_until(certificate: CertificateData, *, gmp_years: int, today: date) -> date | None:
    """The last day on which a certificate is valid that is entered `today`; `None` if it has no end.

    As printed. A GMP certificate that prints none is trusted for `gmp_years` from the inspection (policy key
    `gmp_certificate_years`; [V10]): 2023-03-10 and 3 years give 2026-03-10, 29 February is clamped to the 28th. A
    registration with the FDA ends with the year, if not before; what is renewed from October on, with the next one.
    """
    if certificate.type is CertificateType.FDA_REGISTRATION:
        return min(certificate.valid_to or LAST_DAY, _end_of_registration(today))
    if certificate.valid_to is not None or certificate.type is not CertificateType.GMP_CERT:
        return certificate.valid_to
    return add_months(certificate.inspected_on, 12 * gmp_years) if certificate.inspected_on else None


def _end_of_registration(day: date) -> date:
    """21 CFR 207.29(a): it is renewed from 1 October to 31 December of each year, for the next one."""
    return date(day.year + (day.month >= _RENEWED_FROM), 12, 31)


_RENEWED_FROM = 10
"""The month."""


def registered_since(checked_on: date) -> date:
    """From when on a registration counts that stood in the register on a day: since the beginning of that year."""
    return date(checked_on.year, 1, 1)


def is_valid_on(valid_to: date | None, day: date) -> bool:
    """Whether a certificate with this last day is valid on a day."""
    return valid_to is None or day <= valid_to


def was_stopped_on(since: date | None, until: date | None, day: date) -> bool:
    """Whether an authority had stopped a certificate on a day; from `until` on it counts again."""
    return since is not None and since <= day and (until is None or day < until)


def reminder_days(valid_to: date, days: Iterable[int]) -> list[date]:
    """The days on which the end of a certificate is announced (policy key `certificate_reminders`), the first first."""
    return sorted(valid_to - timedelta(days=n) for n in days)


def counts_for(certificate: Certificate, activity: Activity, day: date) -> bool:
    """Whether a certificate may be relied on for an activity on a day (section 5).

    A valid certificate whose scope text lacks the activity does not count; that it names it is confirmed by a person,
    not read out of the text by the program.
    """
    return (
        certificate.status is CertificateStatus.VERIFIED
        and certificate.register_checked_on is not None
        and certificate.scope_confirmed_by is not None
        and certificate.confirmed_activity is activity
        and is_valid_on(certificate.valid_to, day)
    )


def register_faults(checked_on: date | None, *, latest_day: date, earliest: date) -> dict[str, str]:
    """What is wrong with the day on which a certificate was looked up in the register of its issuer.

    `earliest` is the first day on which that may have been (policy limit `screening_check_age_max`).
    """
    if checked_on is None:
        return {"register_checked_on": "is required to accept a certificate"}
    if checked_on > latest_day:
        return {"register_checked_on": "is in the future"}
    if checked_on < earliest:
        return {"register_checked_on": f"is too long ago; check again (on {earliest} or later)"}
    return {}


def certificate_faults(certificate: CertificateData, expected: CertificateType, *, latest_day: date) -> dict[str, str]:
    """What is wrong with a certificate as entered, by field. One that has ended may be sent; it is not accepted."""
    faults: dict[str, str] = {}
    if certificate.type is not expected:
        faults["type"] = f"must be {expected}"
    if certificate.issued_by is None and certificate.type in OF_AUTHORITIES:
        faults["issued_by"] = "name the country whose authority has issued it"
    if certificate.inspected_on is not None and certificate.inspected_on > latest_day:
        faults["inspected_on"] = "is in the future"
    if certificate.inspected_on and certificate.valid_to and certificate.valid_to < certificate.inspected_on:
        faults["valid_to"] = "is before the inspection"
    lasts = certificate.valid_to or certificate.inspected_on
    if certificate.type is CertificateType.GMP_CERT and lasts is None:
        faults["inspected_on"] = "give the day of the inspection, or the last day of validity"
    return faults


def line_of(scope_id: str, type_: CertificateType) -> str:
    """What identifies the certificates of one type for a scope; they are renewed in one case at a time."""
    return f"{scope_id}:{type_}"
