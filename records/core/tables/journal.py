"""The journal itself, and what is written in its transactions. Not projections: a rebuild leaves them alone."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from domain.core.forms import Audience
from records.core.tables.columns import Json, big_serial, json_column


class EventRow(SQLModel, table=True):
    """Append-only. `body` is the exact text that was hashed; the other columns are copies for searching."""

    __tablename__ = "events"

    position: int | None = Field(default=None, sa_column=big_serial())
    stream: str
    number: int
    type: str
    command_id: str
    site_id: str | None = None
    audience: str = Audience.SPONSOR.value
    recorded_at: datetime
    body: str = Field(sa_column=Column(Text, nullable=False))
    hash: str

    __table_args__ = (
        Index("uq_events_stream_number", "stream", "number", unique=True),
        Index("ix_events_site_audience", "site_id", "audience", "position"),
        Index("ix_events_type", "type", "position"),
        {"sqlite_autoincrement": True},
    )


class StreamRow(SQLModel, table=True):
    """The head of each stream's chain; its row is the lock under which the stream grows."""

    __tablename__ = "streams"

    stream: str = Field(primary_key=True)
    number: int
    hash: str


class CommandRow(SQLModel, table=True):
    """The answer to every command that took effect."""

    __tablename__ = "commands"

    command_id: str = Field(primary_key=True)
    stream: str
    fingerprint: str = ""
    answer: str = Field(sa_column=Column(Text, nullable=False))


class CounterRow(SQLModel, table=True):
    """The last number given out for each prefix of business ids; never reused."""

    __tablename__ = "counters"

    prefix: str = Field(primary_key=True)
    value: int


class OutboxRow(SQLModel, table=True):
    """What has to leave the process: `start`, `signal`, `mail` or `webhook`. In order for each `lane`."""

    __tablename__ = "outbox"

    outbox_id: int | None = Field(default=None, sa_column=big_serial())
    kind: str
    lane: str
    payload: Json = Field(sa_column=json_column())
    tries: int = 0
    not_before: datetime | None = None
    created_at: datetime
    claimed_by: str | None = None
    """The relay that is delivering the row; others leave it alone until `claimed_until`."""
    claimed_until: datetime | None = None
    delivered_at: datetime | None = None
    dead_at: datetime | None = None
    last_error: str | None = None

    __table_args__ = (
        Index("ix_outbox_lane", "lane", "outbox_id"),
        Index(
            "ix_outbox_lane_pending",
            "lane",
            "outbox_id",
            sqlite_where=text("delivered_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
        Index(
            "ix_outbox_pending",
            "outbox_id",
            sqlite_where=text("delivered_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
    )


class SignatureTokenRow(SQLModel, table=True):
    """A re-authentication, good for one signature within a few minutes. Only the token's hash is kept."""

    __tablename__ = "signature_tokens"

    token_hash: str = Field(primary_key=True)
    person: str
    user: str
    record_id: str
    action: str
    record_hash: str
    meaning: str
    method: str
    issued_at: datetime
    expires_at: datetime
    used_by: str | None = None


class AccountRow(SQLModel, table=True):
    """A sign-in of a person. Several accounts of one human share the person (S12). Not a projection: holds secrets."""

    __tablename__ = "accounts"

    user: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    password_hash: str
    wrong_passwords: int = 0
    locked_until: datetime | None = None
