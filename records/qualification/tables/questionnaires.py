"""Projections: versions of questionnaires, those sent to sites, and the answers as they stand."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.core.tables.columns import Json, json_column


class QuestionnaireTemplateRow(SQLModel, table=True):
    """A version of a questionnaire. It never changes."""

    __tablename__ = "questionnaire_templates"

    template_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    title: str
    body: Json = Field(sa_column=json_column())
    reason: str | None = None
    registered_at: datetime
    registered_by: str
    """Printed name."""


class QuestionnaireRow(SQLModel, table=True):
    """The questionnaire of a qualification, as its events have left it."""

    __tablename__ = "questionnaires"

    case_id: str = Field(primary_key=True)
    template_id: str
    template_version: int
    activity: str
    state: str
    round: int = 1
    """The sending, and every clarification after it."""
    sent_at: datetime
    handed_in_at: datetime | None = None
    handed_in_by: str | None = None
    """Printed name."""
    answers_sha256: str | None = None
    """Hash of the answers that were handed in."""
    declared_at: datetime | None = None
    declared_sha256: str | None = None
    """Hash of the answers that the head of the quality unit has declared."""
    asked: Json = Field(sa_column=json_column())
    """Questions of all rounds of clarification."""
    reviewed_at: datetime | None = None
    score: float | None = None
    """Of the last review."""
    critical_gaps: Json = Field(sa_column=json_column())
    """Questions with a critical gap at the last review."""


class AnswerRow(SQLModel, table=True):
    """The newest version of an answer; earlier ones are in the journal."""

    __tablename__ = "answers"

    case_id: str = Field(primary_key=True)
    q_id: str = Field(primary_key=True)
    version: int
    value: Json = Field(default=None, sa_column=json_column(nullable=True))
    documents: Json = Field(sa_column=json_column())
    na_reason: str | None = None
    comment: str | None = None
    by_person: str
    by_name: str
    at: datetime
