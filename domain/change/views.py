"""How a change at a site is shown in its case. Built from the records, never stored."""

from datetime import date

from pydantic import AwareDatetime

from domain.change.decision import ChangeVerdict
from domain.core.view import View
from domain.policy.change_tier import ChangeCategory, ChangeTier


class ChangeSummary(View):
    """A change at a site at a glance."""

    change_id: str
    """Its number at the site."""
    category: ChangeCategory
    cdmo_tier: ChangeTier
    least_tier: ChangeTier
    """The gravest of what the quality agreement and the site say."""
    sponsor_tier: ChangeTier | None
    """As the sponsor has classified it; the site learns it with the first decision."""
    earliest_date: date
    submitted_at: AwareDatetime
    notice_ends: date
    """First day of use that the notice of a change of tier APPROVAL allows."""
    notified_late: bool
    decision: ChangeVerdict | None
    """The last one."""
    decided_at: AwareDatetime | None
    approved: bool
    """Whether the site may use it. Without a decision it may not: silence is no consent."""
    first_batch: str | None
    implemented_on: date | None
