"""How an inspection by an authority is shown in its case. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.core.view import View
from domain.event.site_event import AuthorityOutcome
from domain.inspection.inspection import InspectionType, Observations


class InspectionSummary(View):
    """An inspection by an authority at a glance."""

    authority: str
    reference: str
    type: InspectionType
    announced_on: date | None
    start: date | None
    """First day: as announced, then as it was."""
    end: date | None
    products: tuple[str, ...]
    notify_due_at: AwareDatetime | None
    """Until when the site had to tell of it; absent for what the sponsor tells."""
    notified_late: bool
    outcome: AuthorityOutcome | None
    observations: Observations | None
    received_on: date | None
    """Day on which the site got the outcome."""
    outcome_late: bool
    """Whether the site has told the outcome late."""
    redacted: bool | None
    answer_due: date | None
    """Until when the observations are answered."""
    answered_on: date | None
    warned_on: date | None
    """Day of the last warning letter."""
    letter_answer_due: date | None
    letter_answered_on: date | None
    commitments: tuple[str, ...]
    """What the site has promised to the authority."""
    for_cause: bool | None
    """Whether the sponsor asks for an audit for cause. For the sponsor alone, as is all that follows."""
    site_closed: bool | None
    opened: dict[str, tuple[str, ...]] | None
    """Ids of the cases that were opened, by kind."""
