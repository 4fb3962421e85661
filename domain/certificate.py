"""Certificates of a site: how long they are valid, when their end is announced, what they count for (section 5)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.clocks import add_months
from domain.forms import Value
from domain.site import Activity
from domain.text import ShortText, Text


class CertificateType(StrEnum):
    """What is certified (section 5)."""

    GMP_CERT = "GMP_CERT"
    MIA = "MIA"
    WDA = "WDA"
    CEP = "CEP"
    ISO = "ISO"
    QTA = "QTA"
    INSURANCE = "INSURANCE"


class CertificateStatus(StrEnum):
    """Received from the site, verified by the sponsor, rejected, or replaced by a later one that was verified."""

    RECEIVED = "RECEIVED"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"


class CertificateData(Value):
    """A certificate as it is printed."""

    type: CertificateType = Field(examples=[CertificateType.GMP_CERT])
    """What is certified."""
    number: ShortText = Field(examples=["DE_RP_01_GMP_2024_0117"])
    """Number of the certificate or authorisation."""
    authority: ShortText = Field(examples=["Landesamt für soziale Angelegenheiten, Mainz"])
    """Who issued it."""
    inspected_on: date | None = None
    """Last day of the inspection it rests on. Required for a GMP certificate that names no last day."""
    valid_to: date | None = Field(examples=["2030-12-31"])
    """Last day of validity as printed; null if none is printed."""
    scope_text: Text = Field(examples=["Manufacture of active substances: chemical synthesis, packaging, testing"])
    """What it covers, in the words of the certificate."""


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


def valid_until(certificate: CertificateData, *, gmp_years: int) -> date | None:
    """The last day on which a certificate is valid; `None` if it has no end.

    As printed. A GMP certificate that prints none is trusted for `gmp_years` from the inspection (policy key
    `gmp_certificate_years`; [V10]): 2023-03-10 and 3 years give 2026-03-10, 29 February is clamped to the 28th.
    """
    if certificate.valid_to is not None or certificate.type is not CertificateType.GMP_CERT:
        return certificate.valid_to
    return add_months(certificate.inspected_on, 12 * gmp_years) if certificate.inspected_on else None


def is_valid_on(valid_to: date | None, day: date) -> bool:
    """Whether a certificate with this last day is valid on a day."""
    return valid_to is None or day <= valid_to


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


def certificate_faults(certificate: CertificateData, expected: CertificateType, *, today: date) -> dict[str, str]:
    """What is wrong with a certificate as entered, by field. One that has ended may be sent; it is not accepted."""
    faults: dict[str, str] = {}
    if certificate.type is not expected:
        faults["type"] = f"must be {expected}"
    if certificate.inspected_on is not None and certificate.inspected_on > today:
        faults["inspected_on"] = "is in the future"
    if certificate.inspected_on and certificate.valid_to and certificate.valid_to < certificate.inspected_on:
        faults["valid_to"] = "is before the inspection"
    lasts = certificate.valid_to or certificate.inspected_on
    if certificate.type is CertificateType.GMP_CERT and lasts is None:
        faults["inspected_on"] = "give the day of the inspection, or the last day of validity"
    return faults
