"""Projections: suppliers, sites, people, policies, documents, subscriptions."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class SupplierRow(SQLModel, table=True):
    """A supplier."""

    __tablename__ = "suppliers"

    supplier_id: str = Field(primary_key=True)
    name: str
    country: str
    identifiers: Json = Field(sa_column=json_column())
    succeeds: str | None = None
    """The supplier whose site it has taken over."""
    version: int = 1


class SiteRow(SQLModel, table=True):
    """A site of a supplier."""

    __tablename__ = "sites"

    site_id: str = Field(primary_key=True)
    supplier_id: str = Field(index=True)
    name: str
    address: str
    tz: str
    calendar_id: str
    identifiers: Json = Field(sa_column=json_column())
    country: str | None = None
    """ISO 3166-1."""
    moved_from: str | None = None
    """The site that its activity has moved from."""
    version: int = 1


class ScopeRow(SQLModel, table=True):
    """One activity x product x dosage form at a site: what is qualified, never the company."""

    __tablename__ = "scopes"

    scope_id: str = Field(primary_key=True)
    site_id: str = Field(index=True)
    activity: str
    product: str
    dosage_form: str | None = None
    markets: Json = Field(sa_column=json_column())
    stage: str
    sole_source: bool = False
    risk_tier: str | None = None
    version: int = 1


class CalendarRow(SQLModel, table=True):
    """The working days of a site."""

    __tablename__ = "calendars"

    calendar_id: str = Field(primary_key=True)
    tz: str
    country: str | None = None
    subdivision: str | None = None
    closing_days: Json = Field(sa_column=json_column())
    version: int = 1


class PersonRow(SQLModel, table=True):
    """A person, with roles, sites and qualification."""

    __tablename__ = "people"

    person_id: str = Field(primary_key=True)
    user: str = Field(index=True)
    name: str
    email: str
    shares_email_because: str | None = None
    org: str
    roles: Json = Field(sa_column=json_column())
    supplier_id: str | None = None
    sites: Json = Field(sa_column=json_column())
    manager: str | None = None
    deputy: str | None = None
    absent_until: date | None = None
    disabled: bool = False
    roles_changed_at: datetime | None = None
    roles_changed_by: str | None = None
    auditor: Json = Field(default=None, sa_column=json_column(nullable=True))
    version: int = 1


class PersonRoleRow(SQLModel, table=True):
    """Who holds which role where; `site_id` is empty for people who are not bound to a site."""

    __tablename__ = "person_roles"

    role: str = Field(primary_key=True)
    site_id: str = Field(primary_key=True, default="")
    person_id: str = Field(primary_key=True, index=True)


class DelegationRow(SQLModel, table=True):
    """A dated delegation of roles; it counts once the delegate has accepted it (S11)."""

    __tablename__ = "delegations"

    delegation_id: str = Field(primary_key=True)
    delegator: str
    delegate: str = Field(index=True)
    roles: Json = Field(sa_column=json_column())
    valid_from: date
    valid_to: date
    accepted: bool = False


class PolicyRow(SQLModel, table=True):
    """A version of the policy."""

    __tablename__ = "policies"

    version: int = Field(primary_key=True)
    effective_from: datetime
    body: Json = Field(sa_column=json_column())


class DocumentRow(SQLModel, table=True):
    """An uploaded document; its content is kept by its hash."""

    __tablename__ = "documents"

    document_id: str = Field(primary_key=True)
    sha256: str = Field(index=True)
    size: int
    media_type: str
    title: str
    filename: str
    case_id: str | None = Field(default=None, index=True)
    site_id: str | None = None
    audience: str
    uploaded_by: str
    uploaded_at: datetime


class WebhookRow(SQLModel, table=True):
    """A subscription to events."""

    __tablename__ = "webhooks"

    webhook_id: str = Field(primary_key=True)
    url: str
    types: Json = Field(sa_column=json_column())
    active: bool = True
    created_by: str
    version: int = 1


class WebhookSecretRow(SQLModel, table=True):
    """The signing secret of a subscription. Not a projection: secrets never enter the journal."""

    __tablename__ = "webhook_secrets"

    webhook_id: str = Field(primary_key=True)
    secret: str
    previous: str | None = None
    """The secret before the last rotation; deliveries carry its signature as well until `previous_until`."""
    previous_until: datetime | None = None
