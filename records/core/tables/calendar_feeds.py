"""Calendar feeds of people. Not a projection: a feed is a secret, and secrets never enter the journal."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class CalendarFeedRow(SQLModel, table=True):
    """The one feed of a person. Only the hash of its token is kept."""

    __tablename__ = "calendar_feeds"

    person_id: str = Field(primary_key=True)
    user: str
    token_hash: str = Field(unique=True)
    made_at: datetime
