"""How an audit, its findings and CAPAs are shown in a case. Built from the records, never stored."""

from datetime import date

from pydantic import JsonValue

from domain.core.view import View


class Finding(View):
    """A finding of an audit as it stands now."""

    number: int
    finding_id: str
    severity: str
    area: str
    status: str
    is_repeat: bool
    issued: bool
    capa_id: str | None
    body: dict[str, JsonValue]


class Capa(View):
    """A CAPA as it stands now."""

    capa_id: str
    origin: str
    finding_number: int | None
    severity: str
    owner: str
    status: str
    due_on: date | None
    follows: str | None


class AuditSummary(View):
    """What is known about an audit at a glance."""

    type: str
    mode: str | None
    first_day: date | None
    last_day: date | None
    lead: str | None
    report_version: int | None
    """The issued version of the report."""
    recommendation: str | None
    full_scope: bool
    waived_until: date | None
