"""Projections: certificates of sites."""

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class CertificateRow(SQLModel, table=True):
    """A certificate of a site. One that replaces another leaves it in the list."""

    __tablename__ = "certificates"

    certificate_id: str = Field(primary_key=True)
    serial: int
    """The number in the id, which settles the order of certificates that end on one day."""
    site_id: str
    scope_id: str
    case_id: str = Field(index=True)
    type: str
    number: str
    authority: str
    issued_by: str | None = None
    """Country of the authority; `None` where no authority issues such a paper, or none was asked for when it was
    entered."""
    inspected_on: date | None = None
    valid_to: date | None = None
    """Last day of validity, as printed or counted from the inspection."""
    sort_valid_to: date
    """`valid_to`, or the far future, so that lists can be read in one index order."""
    scope_text: str
    document_id: str
    status: str
    register_checked_on: date | None = None
    register_checked_by: str | None = None
    scope_confirmed_by: str | None = None
    confirmed_activity: str | None = None
    replaces: str | None = None
    stopped_on: date | None = None
    """Day from which the authority had suspended or withdrawn it."""
    stopped_until: date | None = None
    """Day from which it counts again, if that was lifted."""
    import_checked_on: date | None = None
    """When it was looked up in the register that it covers import; `None` until a person says so."""
    import_confirmed_by: str | None = None
    import_wording: str | None = None
    """In which words it does."""

    __table_args__ = (
        Index("ix_certificates_ends", "sort_valid_to", "serial"),
        Index("ix_certificates_site_ends", "site_id", "sort_valid_to", "serial"),
        Index("ix_certificates_scope_ends", "scope_id", "sort_valid_to", "serial"),
    )
