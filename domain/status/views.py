"""How a status case is shown. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.asl.asl import AslStatus, SuspensionScope
from domain.asl.request import StatusKind, StatusReason
from domain.core.view import View
from domain.status.reinstatement import ReinstatedStatus


class SuspensionView(View):
    """A suspension as it stands."""

    scope: SuspensionScope
    reason_code: StatusReason
    narrative: str
    decided_at: AwareDatetime
    effective_at: AwareDatetime
    affected_batches: tuple[str, ...]
    """Ids of the batches that were open or certified then."""
    notify: tuple[str, ...]
    """AUTHORITY, CUSTOMERS, or both, where they must be told."""
    review_every_days: int
    next_review: date | None
    lifted_at: AwareDatetime | None
    """From when another status holds."""
    lifted_in: str | None
    """The case that decided that."""


class ReinstatementView(View):
    """The last proposal to lift the status."""

    status: ReinstatedStatus
    version: int
    proposed_by: str
    """Printed name."""
    proposed_at: AwareDatetime
    in_force: bool
    """Whether both signatures were given."""


class RequestView(View):
    """A request of the case, with the number by which it is withdrawn."""

    number: int
    by: tuple[str, ...]
    """Ids of the persons; SYSTEM if a rule has asked for it."""
    at: AwareDatetime
    is_withdrawn: bool


class StatusSummary(View):
    """What a status case has come to, at a glance."""

    kind: StatusKind
    scope_id: str
    status: AslStatus | None
    """The status in force now, whoever decided it."""
    exit_criteria: tuple[str, ...]
    """What has to be shown before the status is lifted."""
    requests: tuple[RequestView, ...]
    """What was asked for in the case: what has opened it, and what has joined."""
    suspension: SuspensionView | None
    reinstatement: ReinstatementView | None
